"""The bell, the list and the choice, as a person without scripts has them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import notifications
from bookings.emails.letters import KINDS as LETTERS
from bookings.emails.schedule_letters import SCHEDULE_LETTERS
from bookings.models import Mail
from bookings.states import Status
from tests.bookings.web.conftest import browser
from tests.world import World, span

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
