"""One's bookings: list, page, actions, and what happens when somebody was faster."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings import lifecycle
from bookings.models import Booking
from bookings.states import Status
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


def act(client: Client, booking: Booking, action: str, **data: Any) -> Any:
    data.setdefault("version", Booking.objects.get(pk=booking.pk).version)
    return client.post(f"/bookings/{booking.pk}/{action}/", data)


@pytest.mark.parametrize(
    ("action", "status"), [("request", "requested"), ("release", "released"), ("cancel", "cancelled")]
)
def test_an_action_is_asked_for_and_then_done(action: str, status: str, world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    asked = ours.get(f"/bookings/{booking.pk}/{action}/")
    assert asked.status_code == 200
    assert Booking.objects.get().status == "held", "looking does nothing"
    assert act(ours, booking, action).headers["Location"] == f"/bookings/{booking.pk}/"
    assert Booking.objects.get().status == status


def test_a_waiting_hold_challenges(world: World, ours: Client) -> None:
    world.reserve(WINDOW, by=world.theirs)
    second = world.reserve(WINDOW)
    page = ours.get(f"/bookings/{second.pk}/").text
    assert "Challenge" in page
    assert "within 2 days" in page
    assert act(ours, second, "challenge").status_code == 302
    assert "You have challenged" in ours.get(f"/bookings/{second.pk}/").text
    again = act(ours, second, "challenge")
    assert again.status_code == 409
    assert "has challenged every hold before it already" in again.text


def test_a_challenged_hold_is_told_until_when(world: World, ours: Client) -> None:
    first = world.reserve(WINDOW)
    second = world.reserve(WINDOW, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    page = ours.get(f"/bookings/{first.pk}/").text
    assert "request by" in page
    assert "2027/062 12:00" in page
    assert second.reference not in page
    assert "Borealis" not in page
    assert "Challenged: request, or lose the hold" in ours.get("/").text


def test_a_waiting_hold_cannot_request_and_is_offered_what_is_free(world: World, ours: Client) -> None:
    world.reserve(WINDOW, by=world.theirs)
    second = world.reserve(WINDOW)
    response = act(ours, second, "request")
    assert response.status_code == 409
    assert "Your hold stands at rank 2" in response.text
    assert "Free instead" in response.text


@pytest.mark.parametrize("version", ["1", "", "nonsense", "-1", "9" * 30])
def test_a_stale_page_does_nothing_and_shows_the_new_state(version: str, world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    response = ours.post(f"/bookings/{booking.pk}/cancel/", {"version": version}, follow=True)
    assert "has changed since you read it" in response.text
    assert "Requested" in response.text
    assert Booking.objects.get().status == "requested"


@pytest.mark.parametrize("action", ["request", "release", "cancel", "challenge"])
def test_nobody_acts_on_anothers_booking(action: str, world: World, theirs: Client, viewer: Client) -> None:
    booking = world.reserve(WINDOW)
    assert act(theirs, booking, action).status_code == 404
    assert act(viewer, booking, action).status_code == 403
    assert Booking.objects.get().status == "held"


@pytest.mark.parametrize("action", ["confirm", "decline", "expire", "promote", "delete"])
def test_only_a_producers_actions_are_there(action: str, world: World, ours: Client) -> None:
    assert act(ours, world.reserve(WINDOW), action).status_code == 404


def test_what_is_over_offers_nothing_more(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert "/cancel/" not in ours.get(f"/bookings/{booking.pk}/").text
    assert act(ours, booking, "cancel").status_code == 409
    assert ours.get(f"/bookings/{booking.pk}/change/").status_code == 302


def test_the_history_is_told_in_sentences(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    moved = {"starts_at": span("03-11 10:00").starts_at, "ends_at": span("03-11 12:00").ends_at}
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=moved, at=NOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    page = ours.get(f"/bookings/{booking.pk}/").text
    for words in (
        "Held, 1st in line",
        "Starts: 2027/069 10:00 GMT (Wed 10 Mar 2027, 11:00 CET) → 2027/070 10:00 GMT",
        "Host&#x27;s concurrence: Axiom, by mail",
        "in the admin",
    ):
        assert words in page


# Changing


def test_the_list_is_filtered_and_what_needs_a_look_comes_first(world: World, ours: Client) -> None:
    early = world.reserve(WINDOW)
    late = world.reserve(span("03-20 10:00"), status=Status.REQUESTED)
    gone = world.reserve(span("03-25 10:00"))
    lifecycle.release(actor=world.ours.actor, booking_id=gone.pk, at=NOW)
    Booking.objects.filter(pk=late.pk).update(attention=["over_capacity"])
    upcoming = ours.get("/bookings/").text
    assert upcoming.index(late.reference) < upcoming.index(early.reference)
    assert gone.reference not in upcoming
    assert gone.reference in ours.get("/bookings/?show=past").text
    held = ours.get("/bookings/?show=all&status=held").text
    assert early.reference in held
    assert late.reference not in held


def test_a_long_list_has_pages(world: World, ours: Client) -> None:
    for day in range(4, 31):
        world.reserve(span(f"03-{day:02} 10:00", 1))
    assert re.search(r"27 bookings\.\s+1 to 25 are shown\.", ours.get("/bookings/").text)
    assert "26 to 27" in ours.get("/bookings/?page=2").text
    assert "26 to 27" in ours.get("/bookings/?page=999").text
    assert "1 to 25" in ours.get("/bookings/?page=nonsense&show=nonsense&status=nonsense").text


def test_a_lapsed_hold_offers_nothing(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    Booking.objects.filter(pk=booking.pk).update(hold_expires_at=NOW - timedelta(minutes=1))
    page = ours.get(f"/bookings/{booking.pk}/").text
    assert "This hold has ended" in page
    assert act(ours, booking, "request").status_code == 409


def test_control_characters_in_a_reason_are_left_out(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    assert act(ours, booking, "cancel", reason="x\x00y").status_code == 302
    assert booking.transitions.filter(detail__reason="xy").exists()
