"""Several workers, crashes and slow servers: no mail is lost, none is sent twice but for the one in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.db import connection

from bookings import delivery, lifecycle
from bookings.models import Mail
from bookings.states import Status
from tests.bookings.test_delivery import FAR, NOW, point_at
from tests.smtp_sink import Sink
from tests.threads import at_once
from tests.world import World, build, span

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


def test_workers_side_by_side_send_each_mail_once(world: World, sink: Sink) -> None:
    booking = world.reserve(FAR, status=Status.REQUESTED)
    Mail.objects.bulk_create(
        Mail(
            booking=booking,
            recipient=world.ours.owner,
            kind="requested",
            once_key=str(number),
            due_at=NOW,
            created_at=NOW,
        )
        for number in range(60)
    )
    outcomes = at_once([lambda: delivery.deliver_due(at=NOW)] * 3)
    assert sorted(set(sink.ids)) == sorted(sink.ids)
    assert len(sink.ids) == 61 == sum(outcome["sent"] for outcome in outcomes)


def test_a_crash_between_sending_and_marking_repeats_that_one_mail_with_its_message_id(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (10, 11, 12):
        world.reserve(span(f"05-{day} 10:00"), status=Status.REQUESTED)
    send = delivery.MailServer.send

    class Killed(BaseException):
        pass

    def send_and_die(self: delivery.MailServer, message: EmailMessage) -> None:
        send(self, message)
        if len(sink.messages) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivery.MailServer, "send", send_and_die)
        with pytest.raises(Killed):
            delivery.deliver_due(at=NOW)
    delivery.deliver_due(at=NOW)
    assert len(sink.ids) == 4
    assert sink.ids[1] == sink.ids[2]
    assert len(set(sink.ids)) == 3


def test_a_booking_never_waits_for_a_slow_mail_server(world: World, sink: Sink) -> None:
    """Cancelling withdraws the reminders, and one of them is being sent at that moment."""
    booking = world.reserve(FAR, status=Status.REQUESTED)
    asked, answer = threading.Event(), threading.Event()

    def slowly(address: str) -> None:
        asked.set()
        answer.wait(20)

    sink.on_recipient = slowly

    def cancel() -> None:
        try:
            assert asked.wait(20)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
        finally:
            answer.set()

    due = FAR.starts_at - timedelta(days=30)
    outcomes = at_once([lambda: delivery.deliver_due(at=due), cancel])
    assert outcomes[1] is None, outcomes
    assert booking.mails.get(kind="reminder_24_hours").state == "withdrawn"
    assert booking.mails.get(kind="requested").state == "sent"
    assert booking.mails.get(kind="cancelled").state in {"pending", "sent"}
