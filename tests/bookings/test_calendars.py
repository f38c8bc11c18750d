"""Calendar feeds, as a calendar reads them."""

from datetime import timedelta

import pytest
import vobject
from django.test import Client
from icalendar import Calendar

from bookings import lifecycle
from bookings.emails import compose
from bookings.models import CalendarFeed, Mail
from bookings.states import Status
from tests.world import NOW, World, span

pytestmark = pytest.mark.usefixtures("frozen")
WINDOW = span("03-10 10:00")


@pytest.fixture
def frozen(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def feed(world: World) -> CalendarFeed:
    return CalendarFeed.objects.create(user=world.ours.owner, created_at=NOW)


def events(feed: CalendarFeed) -> list:
    response = Client().get(f"/calendar/{feed.secret}.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_only_ones_own_bookings_are_shown(world: World, feed: CalendarFeed) -> None:
    mine = world.reserve(WINDOW)
    world.reserve(span("03-11 10:00"), by=world.theirs)
    assert [str(e["UID"]) for e in events(feed)] == [f"booking-{mine.pk}@see1.example"]


def test_a_move_keeps_the_uid_and_raises_the_sequence(world: World, feed: CalendarFeed) -> None:
    booking = world.reserve(WINDOW)
    (before,) = events(feed)
    moved = {"starts_at": WINDOW.starts_at + timedelta(days=1), "ends_at": WINDOW.ends_at + timedelta(days=1)}
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=moved, at=NOW)
    (after,) = events(feed)
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == moved["starts_at"]


@pytest.mark.parametrize(
    ("verbs", "status"),
    [
        ((), "TENTATIVE"),
        (("request",), "TENTATIVE"),
        (("request", "confirm"), "CONFIRMED"),
        (("release",), "CANCELLED"),
    ],
)
def test_the_status_follows_the_booking(world: World, feed: CalendarFeed, verbs, status) -> None:
    booking = world.reserve(WINDOW)
    for verb in verbs:
        extra = {"concurrence": "by mail"} if verb == "confirm" else {}
        actor = world.staff if verb == "confirm" else world.ours.actor
        getattr(lifecycle, verb)(actor=actor, booking_id=booking.pk, at=NOW, **extra)
    (event,) = events(feed)
    assert str(event["STATUS"]) == status
    assert len(event.walk("VALARM")) == (0 if status == "CANCELLED" else 2)


def test_an_unchanged_calendar_is_a_304(world: World, feed: CalendarFeed) -> None:
    world.reserve(WINDOW)
    address = f"/calendar/{feed.secret}.ics"
    etag = Client().get(address)["ETag"]
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304
    world.reserve(span("03-12 10:00"))
    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_confidential_title_stays_out(world: World, feed: CalendarFeed) -> None:
    world.ours.production.confidential = True
    world.ours.production.save()
    world.reserve(WINDOW)
    assert world.ours.production.title not in Client().get(f"/calendar/{feed.secret}.ics").content.decode()


@pytest.mark.parametrize("secret", ["no-such-secret", "%00", "a%00b", "x" * 500, "é"])
def test_an_unknown_secret_is_not_there(world: World, secret: str) -> None:
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_a_deactivated_person_has_no_calendar_any_more(world: World, feed: CalendarFeed) -> None:
    world.ours.owner.is_active = False
    world.ours.owner.save()
    assert Client().get(f"/calendar/{feed.secret}.ics").status_code == 404


def test_the_public_calendar_tells_when_and_nothing_else(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    text = Client().get("/calendar/modules/see-1.ics").content.decode()
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART") == WINDOW.starts_at
    assert event.decoded("DTEND") == WINDOW.ends_at + timedelta(minutes=30)
    assert len(calendar.walk("VFREEBUSY")) == 3
    for secret in (booking.reference, str(booking.pk), "Aurora", world.ours.production.title):
        assert secret not in text


def test_another_library_reads_the_same(world: World, feed: CalendarFeed) -> None:
    """vobject, which keeps to RFC 5545 in its own way and validates what it reads."""
    booking = world.reserve(WINDOW)
    for address in (f"/calendar/{feed.secret}.ics", "/calendar/modules/see-1.ics"):
        read = vobject.readOne(Client().get(address).content.decode())
        assert read.validate(raiseException=True)
        for each in (*read.contents.get("vevent", ()), *read.contents.get("vfreebusy", ())):
            assert each.validate(raiseException=True)
    (its,) = vobject.readOne(Client().get(f"/calendar/{feed.secret}.ics").content.decode()).contents["vevent"]
    assert its.uid.value == f"booking-{booking.pk}@see1.example"
    assert (its.dtstart.value, its.dtend.value) == (WINDOW.starts_at, WINDOW.ends_at)
    assert len(its.contents["valarm"]) == 2


def invitations(kind: str) -> list[Calendar]:
    """The calendar parts of the newest mail of a kind."""
    message = compose(Mail.objects.filter(kind=kind).latest("pk"), at=NOW).message()
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert all(part.get_param("method") for part in parts)
    return [Calendar.from_ical(part.get_payload(decode=True)) for part in parts]


def test_mails_bring_the_booking_into_a_calendar_move_it_and_take_it_out(world: World) -> None:
    booking = world.reserve(WINDOW)
    ours = world.ours.actor
    lifecycle.request(actor=ours, booking_id=booking.pk, at=NOW)
    (asked,) = invitations("requested")
    assert asked["METHOD"] == "REQUEST"
    moved = {"starts_at": WINDOW.starts_at + timedelta(days=1), "ends_at": WINDOW.ends_at + timedelta(days=1)}
    lifecycle.change(actor=ours, booking_id=booking.pk, changes=moved, at=NOW)
    (changed,) = invitations("moved")
    lifecycle.cancel(actor=ours, booking_id=booking.pk, at=NOW, reason="No star.")
    (gone,) = invitations("cancelled")
    assert gone["METHOD"] == "CANCEL"

    calendar: dict[str, tuple[int, object, str]] = {}
    for message in (changed, asked, gone):  # an old one that comes late changes nothing, as RFC 5546 has it
        (its,) = message.walk("VEVENT")
        known = calendar.get(its["UID"])
        if known is None or its["SEQUENCE"] > known[0]:
            calendar[its["UID"]] = (its["SEQUENCE"], its.decoded("DTSTART"), str(its["STATUS"]))
    assert list(calendar.values()) == [(booking_version(booking), moved["starts_at"], "CANCELLED")]
    assert str(gone.walk("VEVENT")[0]["ATTENDEE"]) == "mailto:ours@aurora.example"


def booking_version(booking) -> int:
    booking.refresh_from_db()
    return booking.version


def test_reminders_bring_no_calendar(world: World) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    reminder = Mail.objects.filter(kind__startswith="reminder").first()
    assert reminder is not None
    assert not [
        part for part in compose(reminder, at=NOW).message().walk() if part.get_content_type() == "text/calendar"
    ]
