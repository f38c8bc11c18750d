"""The bell, the list and the choice, as a person without scripts has them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import delivery, lifecycle, notifications
from bookings.emails.letters import KINDS as LETTERS
from bookings.emails.schedule_letters import SCHEDULE_LETTERS
from bookings.models import Mail
from bookings.states import Status
from tests.bookings.web.conftest import browser
from tests.world import NOW, World, span

WINDOW = span("05-10 10:00")


def badge(client: Client) -> str:
    found = re.search(r'class="badge">(\d+)', client.get("/").content.decode())
    return found[1] if found else ""


def test_the_bell_counts_what_is_unread(world: World, ours: Client, theirs: Client) -> None:
    assert badge(ours) == ""
    world.reserve(WINDOW, status=Status.REQUESTED)
    world.reserve(span("05-11 10:00"), status=Status.REQUESTED)
    assert badge(ours) == "2"
    assert badge(theirs) == ""
    answer = ours.post("/notifications/read/", follow=True)
    assert "2 notifications are marked as read." in answer.content.decode()
    assert badge(ours) == ""


def test_opening_one_reads_it_and_leads_to_its_booking(world: World, ours: Client, theirs: Client) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    row = Mail.objects.get(kind="requested")
    page = ours.get("/notifications/").content.decode()
    assert f"Requested: {booking.reference}" in page
    assert world.ours.production.title.replace("'", "&#x27;") in page
    assert theirs.post(f"/notifications/{row.pk}/open/").status_code == 404
    answer = ours.post(f"/notifications/{row.pk}/open/")
    assert answer.headers["Location"] == f"/bookings/{booking.pk}/"
    assert booking.reference not in ours.get("/notifications/?show=unread").content.decode()
    assert booking.reference in ours.get("/notifications/").content.decode()


def test_getting_changes_nothing(world: World, ours: Client) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    row = Mail.objects.get(kind="requested")
    for address in ("/notifications/read/", f"/notifications/{row.pk}/open/"):
        assert ours.get(address).status_code == 405
    ours.get("/notifications/")
    assert badge(ours) == "1"


def test_a_choice_is_kept_and_shown_again(world: World, ours: Client) -> None:
    everything = [kind.name for kind in notifications.KINDS]
    by_mail = [name for name in everything if not name.startswith("reminder")]
    answer = ours.post("/notifications/choice/", {"by_mail": by_mail, "on_pages": everything}, follow=True)
    page = answer.content.decode()
    assert len(re.findall(r'name="by_mail"[^>]*checked', page)) == len(by_mail)
    assert len(re.findall(r'name="on_pages"[^>]*checked', page)) == len(everything)


def test_a_choice_that_would_leave_one_untold_is_refused_and_stays_on_the_page(world: World, ours: Client) -> None:
    answer = ours.post("/notifications/choice/", {"by_mail": ["requested"]})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "“A hold is challenged” must reach you" in page
    assert len(re.findall(r'name="by_mail"[^>]*checked', page)) == 1
    assert notifications.choice_of(world.ours.actor).not_on_pages == []


def test_every_letter_about_a_booking_can_be_chosen() -> None:
    assert {kind.name for kind in notifications.KINDS} == set(LETTERS) | set(SCHEDULE_LETTERS)


@pytest.mark.parametrize("address", ["/notifications/", "/notifications/choice/"])
def test_strangers_log_in_first(db: None, address: str) -> None:
    assert "login" in Client().get(address).headers["Location"]


def test_a_reminder_shows_when_its_hour_comes(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    ours.post("/notifications/read/")
    assert f"Reminder: {booking.reference}" not in ours.get("/notifications/").content.decode()
    with time_machine.travel(WINDOW.starts_at - timedelta(hours=24), tick=False):
        page = browser(world.ours.owner).get("/notifications/?show=unread").content.decode()
    assert page.count(f"Reminder: {booking.reference}") == 3


def listed(client: Client) -> str:
    return " ".join(client.get("/notifications/").content.decode().split())


def test_old_news_names_the_window_that_it_was_about(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    moved = span("05-12 16:00")
    for hours, window in ((1, span("05-11 10:00")), (2, moved)):
        lifecycle.change(
            actor=world.ours.actor,
            booking_id=booking.pk,
            changes={"starts_at": window.starts_at, "ends_at": window.ends_at},
            at=NOW + timedelta(hours=hours),
        )
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        page = listed(ours)
        told = ours.get("/api/v1/notifications/").json()["results"]
    assert f"Requested: {booking.reference}, 2027/130 10:00 GMT" in page
    assert f"Moved: {booking.reference}, 2027/131 10:00 GMT" in page
    assert f"Moved: {booking.reference}, 2027/132 16:00 GMT" in page
    assert [row["title"].rsplit(", ")[-1] for row in told] == [
        "2027/130 10:00 GMT",
        "2027/131 10:00 GMT",
        "2027/132 16:00 GMT",
    ]


def test_an_old_reminder_tells_what_it_reminded_of(world: World) -> None:
    """Its hold was requested and its booking moved since."""
    held = world.reserve(WINDOW)
    assert held.hold_expires_at is not None
    near = held.hold_expires_at - timedelta(hours=5)
    delivery.deliver_due(at=near)
    lifecycle.request(actor=world.ours.actor, booking_id=held.pk, at=near)
    week_before = WINDOW.starts_at - timedelta(days=6)
    delivery.deliver_due(at=week_before)
    later = span("05-20 10:00")
    lifecycle.change(
        actor=world.ours.actor,
        booking_id=held.pk,
        changes={"starts_at": later.starts_at, "ends_at": later.ends_at},
        at=week_before,
    )
    with time_machine.travel(week_before + timedelta(hours=1), tick=False):
        page = listed(browser(world.ours.owner))
    assert f"Hold ends soon: {held.reference}, 2027/130 10:00 GMT" in page
    assert f"Your hold {held.reference} was to end 2027/0" in page
    assert f"Reminder: {held.reference}, 2027/130 10:00 GMT" in page
    assert f"{held.reference} was to start 2027/130 10:00 GMT" in page
