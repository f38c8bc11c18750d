"""What the search offers can be had; what it does not, it explains."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bookings import lifecycle
from bookings.drafts import Draft
from bookings.exceptions import Invalid, NotPriced
from bookings.models import RateCard
from bookings.search import SearchRequest, find
from bookings.states import Status
from modules.intervals import Span
from modules.models import Closure, FlightRules, ZoneRule
from tests.bookings.search import scenery
from tests.world import NOW, World, span

HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def search(world: World, begins: str, ends: str, *, at: datetime = NOW, hours: float = 2, **asked):
    asked.setdefault("activity", "filming")
    asked.setdefault("zones", ("arena",))
    request = SearchRequest(module=world.module, duration=hours * HOUR, span=Span(utc(begins), utc(ends)), **asked)
    return find(request, at=at)


def starts(result) -> list[str]:
    return [f"{window.span.starts_at:%m-%dT%H:%M}" for window in result.windows]


def why(result) -> dict[str, float]:
    return {reason.requirement: reason.excluded_seconds for reason in result.why}


def test_windows_come_greedily_from_the_beginning_in_order_of_start_then_zone(world: World) -> None:
    result = search(world, "2027-03-10 06:00", "2027-03-10 11:00", zones=())
    offered = [(f"{w.span.starts_at:%H:%M}", w.zone.slug) for w in result.windows]
    assert offered == [(start, zone) for start in ("06:00", "08:00") for zone in ("studio", "arena", "control")]
    assert not result.why


def test_every_offer_can_be_booked_as_given(world: World) -> None:
    random, tried = Random(5), 0
    for _ in range(40):
        asked = scenery.question(random, datetime(2027, 3, 9, 22, tzinfo=UTC))
        with transaction.atomic():
            scenery.lay_phases(random, world, asked.begins, asked.ends)
            scenery.lay_closures(random, world, asked.begins, asked.ends)
            scenery.lay_bookings(random, world, asked)
            request = SearchRequest(
                module=world.module,
                activity=asked.activity,
                duration=timedelta(minutes=asked.minutes),
                span=Span(asked.begins, asked.ends),
                crew=asked.crew,
                power_kw=Decimal(asked.power_kw),
                downlink_mbps=asked.downlink_mbps,
                crew_awake=asked.crew_awake,
            )
            windows = find(request, at=asked.at).windows
            for window in random.sample(windows[:], min(4, len(windows))):
                tried += 1
                with transaction.atomic():
                    booking = lifecycle.reserve(
                        actor=world.ours.actor,
                        draft=draft_of(world, request, window),
                        status=Status.REQUESTED,
                        at=asked.at,
                    )
                    assert (booking.rank, booking.price_total) == (1, window.price.total)
                    assert booking.phase == window.phase
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
    assert tried >= 30


def draft_of(world: World, request: SearchRequest, window) -> Draft:
    return Draft(
        production_id=world.ours.production.pk,
        zones=(window.zone.slug,),
        activity=request.activity,
        span=window.span,
        crew=request.crew,
        power_kw=request.power_kw,
        downlink_mbps=request.downlink_mbps,
    )


def test_windows_touch_but_keep_the_turnaround_on_both_sides(world: World) -> None:
    world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    result = search(world, "2027-03-10 06:00", "2027-03-10 18:00")
    assert starts(result) == ["03-10T06:00", "03-10T12:30", "03-10T14:30"], (
        "06:00 to 08:00 and another to 10:00 would leave no turnaround before the booking"
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_hold_of_any_rank_stands_in_the_way(world: World, rank: int) -> None:
    for _ in range(rank):
        world.reserve(span("03-10 10:00"))
    assert starts(search(world, "2027-03-10 10:00", "2027-03-10 12:00")) == []


def test_a_lapsed_hold_does_not_stand_in_the_way(world: World) -> None:
    booking = world.reserve(span("05-10 10:00"))
    asked = {"begins": "2027-05-10 10:00", "ends": "2027-05-10 12:00"}
    assert starts(search(world, **asked, at=booking.hold_expires_at - timedelta(seconds=1))) == []
    assert starts(search(world, **asked, at=booking.hold_expires_at)) == ["05-10T10:00"]


def test_a_closure_touches_the_window_not_its_turnaround(world: World) -> None:
    Closure.objects.create(
        module=world.module, kind="eva", starts_at=utc("2027-03-10 12:00"), ends_at=utc("2027-03-10 12:00:30")
    )
    assert starts(search(world, "2027-03-10 10:00", "2027-03-10 15:00")) == ["03-10T10:00", "03-10T12:01"]


def test_a_closure_of_other_zones_or_a_withdrawn_one_closes_nothing_here(world: World) -> None:
    facts = {"module": world.module, "starts_at": utc("2027-03-10 08:00"), "ends_at": utc("2027-03-10 20:00")}
    Closure.objects.create(kind="eva", **facts).zones.set(world.module.zones.filter(slug="studio"))
    Closure.objects.create(kind="reboost", withdrawn_at=NOW, **facts)
    assert starts(search(world, "2027-03-10 10:00", "2027-03-10 12:00")) == ["03-10T10:00"]


def test_the_lead_time_ends_on_the_dot(world: World) -> None:
    result = search(world, "2027-03-03 11:00", "2027-03-03 16:00")
    assert starts(result) == ["03-03T12:00", "03-03T14:00"], "asked on the 1st at 12:00, 48 hours ahead"
    later = search(world, "2027-03-03 11:00", "2027-03-03 16:00", at=NOW + timedelta(microseconds=1))
    assert starts(later) == ["03-03T12:01"]


def test_a_window_ends_as_its_phase_does_and_starts_as_the_next(world: World) -> None:
    result = search(world, "2027-12-31 20:00", "2028-01-01 04:00", crew_awake=False)
    assert starts(result) == ["12-31T20:00", "12-31T22:00", "01-01T00:00", "01-01T02:00"]
    assert [window.phase.kind for window in result.windows] == ["docked", "docked", "free_flight", "free_flight"]
    shifted = search(world, "2027-12-31 21:00", "2028-01-01 03:00", crew_awake=False)
    assert starts(shifted) == ["12-31T21:00", "01-01T00:00"], "none crosses the new year"


def test_the_leap_day_is_a_day(world: World) -> None:
    result = search(world, "2028-02-28 12:00", "2028-03-01 12:00", hours=12)
    assert starts(result) == ["02-29T06:00"], "one a waking day, from 06:00"
    assert starts(search(world, "2028-02-28 00:00", "2028-03-02 00:00", hours=24, crew_awake=False)) == [
        "02-28T00:00",
        "02-29T00:00",
        "03-01T00:00",
    ]


def test_a_window_lies_in_one_waking_day(world: World) -> None:
    assert starts(search(world, "2027-03-10 19:00", "2027-03-11 09:00")) == ["03-10T19:00", "03-11T06:00"]
    FlightRules.objects.update(crew_wake=time(20), crew_sleep=time(4))
    assert starts(search(world, "2027-03-10 19:00", "2027-03-11 05:00", hours=3)) == ["03-10T20:00", "03-10T23:00"]


def test_the_grid_starts_at_the_next_whole_minute(world: World) -> None:
    assert starts(search(world, "2027-03-10 10:00:01", "2027-03-10 14:00:59")) == ["03-10T10:01"]
    assert starts(search(world, "2027-03-10 10:05", "2027-03-10 15:05", step_minutes=90)) == [
        "03-10T10:05",
        "03-10T13:05",
    ]


def test_capacity_counts_waiting_holds_of_other_zones(world: World) -> None:
    world.reserve(span("03-10 10:00"), crew=2)
    world.reserve(span("03-10 11:00"), by=world.theirs, crew=5)
    asked = {"zones": ("studio",), "crew": 2}
    assert starts(search(world, "2027-03-10 09:00", "2027-03-10 15:00", **asked)) == ["03-10T09:00", "03-10T13:00"]


@pytest.mark.parametrize(
    ("name", "seconds", "asked"),
    [
        ("activity", 5 * 3600, {"activity": "sports", "zones": ("studio",)}),
        ("limits", 5 * 3600, {"crew": 7}),
        ("duration", 5 * 3600, {"hours": 0.25}),
        ("duration", 5 * 3600, {"hours": 6}),
        ("crew_awake", 5 * 3600, {"begins": "2027-03-10 20:00", "ends": "2027-03-11 01:00"}),
        ("lead_time", 5 * 3600, {"begins": "2027-03-02 08:00", "ends": "2027-03-02 13:00"}),
        ("phase", 5 * 3600, {"begins": "2022-03-02 08:00", "ends": "2022-03-02 13:00", "at": utc("2022-02-01")}),
    ],
)
def test_why_says_which_requirement_rules_out_how_much(world: World, name, seconds, asked) -> None:
    asked = {"begins": "2027-03-10 09:00", "ends": "2027-03-10 14:00"} | asked
    result = search(world, asked.pop("begins"), asked.pop("ends"), **asked)
    assert why(result) == {name: seconds}
    assert result.why[0].detail


def test_why_weighs_each_requirement_alone_and_says_what_would_help(world: World) -> None:
    world.reserve(span("03-10 10:00", 3), status=Status.REQUESTED)
    Closure.objects.create(
        module=world.module, kind="reboost", starts_at=utc("2027-03-10 13:00"), ends_at=utc("2027-03-10 20:00")
    )
    result = search(world, "2027-03-10 09:00", "2027-03-10 15:30")
    taken_alone = 4.5 * 3600  # 13:30 to 15:30 is free
    closed_alone = 2.5 * 3600  # 13:00 on
    assert why(result) == {"taken": taken_alone, "closed": closed_alone}
    assert {reason.requirement: reason.windows_without for reason in result.why} == {"taken": 2, "closed": 1}
    assert "reboost from 2027/069 13:00 GMT" in result.why[1].detail
    assert "Borealis" not in result.why[0].detail


def test_a_zone_that_a_phase_forbids_is_told_from_one_not_equipped(world: World) -> None:
    for rules in FlightRules.objects.all():
        ZoneRule.objects.create(rules=rules, zone=world.module.zones.get(slug="arena"), activities=["music"])
    result = search(world, "2027-03-10 09:00", "2027-03-10 14:00")
    assert "docked phase do not allow filming in: Arena" in result.why[0].detail


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("to", {"ends": "2028-06-01 00:00"}),
        ("duration", {"hours": 0}),
        ("duration", {"hours": 1.0001}),
        ("step", {"step_minutes": 0}),
        ("zone", {"zones": ("attic",)}),
        ("zone", {"zones": ("arena", "arena")}),
        ("activity", {"activity": "juggling"}),
        ("crew", {"crew": -1}),
        ("power_kw", {"power_kw": Decimal("NaN")}),
    ],
)
def test_nonsense_is_refused_by_field(world: World, field, asked) -> None:
    asked = {"ends": "2027-03-10 14:00"} | asked
    with pytest.raises(Invalid) as refused:
        search(world, "2027-03-10 09:00", asked.pop("ends"), **asked)
    assert [error.field for error in refused.value.errors] == [field]


def test_without_a_rate_card_nothing_is_offered(world: World) -> None:
    RateCard.objects.all().delete()
    with pytest.raises(NotPriced):
        search(world, "2027-03-10 09:00", "2027-03-10 14:00")


def test_the_number_of_queries_does_not_grow_with_the_span(world: World) -> None:
    def queries(ends: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            search(world, "2027-03-10 00:00", ends, zones=()).windows[:50]
        return len(caught)

    queries("2027-03-11 00:00")  # reads the rate cards, which are kept
    few = queries("2027-03-11 00:00")
    for day in range(10, 28):
        world.reserve(span(f"04-{day} 10:00"), crew=1)
    queries("2028-04-01 00:00")  # computes the orbit's days, which are kept
    assert queries("2028-04-01 00:00") == few


def test_a_page_goes_on_after_the_last_window_of_the_one_before(world: World) -> None:
    windows = search(world, "2027-03-10 06:00", "2027-03-12 11:00", zones=()).windows
    for index, window in enumerate(windows):
        assert windows.after(window.span.starts_at, window.zone.slug) == index + 1
    assert windows.after(utc("2027-03-01"), "arena") == 0
