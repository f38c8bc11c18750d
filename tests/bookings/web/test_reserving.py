"""Hold and request from the page: the price first, refusals at their field, one effect however often it is sent."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from bookings.models import Booking, Mail, Rate
from bookings.states import Status
from tests.world import World, span

ASKED = {
    "zones": "arena",
    "activity": "filming",
    "starts_at": "2027-03-10T10:00Z",
    "ends_at": "2027-03-10T12:00Z",
    "crew": "1",
}


def form(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "production": str(world.ours.production.pk),
        "zones": ["arena"],
        "activity": "filming",
        "starts_at": "2027-03-10T10:00",
        "ends_at": "2027-03-10T12:00",
        "clock": "gmt",
        "crew": "1",
        "power_kw": "",
        "downlink_mbps": "",
        "agreed_total": "379500.00",
        "token": str(uuid.uuid4()),
        "intent": "hold",
        **changes,
    }


def test_an_address_fills_the_form_and_shows_the_price_line_by_line(ours: Client) -> None:
    page = ours.get(f"/bookings/new/?{urlencode(ASKED)}").text
    for words in (
        "This time is free.",
        "2 hours × 56,000.00",
        "260,000.00",
        "USD 379,500.00",
        "Arena, filming, docked",
    ):
        assert words in page
    assert 'value="2027-03-10T10:00"' in page


@pytest.mark.parametrize(("intent", "status"), [("hold", "held"), ("request", "requested")])
def test_yes_books_it_and_leads_to_its_page(intent: str, status: str, world: World, ours: Client) -> None:
    response = ours.post("/bookings/new/", form(world, intent=intent), follow=True)
    booking = Booking.objects.get()
    assert (booking.status, booking.span, booking.crew) == (status, span("03-10 10:00"), 1)
    assert response.redirect_chain == [(f"/bookings/{booking.pk}/", 302)]
    assert booking.reference in response.text
    assert booking.transitions.get().via == "page"


def test_times_may_be_given_by_ones_own_clock(world: World, ours: Client) -> None:
    own = {"clock": "own", "starts_at": "2027-03-10T11:00", "ends_at": "2027-03-10T13:00"}
    ours.post("/bookings/new/", form(world, **own))
    assert Booking.objects.get().span == span("03-10 10:00")


def test_what_was_not_the_price_shown_is_not_booked(world: World, ours: Client) -> None:
    Rate.objects.filter(per="crew_hour").update(amount=150_000)
    response = ours.post("/bookings/new/", form(world))
    assert "worked out anew" in response.text
    assert "USD 419,500.00" in response.text
    assert not Booking.objects.exists()
    assert ours.post("/bookings/new/", form(world, agreed_total="419500.00")).status_code == 302


def test_looking_books_nothing(world: World, ours: Client) -> None:
    response = ours.post("/bookings/new/", form(world, intent="look", crew="2"))
    assert "USD 639,500.00" in response.text
    assert not Booking.objects.exists()


def test_a_form_sent_twice_has_one_effect(world: World, ours: Client) -> None:
    sent = form(world)
    first, second = ours.post("/bookings/new/", sent), ours.post("/bookings/new/", sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Booking.objects.count() == 1
    assert ours.post("/bookings/new/", form(world)).headers["Location"] != first.headers["Location"]


def test_a_refused_form_can_be_mended_and_sent_again(world: World, ours: Client) -> None:
    taken = world.reserve(span("03-10 10:00"), by=world.theirs, status=Status.REQUESTED)
    sent = form(world, intent="request")
    assert ours.post("/bookings/new/", sent).status_code == 409
    Booking.objects.get(pk=taken.pk).claims.update(rank=None)
    assert ours.post("/bookings/new/", sent).status_code == 302


def test_a_taken_time_is_refused_with_what_is_free_instead(world: World, ours: Client) -> None:
    world.reserve(span("03-10 10:00"), by=world.theirs, status=Status.REQUESTED)
    looked = ours.get(f"/bookings/new/?{urlencode(ASKED)}").text
    assert "A hold of yours would be 2nd in line" in looked
    response = ours.post("/bookings/new/", form(world, intent="request"))
    assert response.status_code == 409
    assert "The time is taken, or somebody holds it" in response.text
    assert "Free instead" in response.text
    assert "starts_at=2027-03-10T12%3A30%3A00Z" in response.text
    assert 'value="2027-03-10T10:00"' in response.text
    assert not Booking.objects.filter(organisation=world.ours.organisation).exists()


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"ends_at": "2027-03-10T10:10"}, 400, "the shortest is 30 minutes"),
        ({"ends_at": "2027-03-30T10:00"}, 400, "the longest is 14 days"),
        (
            {"starts_at": "2027-03-02T10:00", "ends_at": "2027-03-02T12:00"},
            400,
            "at least 2 days before a window starts",
        ),
        ({"starts_at": "2020-03-02T10:00", "ends_at": "2020-03-02T12:00"}, 400, "that is past"),
        ({"starts_at": "2027-12-31T20:00", "ends_at": "2028-01-01T04:00"}, 400, "phase ends 2028/001"),
        ({"activity": "sports", "zones": ["studio"]}, 400, "Studio is not equipped for sports"),
        ({"crew": "9"}, 400, "more than the module has: 6 crew"),
        ({"power_kw": "13"}, 400, "12.00 kW"),
        ({"downlink_mbps": "301"}, 400, "300 Mbit/s"),
        ({"ends_at": "2027-03-10T09:00"}, 400, "The window ends after it starts."),
        ({"zones": []}, 400, "This field is required."),
        ({"zones": ["bridge"]}, 400, "Select a valid choice"),
        ({"crew": "-1"}, 400, "greater than or equal to 0"),
        ({"crew": "9" * 40}, 400, "less than or equal to"),
        ({"power_kw": "NaN"}, 400, "Enter a number"),
        ({"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T05:00", "clock": "own"}, 400, "does not exist"),
        ({"starts_at": "\x00"}, 400, "Null characters"),
        ({"token": "nonsense"}, 400, ""),
        ({"production": "nonsense"}, 400, "is not a valid"),
        ({"activity": "poker"}, 400, "Select a valid choice"),
    ],
)
def test_a_refusal_is_a_sentence_at_its_field(
    changes: dict[str, Any], status: int, words: str, world: World, ours: Client
) -> None:
    response = ours.post("/bookings/new/", form(world, **changes))
    assert response.status_code == status
    assert words.replace("'", "&#x27;") in response.text
    assert not Booking.objects.exists()
    assert not Mail.objects.exists()


def test_every_broken_rule_is_said_at_once(world: World, ours: Client) -> None:
    response = ours.post("/bookings/new/", form(world, crew="9", ends_at="2027-03-10T10:10", agreed_total=""))
    assert "the shortest is 30 minutes" in response.text
    assert "6 crew" in response.text


def test_somebody_elses_production_is_not_there(world: World, ours: Client) -> None:
    response = ours.post("/bookings/new/", form(world, production=str(world.theirs.production.pk)))
    assert response.status_code == 400
    assert "Borealis" not in response.text


def test_a_viewer_cannot_book_by_sending_the_form(world: World, viewer: Client) -> None:
    assert viewer.post("/bookings/new/", form(world)).status_code == 403
    assert not Booking.objects.exists()


def test_without_a_production_one_is_led_to_describe_it(world: World, ours: Client) -> None:
    world.ours.production.delete()
    page = ours.get(f"/bookings/new/?{urlencode(ASKED)}").text
    assert "Describe your production first" in page


def test_a_partial_update_is_the_form_alone(world: World, ours: Client) -> None:
    response = ours.post("/bookings/new/", form(world, intent=""), headers={"HX-Request": "true"})
    assert 'id="outlook"' in response.text
    assert "<html" not in response.text


def as_shown(page: str) -> dict[str, str]:
    """The times' fields as the page holds them."""
    fields = {}
    for name in ("starts_at", "ends_at", "starts_at_shown", "ends_at_shown", "clock_shown"):
        found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert found, name
        value = re.search(r'value="([^"]*)"', found[0])
        fields[name] = value[1] if value else ""
    return fields


def test_switching_the_clock_shows_the_same_window_on_the_other(world: World, ours: Client) -> None:
    first = as_shown(ours.get(f"/bookings/new/?{urlencode(ASKED)}").text)
    page = ours.post("/bookings/new/", form(world, **first, clock="own", intent="look")).text
    assert "The same window, on the clock that you chose." in page
    second = as_shown(page)
    assert (second["starts_at"], second["ends_at"]) == ("2027-03-10T11:00", "2027-03-10T13:00")
    assert '<time datetime="2027-03-10T10:00:00Z">' in page
    back = as_shown(ours.post("/bookings/new/", form(world, **second, clock="gmt", intent="look")).text)
    assert back == first


def test_nothing_is_booked_in_the_same_breath_as_the_clock_is_switched(world: World, ours: Client) -> None:
    shown = as_shown(ours.get(f"/bookings/new/?{urlencode(ASKED)}").text)
    page = ours.post("/bookings/new/", form(world, **shown, clock="own"))
    assert page.status_code == 200
    assert not Booking.objects.exists()
    ours.post("/bookings/new/", form(world, **as_shown(page.text), clock="own"))
    assert Booking.objects.get().span == span("03-10 10:00")


def test_a_time_typed_after_the_switch_is_read_by_the_new_clock(world: World, ours: Client) -> None:
    shown = as_shown(ours.get(f"/bookings/new/?{urlencode(ASKED)}").text)
    typed = {**shown, "starts_at": "2027-03-10T12:00", "ends_at": "2027-03-10T14:00"}
    ours.post("/bookings/new/", form(world, **typed, clock="own"))
    assert Booking.objects.get().span == span("03-10 11:00", hours=2)


@pytest.mark.parametrize("hour", ["00", "01"])
def test_the_hour_that_comes_twice_stays_the_one_that_was_meant(hour: str, world: World, ours: Client) -> None:
    """02:30 in Rome on 31 October 2027 is 00:30 GMT, and 01:30 GMT."""
    asked = {**ASKED, "starts_at": f"2027-10-31T{hour}:30Z", "ends_at": "2027-10-31T04:00Z"}
    shown = as_shown(ours.get(f"/bookings/new/?{urlencode(asked)}").text)
    page = ours.post("/bookings/new/", form(world, **shown, clock="own", intent="look")).text
    own = as_shown(page)
    assert own["starts_at"] == "2027-10-31T02:30"
    assert f'<time datetime="2027-10-31T{hour}:30:00Z">' in page
    again = ours.post("/bookings/new/", form(world, **own, clock="own", intent="look")).text
    assert f'<time datetime="2027-10-31T{hour}:30:00Z">' in again


def test_a_forged_memory_of_what_was_shown_is_no_time(world: World, ours: Client) -> None:
    for shown in ("2027-03-10T10:00 soon", "2027-03-10T10:00 ", "2027-03-10T10:00 9999-12-31T23:59-23:59", "\x00"):
        answer = ours.post("/bookings/new/", form(world, starts_at_shown=shown, intent="look"))
        assert answer.status_code in {200, 400}


@pytest.mark.parametrize(
    ("window", "is_own", "said"),
    [
        (("08:00", "10:00"), True, "The turnaround after this window reaches into your {reference}."),
        (("08:00", "10:00"), False, "The turnaround after this window reaches into time that is taken."),
        (("12:00", "14:00"), True, "The turnaround of your {reference} lasts into this window."),
        (("12:00", "14:00"), False, "Somebody stands there already."),
        (("09:00", "11:00"), True, "Somebody stands there already."),
    ],
)
def test_where_turnaround_alone_is_in_the_way_it_is_said_whose(
    window: tuple[str, str], is_own: bool, said: str, world: World, ours: Client
) -> None:
    there = world.reserve(span("03-10 10:00"), by=world.ours if is_own else world.theirs)
    times = {name: f"2027-03-10T{at}Z" for name, at in zip(("starts_at", "ends_at"), window, strict=True)}
    page = ours.get(f"/bookings/new/?{urlencode(ASKED | times)}").text
    assert said.format(reference=there.reference) in page
    assert "A hold of yours would be 2nd in line" in page
    assert is_own or there.reference not in page
    assert ("Somebody stands there already" in page) == said.startswith("Somebody")
