"""What mails say: true, complete, and nothing that should stay inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core import mail as mailbox

from bookings import delivery, emails, lifecycle, outbox
from bookings.models import Booking, Mail, Organisation, Production, User
from bookings.states import Status
from tests.world import NOW, World, span

FAR = span("05-10 10:00")


def letter(booking: Booking, kind: str, *, at: datetime = NOW) -> tuple[str, str]:
    """Subject and text of the newest mail of `kind` about `booking`, as it would be sent at `at`."""
    mail = Mail.objects.with_what_it_says().filter(booking=booking, kind=kind).latest("id")
    message = emails.compose(mail, at=at)
    return str(message.subject), str(message.body)


def test_a_confirmation_has_all_a_producer_needs(world: World) -> None:
    User.objects.filter(pk=world.ours.owner.pk).update(first_name="Ada")
    booking = world.reserve(FAR, zones=("arena", "studio"), crew=2, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    subject, text = letter(booking, "confirmed")
    assert subject == f"Confirmed: {booking.reference}, 2027/130 10:00 GMT"
    assert text == (
        f"""Hello Ada,

SEE-1 confirmed {booking.reference} on 2027/060 12:00 GMT (1 March 2027, 13:00 CET).

Reference   {booking.reference}
Production  Aurora Pictures's film
Window      2027/130 10:00 – 12:00 GMT (2 hours)
            10 May 2027, 12:00 – 14:00 Europe/Rome
Where       SEE-1: Studio, Arena
State       confirmed
Price       USD {booking.price_total:,.2f}

What happens next
Nothing more is needed from you. We remind you before the window starts, and write if anything changes.

https://bookings.see1.example/bookings/{booking.pk}/

SEE-1 Bookings
"""
    )


def test_every_kind_that_is_promised_can_be_written(world: World) -> None:
    """All that lifecycle and reminders promise in a busy week, by their real doors."""
    ours, theirs = (
        world.reserve(FAR, by=world.ours),
        world.reserve(FAR, by=world.theirs),
    )
    challenged = lifecycle.challenge(actor=world.theirs.actor, booking_id=theirs.pk, at=NOW)
    lifecycle.release(actor=world.theirs.actor, booking_id=challenged.pk, at=NOW)
    behind = world.reserve(FAR, by=world.theirs)
    lifecycle.change(
        actor=world.ours.actor,
        booking_id=ours.pk,
        changes={"zones": ("studio",), "crew": 1, "starts_at": FAR.starts_at + timedelta(hours=1)},
        at=NOW,
    )
    lifecycle.request(actor=world.ours.actor, booking_id=ours.pk, at=NOW)
    lifecycle.decline(actor=world.staff, booking_id=ours.pk, at=NOW, reason="A docking is likelier now.")
    lifecycle.expire_due(at=NOW + timedelta(days=8))
    other = world.reserve(span("05-12 10:00"), status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=other.pk, at=NOW, concurrence="Axiom, by mail")
    lifecycle.cancel(actor=world.ours.actor, booking_id=other.pk, at=NOW, reason="The star is ill.")
    outbox.promise(behind, "attention", at=NOW, once="1", context={"reason": "The undocking slipped."})
    kinds = set(Mail.objects.values_list("kind", flat=True))
    assert kinds >= {
        *("requested", "confirmed", "declined", "cancelled", "released", "expired", "moved", "promoted"),
        *("challenged", "attention", "reminder_30_days", "reminder_1_hour", "expiry_48_hours", "expiry_6_hours"),
    }
    for mail in Mail.objects.with_what_it_says().filter(state=Mail.State.PENDING):
        message = emails.compose(mail, at=NOW).message()
        assert message["Message-ID"] == f"<{mail.message_id}@see1.example>"


@pytest.mark.parametrize(
    ("kind", "context", "says"),
    [
        (
            "moved",
            {"starts_at": ["2027-05-09T10:00:00+00:00", "2027-05-10T10:00:00+00:00"], "zones": [["studio"], ["arena"]]},
            [
                "Its start went from 2027/129 10:00 GMT (9 May 2027, 12:00 CEST) to",
                "Its zones went from Studio to Arena",
            ],
        ),
        ("changed", {"crew": [2, 4]}, ["requested anew", "Its crew went from 2 to 4."]),
        ("promoted", {"from_rank": 3, "to_rank": 2}, ["moved up", "from rank 3 to rank 2"]),
        ("challenged", {"deadline": "2027-03-03T12:00:00+00:00"}, ["challenged", "deadline, here 2027/062 12:00 GMT"]),
        ("challenged", {"withdrawn": True}, ["a challenge to your hold", "was withdrawn"]),
        ("declined", {"reason": "A docking."}, ["The reason given: A docking."]),
        (
            "attention",
            {"reason": "A slip.", "findings": ["Closed from 2027/130 11:00 GMT."]},
            ["What changed: A slip.", "Closed from 2027/130 11:00 GMT.", "it fits again"],
        ),
        ("expired", {}, ["it was not requested in time"]),
    ],
)
def test_what_the_occasion_was_is_told(world: World, kind: str, context: dict, says: list[str]) -> None:
    booking = world.reserve(FAR)
    outbox.promise(booking, kind, at=NOW, once="told", context=context)
    _, text = letter(booking, kind)
    assert [words for words in says if words not in text] == [], text


@pytest.mark.parametrize(
    ("change", "at", "says"),
    [
        ({}, NOW, "The time is kept for you until 2027/067 12:00 GMT"),
        ({}, NOW + timedelta(days=9), "The hold ended 2027/067 12:00 GMT"),
        ({"rank": 2}, NOW, "Your hold waits at rank 2"),
        ({"status": "requested"}, NOW, "SEE-1 staff confirm or decline it once Axiom Station concurs"),
        ({"status": "requested"}, FAR.starts_at, "The window began before the request was answered"),
        ({"status": "confirmed"}, NOW, "Nothing more is needed from you"),
        ({"status": "confirmed", "attention": ["closure"]}, NOW, "You can move it to another window"),
        ({"status": "cancelled", "rank": None}, NOW, "It is closed"),
    ],
)
def test_what_happens_next_is_said_of_the_booking_as_it_is_by_then(
    world: World, change: dict, at: datetime, says: str
) -> None:
    booking = world.reserve(FAR)
    outbox.promise(booking, "promoted", at=NOW, once="told", context={"from_rank": 2, "to_rank": 1})
    Booking.objects.filter(pk=booking.pk).update(**change)
    _, text = letter(booking, "promoted", at=at)
    assert says in text


def test_a_moved_confirmation_is_told_to_be_lost_until_staff_have_answered(world: World) -> None:
    booking = world.reserve(FAR, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    for changes, kind, what in (
        ({"starts_at": span("05-12 10:00").starts_at, "ends_at": span("05-12 10:00").ends_at}, "moved", "Moved"),
        ({"crew": 2}, "changed", "Changed"),
    ):
        lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=changes, at=NOW)
        subject, text = letter(booking, kind)
        assert subject.startswith(f"{what}, no longer confirmed: {booking.reference}")
        assert "Nothing is confirmed until staff confirm it anew. If they decline it," in text
        lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
        subject, text = letter(booking, kind)
        assert subject.startswith(f"{what}: {booking.reference}")
        assert "Nothing is confirmed until" not in text
        assert ("With that it was no longer confirmed" in text) == (kind == "moved")


def test_a_moved_request_loses_no_confirmation(world: World) -> None:
    booking = world.reserve(FAR, status=Status.REQUESTED)
    window = span("05-12 10:00")
    changes = {"starts_at": window.starts_at, "ends_at": window.ends_at}
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=changes, at=NOW)
    subject, text = letter(booking, "moved")
    assert subject.startswith("Moved: ")
    assert "no longer confirmed" not in text


def test_a_confidential_title_never_leaves(world: World) -> None:
    Production.objects.update(title="The Secret Sequel", confidential=True)
    booking = world.reserve(FAR, status=Status.REQUESTED)
    delivery.deliver_due(at=NOW)
    [message] = mailbox.outbox
    assert "Secret" not in message.message().as_string()
    assert "Confidential production" in message.body
    assert booking.reference in message.subject


def test_titles_cannot_inject_headers_nor_markup(world: World) -> None:
    Production.objects.update(title="A\r\nBcc: all@example.org <b>bold</b>")
    world.reserve(FAR, status=Status.REQUESTED)
    delivery.deliver_due(at=NOW)
    [sent] = mailbox.outbox
    message = sent.message()
    assert message["Bcc"] is None
    assert "\nBcc" not in sent.body
    html = str(sent.alternatives[0][0])
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


@pytest.mark.parametrize(
    ("time_zone", "window", "line"),
    [
        ("America/New_York", span("05-10 10:00"), "10 May 2027, 06:00 – 08:00 America/New_York"),
        ("Asia/Kolkata", span("05-10 17:00", 4), "10 May 2027, 22:30 – 11 May 2027, 02:30 Asia/Kolkata"),
        (
            "Europe/Rome",
            span("10-31 00:00", 2),
            "31 October 2027, 02:00 CEST – 31 October 2027, 03:00 CET Europe/Rome",
        ),
        (
            "Europe/Rome",
            span("03-28 00:00", 2),
            "28 March 2027, 01:00 CET – 28 March 2027, 04:00 CEST Europe/Rome",
        ),
        ("UTC", span("05-10 23:00", 3), "10 May 2027, 23:00 – 11 May 2027, 02:00"),
        ("Mars/Olympus", span("05-10 10:00"), "10 May 2027, 10:00 – 12:00"),
    ],
)
def test_windows_read_right_by_the_organisations_clock(world: World, time_zone: str, window, line: str) -> None:
    Organisation.objects.update(time_zone=time_zone)
    booking = world.reserve(window, status=Status.REQUESTED)
    _, text = letter(booking, "requested")
    assert f"\n            {line}\n" in text, text


def test_a_window_over_midnight_names_both_days(world: World) -> None:
    booking = world.reserve(span("05-10 23:00", 3), status=Status.REQUESTED)
    _, text = letter(booking, "requested")
    assert "2027/130 23:00 – 2027/131 02:00 GMT (3 hours)" in text


def test_an_organisations_own_mail_is_written_too(world: World) -> None:
    context = {"url": "https://partner.example/hook", "why": "It answered 500.", "settings": ""}
    outbox.tell_owners(world.ours.organisation, "webhook_paused", at=NOW, once="1", context=context)
    delivery.deliver_due(at=NOW)
    [message] = mailbox.outbox
    assert message.subject == "Webhook paused: https://partner.example/hook"
    assert "It answered 500." in message.body


def test_instants_are_those_of_the_occasion_however_late_the_mail(world: World) -> None:
    booking = world.reserve(FAR, status=Status.REQUESTED)
    late = datetime(2027, 3, 4, 9, 30, tzinfo=UTC)
    _, text = letter(booking, "requested", at=late)
    assert "reached SEE-1 on 2027/060 12:00 GMT" in text


def test_html_says_the_same(world: World) -> None:
    world.reserve(FAR, status=Status.REQUESTED)
    delivery.deliver_due(at=NOW)
    [sent] = mailbox.outbox
    message: EmailMessage = sent
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert "2027/130 10:00 – 12:00 GMT" in str(html)
