"""Every page of staff's with 100,000 bookings: how many queries it asks, and how long it takes.

Runs in a test database of its own, on the server that `DATABASE_URL` or `SEE1_DATA_DIR` names: fifty zones, each booked
four times a day, a line of the audit and a mail for each booking, a closure that touches a hundred of them, and a round
of re-booking. Each list, each thing's page, each form to add, the board, searches, utilisation, revisions.

    python -m bench admin             prints the table, writes var/bench/admin.json
    BENCH_ADMIN_BOOKINGS=10000 …      fewer
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.test")
django.setup()

from django.contrib import admin  # noqa: E402 - Django is set up first
from django.db import connection, connections  # noqa: E402 - Django is set up first
from django.test import Client, RequestFactory  # noqa: E402 - Django is set up first
from django.test.runner import DiscoverRunner  # noqa: E402 - Django is set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402 - Django is set up first
from django.urls import reverse  # noqa: E402 - Django is set up first
from django.utils import timezone  # noqa: E402 - Django is set up first

from bench.stage.rows import Table  # noqa: E402 - Django is set up first
from bench.stage.tables import fill, found  # noqa: E402 - Django is set up first
from bookings import replanning  # noqa: E402 - Django is set up first
from bookings.models import Booking  # noqa: E402 - Django is set up first
from modules import operations  # noqa: E402 - Django is set up first
from tests.world import World, build  # noqa: E402 - Django is set up first

ROWS = int(os.environ.get("BENCH_ADMIN_BOOKINGS", "100000"))
MOST_QUERIES = 30
MOST_MS = 1000
ROUNDS = 3

_AUDIT = """
INSERT INTO bookings_auditentry (at, verb, model, object_id, part, label, before, after, actor, via, address, doing,
                                 request_id, role)
SELECT created_at, 'added', 'bookings.booking', id, '', reference, '{}', '{"status": "requested"}', 'Bench', 'api',
       '127.0.0.1', 'POST /api/v1/bookings/', '', 'bench'
FROM bookings_booking
"""


def main() -> int:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    table = Table("admin")
    try:
        world = build()
        began = time.monotonic()
        fill_all()
        table.seen(f"{ROWS:,} bookings written", time.monotonic() - began, "s")
        touch(world, timezone.now())
        measure(world, table)
    finally:
        connections.close_all()
        runner.teardown_databases(databases)
    return table.write()


def fill_all() -> None:
    def sql(*statements: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    database = SimpleNamespace(sql=sql)
    found(database)
    fill(database, ROWS)
    sql(_AUDIT, "ANALYZE bookings_auditentry")


def touch(world: World, at: datetime) -> None:
    """A revision that flags bookings, and a round that offers a few of them other windows."""
    tomorrow = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=4)
    shut = {"starts_at": tomorrow, "ends_at": tomorrow + timedelta(hours=12), "zones": []}
    change = partial(operations.declare_closure, module=world.module, kind="maintenance", **shut)
    said = {"reason": "Filters.", "actor": world.staff, "at": at}
    replanning.apply(world.module, change, **said)
    few = list(Booking.objects.exclude(attention=[]).values_list("pk", flat=True)[:3])
    if few:
        replanning.plan(world.module, few, answer_by=at + timedelta(days=2), **said)


def pages(world: World) -> Iterator[str]:
    request = RequestFactory().get("/")
    request.user = world.staff_user
    yield reverse("admin:index")
    for model, page in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label):
        named = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{named}_changelist")
        thing = model._default_manager.last()
        if thing is not None:
            yield reverse(f"{named}_change", args=[thing.pk])
        if page.has_add_permission(request):
            yield reverse(f"{named}_add")
    bookings = reverse("admin:bookings_booking_changelist")
    yield from (f"{bookings}?{query}" for query in ("q=B-77777", "q=company", "attention=any", "status__in=requested"))
    for name in ("exchange", "utilisation", "revision_list", "rebooking_list"):
        yield reverse(name)
    today = timezone.now().date()
    yield f"{reverse('utilisation')}?start={today - timedelta(days=1800)}&end={today + timedelta(days=1800)}"
    yield reverse("revision", args=[world.module.schedule_revisions.latest("pk").pk])
    yield from (reverse("rebooking", args=[each.pk]) for each in world.module.rebookings.all())


def measure(world: World, table: Table) -> None:
    client = Client()
    client.force_login(world.staff_user)
    asked: dict[str, tuple[int, float]] = {}
    for page in dict.fromkeys(pages(world)):
        times = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(page)
            times.append((time.monotonic() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{page}: {answer.status_code}")
        asked[page] = (len(queries), min(times))
    for page, (count, took) in sorted(asked.items(), key=lambda item: -item[1][1]):
        table.seen(page, took, "ms", f"{count} queries")
    table.at_most("the most queries of any page", max(count for count, _ in asked.values()), MOST_QUERIES, "")
    table.at_most("the slowest page", max(took for _, took in asked.values()), MOST_MS, "ms")
