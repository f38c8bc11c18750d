"""A booking is moved: looked at first with all that changes, then done as it was shown."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from bookings import lifecycle
from bookings.models import Booking
from bookings.states import Status
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


def change(world: World, booking: Booking, **changes: Any) -> dict[str, Any]:
    booking.refresh_from_db()
    return {
        "production": str(world.ours.production.pk),
        "zones": ["arena"],
        "activity": "filming",
        "starts_at": "2027-03-11T10:00",
        "ends_at": "2027-03-11T13:00",
        "clock": "gmt",
        "crew": "0",
        "power_kw": "0",
        "downlink_mbps": "0",
        "version": str(booking.version),
        "agreed_total": "175500.00",
        "intent": "change",
        **changes,
    }


def test_a_move_is_priced_first_and_then_done(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    address = f"/bookings/{booking.pk}/change/"
    look = ours.post(address, change(world, booking, intent="look"))
    assert "USD 56,000.00 more" in look.text
    assert Booking.objects.get().span == WINDOW
    assert ours.post(address, change(world, booking)).status_code == 302
    assert Booking.objects.get().span == span("03-11 10:00", 3)


def test_a_move_at_another_price_than_shown_is_shown_again(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    response = ours.post(f"/bookings/{booking.pk}/change/", change(world, booking, agreed_total="1.00"))
    assert "worked out anew" in response.text
    assert Booking.objects.get().span == WINDOW


def test_a_refused_move_changes_nothing_and_offers_what_is_free(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    world.reserve(span("03-11 10:00"), by=world.theirs)
    address = f"/bookings/{booking.pk}/change/"
    look = ours.post(address, change(world, booking, intent="look"))
    assert (look.status_code, "Free instead" in look.text) == (409, True)
    said = " ".join(strip_tags(look.text).split())
    assert "Somebody stands there already. A hold of yours would be 2nd in line; requesting needs free time." in said
    assert "Each window keeps 30 minutes free after it for turnaround, yours too." in said
    response = ours.post(address, change(world, booking))
    assert response.status_code == 409
    assert f"{address}?" in response.text, "an offer leads back to this form"
    assert Booking.objects.get(pk=booking.pk).span == WINDOW


def test_an_offer_fills_the_change_form(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    query = "starts_at=2027-03-12T10:00Z&ends_at=2027-03-12T12:00Z&zones=studio"
    page = ours.get(f"/bookings/{booking.pk}/change/?{query}").text
    assert 'value="2027-03-12T10:00"' in page
    assert "Studio, filming" in page


def test_a_stale_change_keeps_what_was_typed_and_shows_the_new_state(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    typed = change(world, booking)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    response = ours.post(f"/bookings/{booking.pk}/change/", typed)
    assert response.status_code == 412
    assert "has changed since you read it" in response.text
    assert 'value="2027-03-11T13:00"' in response.text
    assert Booking.objects.get().span == WINDOW


def test_a_confirmed_booking_says_that_a_move_is_confirmed_anew(world: World, ours: Client) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    look = ours.post(f"/bookings/{booking.pk}/change/", change(world, booking, intent="look"))
    assert "confirmation again" in look.text


def test_one_cannot_change_anothers(world: World, theirs: Client, viewer: Client) -> None:
    booking = world.reserve(WINDOW)
    address = f"/bookings/{booking.pk}/change/"
    assert theirs.post(address, change(world, booking)).status_code == 404
    assert viewer.post(address, change(world, booking)).status_code == 403


# The list


class TestPreviewOfAMove:
    def test_says_what_changes_besides_the_price(self, world: World, ours: Client) -> None:
        world.reserve(span("03-11 10:00"), by=world.theirs)
        booking = world.reserve(WINDOW)
        page = ours.post(f"/bookings/{booking.pk}/change/", change(world, booking, intent="look")).text
        assert "It would stand 2nd in line; now it stands 1st in line." in page

    def test_says_that_staff_confirm_anew_and_when_reminders_come(self, world: World, ours: Client) -> None:
        booking = world.reserve(WINDOW, status=Status.REQUESTED)
        lifecycle.confirm(
            actor=world.staff, booking_id=booking.pk, version=booking.version, concurrence="Axiom", at=NOW
        )
        page = ours.post(f"/bookings/{booking.pk}/change/", change(world, booking, intent="look")).text
        assert "It would be requested again" in page
        text = " ".join(strip_tags(page).split())
        assert "Reminder, 24 hours before a window: 2027/069 10:00 GMT" in text
        assert "Reminder, 7 days before a window: 2027/063 10:00 GMT" in text

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({}, "The window that is confirmed now is given up at that moment; whoever waits behind it may take it."),
            (
                {"starts_at": "2027-03-10T11:00", "ends_at": "2027-03-10T13:00"},
                "What the new window leaves of the confirmed one is given up at that moment;",
            ),
            (
                {"starts_at": "2027-03-10T10:00", "ends_at": "2027-03-10T12:00", "crew": "1"},
                "The confirmation that it has now is given up at that moment.",
            ),
        ],
    )
    def test_says_that_what_is_confirmed_is_given_up_at_once(
        self, world: World, ours: Client, asked: dict[str, str], said: str
    ) -> None:
        booking = world.reserve(WINDOW, status=Status.REQUESTED)
        for lost in (False, True):
            page = ours.post(f"/bookings/{booking.pk}/change/", change(world, booking, intent="look", **asked)).text
            text = " ".join(strip_tags(page).split())
            assert (said in text) == lost
            assert ("nothing is confirmed, and if they decline it," in text) == lost
            if not lost:
                lifecycle.confirm(actor=world.staff, booking_id=booking.pk, concurrence="Axiom", at=NOW)
        with_price = change(world, booking, **asked, agreed_total=re.findall('"agreed_total" value="([^"]+)"', page)[0])
        done = ours.post(f"/bookings/{booking.pk}/change/", with_price, follow=True).text
        assert f"{booking.reference} is changed. It is no longer confirmed, until staff confirm it anew." in done

    def test_says_what_a_confirmed_booking_gives_up_and_what_cancelling_costs_then(
        self, world: World, ours: Client
    ) -> None:
        booking = world.reserve(span("03-20 10:00", 4), status=Status.REQUESTED)
        lifecycle.confirm(
            actor=world.staff, booking_id=booking.pk, version=booking.version, concurrence="Axiom", at=NOW
        )
        shorter = change(
            world, booking, intent="look", starts_at="2027-03-20T10:00", ends_at="2027-03-20T12:00", agreed_total=""
        )
        said = " ".join(strip_tags(ours.post(f"/bookings/{booking.pk}/change/", shorter).text).split())
        assert "confirmation again" not in said
        assert "It stays confirmed, and USD 112,000.00 is no longer charged" in said
        assert "Cancelling it now costs USD 115,750.00; after the change, USD 59,750.00." in said
        moved = change(world, booking, intent="look", starts_at="2027-03-20T10:00", ends_at="2027-03-20T15:00")
        assert "no longer charged" not in ours.post(f"/bookings/{booking.pk}/change/", moved).text

    def test_what_was_asked_of_the_orbit_is_kept_and_shown(self, world: World, ours: Client) -> None:
        booking = world.reserve(span("03-05 00:00", 24), conditions={"place": "rome", "min_elevation": 0})
        address = f"/bookings/{booking.pk}/change/"
        assert "Over Rome, 0° above the horizon" in ours.get(address).text
        asked = {"starts_at": "2027-03-05T00:00", "ends_at": "2027-03-05T23:00"}
        ours.post(
            address, change(world, booking, **asked) | {"agreed_total": total(ours, address, world, booking, asked)}
        )
        booking.refresh_from_db()
        assert booking.ends_at == datetime(2027, 3, 5, 23, tzinfo=UTC)
        assert booking.conditions == {"place": "rome", "min_elevation": 0.0}

    def test_a_time_that_does_not_give_it_is_refused_until_it_is_dropped(self, world: World, ours: Client) -> None:
        booking = world.reserve(span("03-05 00:00", 24), conditions={"place": "rome", "min_elevation": 0})
        address = f"/bookings/{booking.pk}/change/"
        asked = {"starts_at": "2027-05-10T10:00", "ends_at": "2027-05-10T11:00"}
        look = ours.post(address, change(world, booking, intent="look", **asked))
        assert look.status_code == 400
        asked["drop_conditions"] = "on"
        given = change(world, booking, **asked) | {"agreed_total": total(ours, address, world, booking, asked)}
        assert ours.post(address, given).status_code == 302
        booking.refresh_from_db()
        assert booking.conditions == {}


def total(client: Client, address: str, world: World, booking: Booking, asked: dict[str, str]) -> str:
    """The price that a look at the change agrees to."""
    look = client.post(address, change(world, booking, intent="look", **asked)).text
    found = re.search(r'name="agreed_total" value="([^"]+)"', look)
    assert found, look
    return found[1]
