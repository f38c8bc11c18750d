"""From the outbox to a real mail server: each mail once, when its time comes, whatever the server does."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import LazySettings

from bookings import delivery, lifecycle, outbox
from bookings.models import Booking, Mail, User
from bookings.states import Status
from tests.smtp_sink import Sink
from tests.world import NOW, World, span

FAR = span("05-10 10:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


def point_at(settings: LazySettings, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port


def states(booking: Booking) -> dict[str, str]:
    return dict(booking.mails.values_list("kind", "state"))


def requested(world: World) -> Booking:
    """A request whose own notice is out of the way."""
    booking = world.reserve(FAR, status=Status.REQUESTED)
    booking.mails.filter(kind="requested").update(state=Mail.State.SENT)
    return booking


def test_each_reminder_arrives_once_when_its_time_comes(world: World, sink: Sink) -> None:
    booking = requested(world)
    for ahead, arrived in (
        (timedelta(days=30, seconds=1), 0),
        (timedelta(days=30), 1),
        (timedelta(days=8), 1),
        (timedelta(days=7), 2),
        (timedelta(hours=24), 3),
        (timedelta(hours=24), 3),
        (timedelta(minutes=59), 4),
    ):
        delivery.deliver_due(at=FAR.starts_at - ahead)
        assert len(sink.messages) == arrived, ahead
    assert len(set(sink.ids)) == 4
    assert set(states(booking).values()) == {"sent"}


def test_a_hold_is_reminded_of_its_end(world: World, sink: Sink) -> None:
    booking = world.reserve(FAR)
    assert booking.hold_expires_at is not None
    for ahead in (timedelta(hours=48), timedelta(hours=6)):
        delivery.deliver_due(at=booking.hold_expires_at - ahead)
    assert [subject.split(":")[0] for subject in sink.subjects] == ["Hold ends soon", "Hold ends soon"]


def test_moving_retimes_reminders(world: World, sink: Sink) -> None:
    booking = requested(world)
    later = {"starts_at": FAR.starts_at + timedelta(days=2), "ends_at": FAR.ends_at + timedelta(days=2)}
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=later, at=NOW)
    delivery.deliver_due(at=FAR.starts_at - timedelta(days=30))
    assert sink.subjects == [f"Moved: {booking.reference}, 2027/132 10:00 GMT"]
    delivery.deliver_due(at=later["starts_at"] - timedelta(days=30))
    assert sink.subjects[1:] == [f"Reminder: {booking.reference}, 2027/132 10:00 GMT"]


def test_cancelling_withdraws_reminders(world: World, sink: Sink) -> None:
    booking = requested(world)
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    delivery.deliver_due(at=FAR.starts_at)
    assert [subject.split(":")[0] for subject in sink.subjects] == ["Cancelled"]


def test_a_reminder_that_nobody_wants_any_more_is_withdrawn_as_it_is_sent(world: World, sink: Sink) -> None:
    booking = requested(world)
    Booking.objects.filter(pk=booking.pk).update(starts_at=FAR.starts_at + HOUR, ends_at=FAR.ends_at + HOUR)
    assert delivery.deliver_due(at=FAR.starts_at - timedelta(days=30)) == {"withdrawn": 1}
    assert not sink.messages


def test_one_that_comes_late_says_what_is_true_by_then(world: World, sink: Sink) -> None:
    booking = requested(world)
    delivery.deliver_due(at=FAR.starts_at + timedelta(minutes=20))
    texts = [body(message) for message in sink.messages]
    assert len(texts) == 4
    assert all(f"{booking.reference} started 2027/130 10:00 GMT" in text for text in texts)


def test_what_a_server_greylists_waits_and_comes_with_the_same_message_id(world: World, sink: Sink) -> None:
    answers = iter(["450 4.7.1 come back later", "451 4.7.1 still too early"])
    offered: list[str] = []

    def greylist(message: EmailMessage) -> str | None:
        offered.append(message["Message-ID"])
        return next(answers, None)

    sink.on_message = greylist
    booking = world.reserve(FAR, status=Status.REQUESTED)
    assert delivery.deliver_due(at=NOW) == {"pending": 1}
    assert delivery.deliver_due(at=NOW + timedelta(seconds=19)) == {}, "it is not tried before its back-off is over"
    assert delivery.deliver_due(at=NOW + timedelta(seconds=20)) == {"pending": 1}
    assert delivery.deliver_due(at=NOW + timedelta(seconds=59)) == {}, "the second wait is twice as long"
    assert delivery.deliver_due(at=NOW + timedelta(seconds=60)) == {"sent": 1}
    mail = booking.mails.get(kind="requested")
    assert offered == [f"<{mail.message_id}@see1.example>"] * 3
    assert (mail.attempts, mail.last_error) == (3, "")


def test_one_that_is_refused_does_not_keep_the_others_waiting(world: World, sink: Sink) -> None:
    sink.on_recipient = lambda address: "550 5.1.1 no such user" if address.startswith("ours") else None
    ours, theirs = (
        world.reserve(window, by=company, status=Status.REQUESTED)
        for window, company in ((FAR, world.ours), (span("05-11 10:00"), world.theirs))
    )
    assert delivery.deliver_due(at=NOW) == {"pending": 1, "sent": 1}
    assert sink.connections == 1, "a refusal does not cost the connection"
    at = NOW
    for _ in range(delivery.REFUSALS_TAKEN - 1):
        at += delivery.LONGEST_WAIT
        delivery.deliver_due(at=at)
    mail = ours.mails.get(kind="requested")
    assert (mail.state, mail.attempts) == ("failed", delivery.REFUSALS_TAKEN)
    assert "no such user" in mail.last_error
    assert theirs.mails.get(kind="requested").state == "sent"


def test_a_temporary_refusal_is_given_up_in_the_end(world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "GIVE_UP_AFTER", 6 * HOUR)
    sink.on_message = lambda message: "452 4.2.2 mailbox full"
    booking = world.reserve(FAR, status=Status.REQUESTED)
    at, tries = NOW, 0
    while (mail := booking.mails.get(kind="requested")).state == "pending":
        at = mail.next_try_at
        tries += 1
        delivery.deliver_due(at=at)
    assert mail.state == "failed"
    assert 5 * HOUR < at - NOW <= 6 * HOUR
    assert tries == mail.attempts == 13


def test_a_server_that_is_down_loses_nothing_and_costs_no_mail_a_try(
    world: World, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    point_at(settings, sink)
    booking = world.reserve(FAR, status=Status.REQUESTED)
    assert delivery.deliver_due(at=NOW) == {}
    assert "cannot be reached" in caplog.text
    assert booking.mails.get(kind="requested").attempts == 0
    with sink:
        assert delivery.deliver_due(at=NOW) == {"sent": 1}


def test_a_server_that_hangs_on_one_mail_gives_it_up_for_now_and_takes_the_next(
    world: World, sink: Sink, settings: LazySettings
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    held = {world.ours.owner.email}
    gate = threading.Event()
    sink.on_recipient = lambda address: gate.wait(20) and None if address in held else None
    for window, company in ((FAR, world.ours), (span("05-11 10:00"), world.theirs)):
        world.reserve(window, by=company, status=Status.REQUESTED)
    try:
        assert delivery.deliver_due(at=NOW) == {"pending": 1, "sent": 1}
    finally:
        gate.set()
    held.clear()
    assert delivery.deliver_due(at=NOW + timedelta(minutes=1)) == {"sent": 1}
    assert len(sink.messages) == 2


def test_a_server_that_keeps_hanging_up_ends_the_run(
    world: World, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    sink.on_message = lambda message: "421 4.3.2 shutting down"
    for hour in range(5):
        world.reserve(span(f"05-10 {hour * 4:02}:00"), status=Status.REQUESTED)
    assert delivery.deliver_due(at=NOW) == {"pending": delivery.LOSSES_TAKEN}
    assert Mail.objects.filter(kind="requested", attempts=0).count() == 5 - delivery.LOSSES_TAKEN
    assert "broke off" in caplog.text


@pytest.mark.parametrize("losing", ["421 4.3.2 shutting down", None])
def test_what_was_in_flight_when_the_server_went_is_sent_seconds_after_it_is_back(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch, losing: str | None
) -> None:
    def cut(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    world.reserve(FAR, status=Status.REQUESTED)
    with monkeypatch.context() as patch:
        if losing is None:
            patch.setattr(smtplib.SMTP, "sendmail", cut)
        sink.on_message = lambda message: losing
        assert delivery.deliver_due(at=NOW) == {"pending": 1}
        assert delivery.deliver_due(at=NOW + timedelta(seconds=4)) == {}
        assert delivery.deliver_due(at=NOW + timedelta(seconds=5)) == {"pending": 1}
    sink.on_message = lambda message: None
    assert delivery.deliver_due(at=NOW + timedelta(seconds=14)) == {}, "each wait is twice as long as the one before"
    assert delivery.deliver_due(at=NOW + timedelta(seconds=15)) == {"sent": 1}


def test_one_that_cannot_be_written_does_not_stand_in_the_way(
    world: World, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    booking = world.reserve(FAR, status=Status.REQUESTED)
    outbox.promise(booking, "no_such_kind", at=NOW - HOUR, once="1")
    assert delivery.deliver_due(at=NOW) == {"pending": 1, "sent": 1}
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize("address", ["two@signs@example.org", "line\nbreak@example.org", "nobody"])
def test_an_address_that_is_none_does_not_stand_in_the_way(world: World, sink: Sink, address: str) -> None:
    world.reserve(FAR, status=Status.REQUESTED)
    world.reserve(span("05-11 10:00"), by=world.theirs, status=Status.REQUESTED)
    User.objects.filter(pk=world.ours.owner.pk).update(email=address)
    sink.on_recipient = lambda given: "553 not an address" if given == "nobody" else None
    assert delivery.deliver_due(at=NOW) == {"pending": 1, "sent": 1}
    assert [message["To"] for message in sink.messages] == [world.theirs.owner.email]


def test_a_run_keeps_one_connection_and_is_bounded(world: World, sink: Sink) -> None:
    for hour in range(5):
        world.reserve(span(f"05-10 {hour * 4:02}:00"), status=Status.REQUESTED)
    assert delivery.deliver_due(at=NOW) == {"sent": 5}
    assert sink.connections == 1
    Mail.objects.update(state=Mail.State.PENDING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "RUN_S", 0)
        assert delivery.deliver_due(at=NOW) == {}


def test_an_interrupted_send_is_tried_again(world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's time limit interrupts with an exception of its own, anywhere in the conversation."""

    class Interrupted(Exception):
        pass

    def interrupt(self: smtplib.SMTP, *args: object, **kwargs: object) -> None:
        raise Interrupted

    world.reserve(FAR, status=Status.REQUESTED)
    with monkeypatch.context() as patch:
        patch.setattr(smtplib.SMTP, "sendmail", interrupt)
        assert delivery.deliver_due(at=NOW) == {"pending": 1}
    assert delivery.deliver_due(at=later(NOW)) == {"sent": 1}


def later(at: datetime) -> datetime:
    return at + delivery.LONGEST_WAIT


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
