"""Celery's side of it: what beat asks for exists, cannot pile up, and asks the database what is due."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as mailbox
from kombu.exceptions import OperationalError

from bookings import nudge, tasks
from bookings.models import Booking, IdempotencyRecord
from bookings.states import Status
from see1.celery import LONGEST_BROKER_WAIT_S, app
from see1.embedded.ports import free_port
from tests.world import NOW, World, span

FAR = span("05-10 10:00")


@pytest.mark.parametrize("name", sorted(app.conf.beat_schedule))
def test_what_beat_asks_for_exists_and_goes_stale_before_it_is_asked_for_again(name: str) -> None:
    app.loader.import_default_modules()  # as a worker does
    entry = app.conf.beat_schedule[name]
    assert entry["task"] in app.tasks
    assert entry["options"]["expires"] <= entry["schedule"]


def test_tasks_are_kept_until_they_are_done() -> None:
    assert app.conf.task_acks_late
    longest = app.conf.broker_transport_options["visibility_timeout"]
    assert longest > app.conf.task_time_limit, "a task that still runs is not handed out again"


@pytest.mark.parametrize("of", [app.connection_for_read, app.connection_for_write], ids=["the worker's", "beat's"])
def test_a_broker_that_was_away_for_long_is_soon_noticed_to_be_back(of, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda seconds: None)
    with of(f"redis://127.0.0.1:{free_port()}/0") as connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda error, wait: waits.append(int(wait)), 8)
    assert len(waits) == 8
    assert max(waits) == LONGEST_BROKER_WAIT_S


def test_the_clocks_work_is_found_in_the_database(world: World) -> None:
    held = world.reserve(FAR)
    confirmed = world.reserve(span("05-12 10:00"), status=Status.REQUESTED)
    Booking.objects.filter(pk=confirmed.pk).update(status=Status.CONFIRMED)
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert tasks.expire_due() == 1
        assert tasks.expire_due() == 0
    with time_machine.travel(span("05-12 10:00").ends_at, tick=False):
        assert tasks.complete_past() == 1
        assert tasks.complete_past() == 0
        assert tasks.deliver_mail()["sent"] == len(mailbox.outbox)
    states = dict(Booking.objects.values_list("pk", "status"))
    assert states == {held.pk: "expired", confirmed.pk: "completed"}
    assert sorted({message.subject.split(":")[0] for message in mailbox.outbox}) == ["Expired", "Requested"]


def test_answers_are_kept_for_a_day(world: World) -> None:
    for hours in (23, 25):
        IdempotencyRecord.objects.create(
            caller="key:1",
            key=str(hours),
            fingerprint="0" * 64,
            status_code=201,
            created_at=NOW - timedelta(hours=hours),
        )
    with time_machine.travel(NOW, tick=False):
        assert tasks.forget_idempotency_keys() == 1
    assert IdempotencyRecord.objects.get().key == "23"


def test_a_broker_that_is_down_is_not_a_bookings_concern(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("nobody listens")

    said: list[str] = []
    monkeypatch.setattr(nudge.current_app, "send_task", down)
    monkeypatch.setattr(nudge.log, "warning", lambda text, *args: said.append(text))
    assert not nudge.send()
    assert "beat's next round delivers it" in said[0]


def test_whoever_nudges_does_not_wait_for_the_broker_and_many_nudges_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that hangs is waited for in a thread of the nudger's own."""
    asked, answer = threading.Event(), threading.Event()
    senders: list[str] = []

    def hang() -> bool:
        senders.append(threading.current_thread().name)
        asked.set()
        return answer.wait(20)

    monkeypatch.setattr(nudge, "send", hang)
    nudger = nudge.Nudger()
    for _ in range(3):
        nudger.nudge()
    assert asked.wait(20)
    assert senders == ["mail-nudger"]
    answer.set()


def test_new_mail_wakes_a_worker_after_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    nudged: list[bool] = []
    monkeypatch.setattr("bookings.outbox.nudge", lambda: nudged.append(True))
    with django_capture_on_commit_callbacks(execute=True):
        world.reserve(FAR, status=Status.REQUESTED)
        assert not nudged
    assert nudged
