"""A slip of the undocking that touches 5,000 bookings, previewed, applied and taken back while others book.

Runs in a test database of its own, on the server that `DATABASE_URL` or `SEE1_DATA_DIR` names. The bookings lie in the
months that go from free flight back to docked; meanwhile four people hold windows elsewhere, one after the other.

    python -m bench replanning       prints the table, writes var/bench/replanning.json
"""

from __future__ import annotations

import cProfile
import itertools
import json
import os
import pstats
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.test")
django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - Django first
from django.test.runner import DiscoverRunner  # noqa: E402 - Django is set up first

from bookings import replanning  # noqa: E402 - Django is set up first
from bookings.exceptions import Refusal  # noqa: E402 - Django is set up first
from bookings.models import Booking, Claim, Mail, ScheduleRevision  # noqa: E402 - Django is set up first
from modules import operations  # noqa: E402 - Django is set up first
from modules.intervals import Span  # noqa: E402 - Django is set up first
from modules.models import Phase, Zone  # noqa: E402 - Django is set up first
from tests.bookings import invariants  # noqa: E402 - Django is set up first
from tests.world import Company, World, build, company  # noqa: E402 - Django is set up first

ROWS = int(os.environ.get("BENCH_REPLANNING_BOOKINGS", "5000"))
COMPANIES = 40
CLIENTS = 4
FREE_FLIGHT = datetime(2028, 1, 1, tzinfo=UTC)
SLIPPED = datetime(2028, 9, 15, tzinfo=UTC)
NOW = datetime(2027, 12, 1, 12, tzinfo=UTC)
EVERY = timedelta(minutes=150)  # two hours and the turnaround
PROMISES_S = {"preview": 2.0, "apply": 10.0}
REPORT = Path("var/bench/replanning.json")


def main() -> int:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        found = measure(build())
    finally:
        connections.close_all()
        runner.teardown_databases(databases)
    broken = [name for name, promised in PROMISES_S.items() if found["s"][name] > promised]
    for name, took in found["s"].items():
        promised = f"   promised {PROMISES_S[name]:4.1f} s" if name in PROMISES_S else ""
        print(f"{name:<20} {took:7.2f} s{promised}{'   BROKEN' if name in broken else ''}")
    for name, value in found["meanwhile"].items():
        print(f"{name:<36} {value}")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({**found, "promised_s": PROMISES_S, "load": os.getloadavg()}, indent=2))
    return 1 if broken else 0


def measure(world: World) -> dict[str, Any]:
    companies = [company(f"Company {n}", f"owner{n}@bench.example") for n in range(COMPANIES)]
    fill(world, companies)
    docked = Phase.objects.get(module=world.module, kind="docked")
    slip = partial(
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=docked.starts_at,
        ends_at=SLIPPED,
        certainty="planned",
    )
    took: dict[str, float] = {}
    with others_booking(world, companies) as clients:
        revision = timed(took, "preview", lambda: replanning.preview(world.module, slip, **said(world)))
        holds((revision.flagged, revision.told) == (ROWS, COMPANIES), "the preview shows every booking")
        timed(took, "apply", lambda: replanning.apply_preview(revision.pk, actor=world.staff, at=NOW))
        holds(Booking.objects.filter(attention=["phase_changed"]).count() == ROWS, "every booking is flagged")
        holds(Mail.objects.filter(kind="replanned").count() == COMPANIES, "one mail a company")
        back = timed(took, "preview of the way back", lambda: way_back(world, revision))
        timed(took, "taking it back", lambda: replanning.apply_preview(back.pk, actor=world.staff, at=NOW))
    holds(not Booking.objects.exclude(attention=[]).exists(), "taken back, no booking is flagged")
    invariants.check_one_occupant()
    meanwhile = {
        "bookings made by others meanwhile": clients.made,
        "refused (their window was taken)": clients.refused,
        "failed": clients.failed,
        "longest wait of one of them, s": round(clients.longest_s, 2),
    }
    holds(not clients.failed, "nobody's booking failed for another reason than a refusal")
    return {"bookings": ROWS, "s": {name: round(each, 2) for name, each in took.items()}, "meanwhile": meanwhile}


def holds(condition: bool, what: str) -> None:
    if not condition:
        raise RuntimeError(f"It does not hold that {what}.")


def said(world: World) -> dict[str, Any]:
    return {"reason": "The undocking slips.", "actor": world.staff, "at": NOW}


def way_back(world: World, revision: ScheduleRevision) -> ScheduleRevision:
    return replanning.preview_return(revision.pk, **said(world))


def timed(took: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    profile = cProfile.Profile() if os.environ.get("BENCH_PROFILE") else None
    began = time.perf_counter()
    done = profile.runcall(work) if profile else work()
    took[name] = time.perf_counter() - began
    if profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(30)
    return done


def fill(world: World, companies: list[Company]) -> None:
    """Copies of one booking that was really made, for each company in turn, side by side in all zones."""
    first = FREE_FLIGHT + timedelta(days=2)
    template = world.reserve(Span(first, first + timedelta(hours=2)), at=NOW, crew=1)
    zones = list(Zone.objects.filter(module=world.module))
    made, claims = [], []
    places = ((step, zone) for step in itertools.count(1) for zone in zones)
    owners = itertools.cycle(companies)
    for (step, zone), owner in itertools.islice(zip(places, owners, strict=False), ROWS):
        starts_at = first + step * EVERY
        booking = copy_of(template, owner, starts_at)
        made.append(booking)
        period = Span(starts_at, starts_at + EVERY)
        claims.append(Claim(booking=booking, zone=zone, period=(period.starts_at, period.ends_at), rank=1))
    holds(made[-1].ends_at < SLIPPED, "all lie in the months that slip")
    with transaction.atomic():
        template.claims.all().delete()
        template.mails.all().delete()
        template.transitions.all().delete()
        template.delete()
        Booking.objects.bulk_create(made, batch_size=1000)
        Claim.objects.bulk_create(claims, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copy_of(template: Booking, owner: Company, starts_at: datetime) -> Booking:
    values = {f.attname: getattr(template, f.attname) for f in Booking._meta.concrete_fields if f.attname != "arrival"}
    values |= {
        "id": uuid4(),
        "reference": uuid4().hex[:12],
        "organisation_id": owner.organisation.pk,
        "production_id": owner.production.pk,
        "created_by_id": owner.owner.pk,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
    }
    return Booking(**values)


@dataclass
class Clients:
    """People who go on booking elsewhere; `longest_s` is how long one of them waited for an answer at most."""

    made: int = 0
    refused: int = 0
    failed: int = 0
    longest_s: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def others_booking(world: World, companies: list[Company]) -> Iterator[Clients]:
    clients = Clients()
    threads = [threading.Thread(target=book, args=(clients, world, companies[n], n)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.stop.set()
        for thread in threads:
            thread.join()
        connection.close()


def book(clients: Clients, world: World, owner: Company, lane: int) -> None:
    """Two clients want the same windows each time, so that something could be booked twice."""
    starts_at = datetime(2027, 12, 5, tzinfo=UTC)
    zone = ("arena", "studio")[lane % 2]
    try:
        while not clients.stop.is_set() and starts_at < FREE_FLIGHT - timedelta(days=1):
            began, outcome = time.perf_counter(), "made"
            try:
                world.reserve(Span(starts_at, starts_at + timedelta(minutes=30)), by=owner, zones=(zone,), at=NOW)
            except Refusal:
                outcome = "refused"
            except Exception as error:  # counted, and told below
                outcome = "failed"
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
            with clients.lock:
                setattr(clients, outcome, getattr(clients, outcome) + 1)
                clients.longest_s = max(clients.longest_s, time.perf_counter() - began)
            starts_at += timedelta(hours=1)
            time.sleep(0.1)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
