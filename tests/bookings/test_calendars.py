"""Calendar feeds, as a calendar reads them."""

from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from bookings import lifecycle
from bookings.models import CalendarFeed
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
