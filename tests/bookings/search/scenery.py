"""Random schedules: phases with their own rules, closures, and bookings of every rank, written as plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.models import Booking, Claim
from bookings.occupancy import next_arrival
from modules.models import Activity, Closure, FlightRules, Phase, ZoneRule
from tests.bookings.search.oracle import Asked
from tests.world import World


def minutes(random: Random, low: int, high: int) -> timedelta:
    return timedelta(minutes=random.randint(low, high))


def lay_phases(random: Random, world: World, begins: datetime, ends: datetime) -> None:
    """Two or three phases about the span, perhaps with a gap, perhaps with edges inside a minute."""
    Phase.objects.filter(module=world.module).delete()
    cursor = begins - timedelta(days=random.choice([0, 1, 30]))
    for _ in range(random.randint(2, 3)):
        kind = random.choices(["docked", "free_flight", "pre_launch"], [6, 6, 1])[0]
        last = random.random() < 0.3
        cursor += timedelta(seconds=random.choice([0, 0, 0, 25]))
        end = cursor + minutes(random, 600, int((ends - begins).total_seconds() // 60) + 44_000)
        phase = Phase.objects.create(module=world.module, kind=kind, starts_at=cursor, ends_at=None if last else end)
        rules = FlightRules.objects.create(
            phase=phase,
            shortest_window=timedelta(minutes=random.choice([15, 30, 60])),
            longest_window=timedelta(hours=random.choice([3, 24, 336])),
            lead_time=timedelta(hours=random.choice([0, 5, 24]), seconds=random.choice([0, 7])),
            turnaround=timedelta(minutes=random.choice([0, 15, 30, 45])),
            crew_limit=random.randint(2, 6),
            power_limit_kw=random.randint(5, 12),
            downlink_limit_mbps=random.choice([100, 300]),
            crew_wake=random.choice([time(6), time(8, 15), time(20)]),
            crew_sleep=random.choice([time(21, 30), time(19, 5), time(4)]),
        )
        if random.random() < 0.3:
            zone = random.choice(list(world.module.zones.all()))
            activities = random.sample(Activity.values, random.randint(0, 3))
            ZoneRule.objects.create(rules=rules, zone=zone, activities=activities)
        if last:
            return
        cursor = end + timedelta(minutes=random.choice([0, 0, 0, 90]))


def lay_closures(
    random: Random, world: World, begins: datetime, ends: datetime, kinds: Sequence[str] = Closure.Kind.values
) -> None:
    zones, span_minutes = list(world.module.zones.all()), int((ends - begins).total_seconds() // 60)
    for _ in range(random.randint(0, 5)):
        starts_at = begins + minutes(random, -300, span_minutes) + timedelta(seconds=random.choice([0, 0, 13]))
        closure = Closure.objects.create(
            module=world.module,
            kind=random.choice(kinds),
            starts_at=starts_at,
            ends_at=starts_at + minutes(random, 1, 700),
            withdrawn_at=begins if random.random() < 0.2 else None,
        )
        closure.zones.set(random.sample(zones, random.choice([0, 0, 1, 2])))


def lay_bookings(random: Random, world: World, asked: Asked) -> None:
    """Up to twelve, at the rank that their zones leave them; some holds have lapsed, some bookings are over."""
    zones = list(world.module.zones.all())
    span_minutes = int((asked.ends - asked.begins).total_seconds() // 60)
    first = asked.begins.replace(second=0, microsecond=0)
    for _ in range(random.randint(0, 12)):
        starts_at = first + minutes(random, -200, span_minutes)
        own = random.sample(zones, random.choice([1, 1, 1, 2, 3]))
        period = DateTimeTZRange(starts_at, starts_at + minutes(random, 30, 400), "[)")
        over = random.random() < 0.1
        queue = Claim.objects.filter(zone__in=own, period__overlap=period, rank__isnull=False)
        rank = None if over else max(queue.values_list("rank", flat=True), default=0) + 1
        if rank is not None and rank > 3:
            continue
        held = rank is not None and (rank > 1 or random.random() < 0.5)
        booking = Booking.objects.create(
            reference=f"T{next_arrival()}",
            organisation=world.theirs.organisation,
            production=world.theirs.production,
            module=world.module,
            phase=Phase.objects.first(),
            activity="filming",
            starts_at=starts_at,
            ends_at=period.upper - timedelta(minutes=random.choice([0, 15, 29])),
            crew=random.randint(0, 3),
            power_kw=random.randint(0, 6),
            downlink_mbps=random.choice([0, 50, 100]),
            status="cancelled" if over else "held" if held else random.choice(["requested", "confirmed"]),
            rank=rank,
            arrival=next_arrival(),
            hold_expires_at=asked.at + minutes(random, -30, 600) if held else None,
            price={},
            price_total=0,
            currency="USD",
            created_at=asked.at,
            updated_at=asked.at,
            created_by=world.theirs.owner,
        )
        Claim.objects.bulk_create(Claim(booking=booking, zone=zone, period=period, rank=rank) for zone in own)


def question(random: Random, begins: datetime) -> Asked:
    ends = begins + minutes(random, 60, 3 * 1440)
    return Asked(
        activity=random.choice(["filming", "filming", "filming", "music", "sports"]),
        minutes=random.choice([30, 45, 60, 60, 90, 95, 180, 600]),
        begins=begins,
        ends=ends,
        at=begins + minutes(random, -2 * 1440, 400) + timedelta(seconds=random.choice([0, 3])),
        zones=random.choice([[], [], ["arena"], ["studio", "control"]]),
        step=random.choice([1, 1, 1, 5, 15, 60]),
        crew=random.choice([0, 0, 1, 2, 3]),
        power_kw=random.choice([0, 0, 3, 5]),
        downlink_mbps=random.choice([0, 0, 100]),
        crew_awake=random.random() < 0.5,
    )
