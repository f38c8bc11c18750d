"""One beat at a time, and another one soon after the first is killed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from see1.beat import LEASE_S, RENEW_S, Lease, LeasedScheduler
from see1.celery import app
from see1.models import BeatLease

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that any scheduler sends off."""
    names: list[str] = []
    monkeypatch.setattr(LeasedScheduler, "apply_async", lambda self, entry, **_: names.append(entry.task))
    return names


def scheduler(directory: Path, holder: str) -> LeasedScheduler:
    return LeasedScheduler(app=app, schedule_filename=str(directory / holder), lease=Lease(holder=holder))


def due_now(beat: LeasedScheduler) -> None:
    """As after an hour of silence."""
    for entry in beat.schedule.values():
        entry.last_run_at -= timedelta(hours=1)
    beat._heap = None


def test_the_second_beat_is_silent_while_the_first_lives(tmp_path: Path, started: list[str]) -> None:
    first, second = scheduler(tmp_path, "one"), scheduler(tmp_path, "two")
    for beat in (first, second):
        due_now(beat)
    assert first.tick() <= RENEW_S
    assert len(started) == 1
    assert second.tick() == RENEW_S
    assert len(started) == 1
    first.tick()
    assert len(started) == 2


def test_without_the_lease_both_start_the_same_work(
    tmp_path: Path, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lease, "take", lambda lease: True)
    for holder in ("one", "two"):
        beat = scheduler(tmp_path, holder)
        due_now(beat)
        beat.tick()
    assert len(started) == 2
    assert len(set(started)) == 1


def test_a_killed_beat_is_followed_when_its_lease_is_over(tmp_path: Path, started: list[str]) -> None:
    first, second = scheduler(tmp_path, "one"), scheduler(tmp_path, "two")
    first.tick()
    due_now(second)
    assert second.tick() == RENEW_S
    assert started == []
    BeatLease.objects.update(until=timezone.now() - timedelta(seconds=1))  # nobody renewed it
    second.tick()
    assert len(started) == 1
    assert BeatLease.objects.get().holder == "two"
    due_now(first)
    assert first.tick() == RENEW_S, "the first comes back too late"
    assert len(started) == 1


def test_a_beat_that_is_stopped_leaves_at_once(tmp_path: Path, started: list[str]) -> None:
    first, second = scheduler(tmp_path, "one"), scheduler(tmp_path, "two")
    first.tick()
    second.tick()
    second.close()
    second = scheduler(tmp_path, "two")
    assert BeatLease.objects.get().holder == "one", "who only waits takes nothing away"
    first.close()
    due_now(second)
    second.tick()
    assert len(started) == 1


def test_a_lease_outlasts_a_missed_renewal() -> None:
    assert LEASE_S >= 2 * RENEW_S
    assert Lease(holder="one").take()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM until - now()) FROM see1_beatlease")
        (left,) = cursor.fetchone()
    assert float(left) == pytest.approx(LEASE_S, abs=0.1)
