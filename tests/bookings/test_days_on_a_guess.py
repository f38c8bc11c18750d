"""The days of a new booking are taken by what the process knew of the rules; where those changed, by the rules now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.exceptions import SlotTaken
from bookings.models import Booking, Mail
from bookings.states import Status
from modules.models import FlightRules
from tests.world import World, build, span


@pytest.fixture
def world(db: None) -> World:
    world = build()
    world.reserve(span("03-10 14:00"), status=Status.REQUESTED)
    return world


def turn_around_in(hours: float) -> None:
    FlightRules.objects.update(turnaround=timedelta(hours=hours))


def test_a_longer_turnaround_reaches_what_was_free_before(world: World) -> None:
    turn_around_in(3)
    with pytest.raises(SlotTaken):
        world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    assert Booking.objects.count() == 1


def test_a_shorter_one_leaves_free_what_was_taken(world: World) -> None:
    turn_around_in(0)
    booking = world.reserve(span("03-10 12:00"), status=Status.REQUESTED)
    assert booking.rank == 1
    assert booking.claims.get().period.upper == booking.ends_at


def test_days_that_only_the_new_rules_need_are_taken_as_well(world: World) -> None:
    """Two hours before midnight, with more than that to turn around in."""
    turn_around_in(4)
    with CaptureQueriesContext(connection) as asked:
        booking = world.reserve(span("03-10 20:00"), status=Status.REQUESTED)
    assert booking.claims.get().period.upper == span("03-11 02:00").starts_at
    with connection.cursor() as cursor:  # those of a transaction that was undone are held no more
        cursor.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid > 8000000 AND granted")
        assert {row[0] for row in cursor.fetchall()} >= {day.toordinal() for day in map(_day, ("03-10", "03-11"))}
    assert sum("ROLLBACK TO" in query["sql"] for query in asked) == 1


def _day(written: str) -> date:
    return span(f"{written} 00:00").starts_at.date()


def test_promises_are_kept_as_the_model_would_keep_them(world: World) -> None:
    """They are written without it, so what it leaves to its defaults is compared here."""
    kept = Mail.objects.filter(kind="reminder_24_hours").get()
    default = Mail()
    shared = ("address", "state", "attempts", "last_error", "context", "retry_at", "sent_at", "read_at", "request_id")
    assert {name: getattr(kept, name) for name in shared} == {name: getattr(default, name) for name in shared}
    assert kept.message_id.version == 4
    assert kept.recipient == world.ours.owner
