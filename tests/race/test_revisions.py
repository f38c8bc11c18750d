"""Staff apply at the same moment, somebody books meanwhile, a process dies in the middle: all of it, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from bookings import replanning
from bookings.exceptions import InvalidTransition, Refusal, StalePreview
from bookings.models import Booking, Mail, ScheduleRevision, Transition
from modules import operations
from modules.models import Closure
from see1.embedded.discovery import PROJECT_DIR
from tests.bookings import invariants
from tests.processes import database_url, wait_for
from tests.race.field import Field
from tests.threads import at_once
from tests.world import NOW, span

pytestmark = pytest.mark.slow
WINDOW = span("03-10 10:00")


def previewed(field: Field, **asked: Any) -> ScheduleRevision:
    change = partial(
        operations.declare_closure,
        module=field.world.module,
        kind="maintenance",
        starts_at=WINDOW.starts_at,
        ends_at=WINDOW.ends_at + timedelta(days=2),
        **asked,
    )
    return replanning.preview(field.world.module, change, reason="Race.", actor=field.world.staff, at=NOW)


def applying(field: Field, revision: ScheduleRevision) -> Any:
    return partial(replanning.apply_preview, revision.pk, actor=field.world.staff, at=NOW)


def test_one_preview_applied_by_many_at_once_is_applied_once(field: Field) -> None:
    field.world.reserve(WINDOW)
    revision = previewed(field)
    outcomes = at_once([applying(field, revision)] * 6)
    assert sum(isinstance(outcome, InvalidTransition) for outcome in outcomes) == 5
    assert Closure.objects.count() == 1
    assert Mail.objects.filter(kind="attention").count() == 1


def test_two_previews_of_one_booking_applied_at_once_one_is_stale(field: Field) -> None:
    field.world.reserve(WINDOW)
    outcomes = at_once([applying(field, previewed(field, note=note)) for note in ("one", "other")])
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [StalePreview]
    assert Closure.objects.count() == 1


def test_bookings_made_while_it_is_applied_are_seen_or_refused(field: Field) -> None:
    """Whoever comes before makes the preview stale; whoever comes after is told of the closure."""
    revision = previewed(field)
    windows = [span(f"03-10 {hour:02}:00", 1) for hour in range(10, 24, 2)]
    outcomes = at_once([applying(field, revision), *(partial(field.world.reserve, window) for window in windows)])
    applied, booked = outcomes[0], [outcome for outcome in outcomes[1:] if isinstance(outcome, Booking)]
    assert all(isinstance(outcome, Booking | Refusal) for outcome in outcomes[1:])
    assert isinstance(applied, StalePreview if booked else ScheduleRevision)
    assert Closure.objects.exists() == (not booked)
    invariants.check_closures(invariants.bookings(), NOW)
    invariants.check_one_occupant()


APPLY = """
import django, sys
django.setup()
from datetime import datetime
from bookings import actors, replanning
replanning.apply_preview(int(sys.argv[1]), actor=actors.clock(), at=datetime.fromisoformat(sys.argv[2]))
"""


def test_a_process_killed_in_the_middle_of_applying_leaves_nothing_of_it(field: Field) -> None:
    booking = field.world.reserve(WINDOW)
    revision = previewed(field)
    mails, lines = Mail.objects.count(), Transition.objects.count()
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "see1.settings.test"}
    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=booking.pk)  # it gets as far as this row, and waits
        command = [sys.executable, "-c", APPLY, str(revision.pk), NOW.isoformat()]
        process = subprocess.Popen(command, cwd=PROJECT_DIR, env=environment)
        try:
            wait_for(lambda: _is_waiting() or process.poll() is not None, "it to have changed the schedule")
            assert process.poll() is None, "it came as far as the booking"
        finally:
            process.kill()
            process.wait(30)
    wait_for(lambda: not _is_waiting(), "its connection to be gone")
    assert not Closure.objects.exists()
    assert (Mail.objects.count(), Transition.objects.count()) == (mails, lines)
    assert Booking.objects.get(pk=booking.pk).attention == []
    assert applying(field, revision)().is_applied, "the preview is as good as before"


def _is_waiting() -> bool:
    """Whether somebody waits for a row that another transaction has."""
    return bool(invariants.rows("SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"))
