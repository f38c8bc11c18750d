"""The search page's requirements on the orbit: from the form to a booking that keeps them."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from bookings.models import Booking
from bookings.web.orbit_fields import sentences
from modules.models import OrbitElements
from tests.world import NOW, World

BASICS = "activity=filming&duration=2+hours&start=2027-03-05&end=2027-03-08&step=30"


@pytest.fixture
def producer(world: World):
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.ours.owner)
        yield client


def search(client: Client, query: str) -> str:
    answer = client.get(f"/search/?{BASICS}&{query}")
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def first_offer(page: str) -> str:
    return re.search(r'href="(/bookings/new/\?[^"]*intent=hold)"', page)[1]


def test_what_is_asked_reaches_the_booking_and_is_kept(world: World, producer: Client) -> None:
    page = search(producer, "lighting=night&lighting_min=25+minutes&downlink_min=20+min")
    assert "min night" in page
    assert "its margin of error is taken off at both ends" in page
    assert "margin of error" not in search(producer, "downlink_min=20")
    assert "The clock times are the stand-in's." in page
    OrbitElements.objects.update(nominal=False)
    flown = search(producer, "lighting=night&lighting_min=25+minutes&downlink_min=20+min")
    assert re.search(r"Times are \w+: ±", flown)
    address = first_offer(page)
    found = parse_qs(urlsplit(address).query)
    asked, zone = json.loads(found["conditions"][0]), found["zones"][0]
    assert asked == {"lighting": "night", "lighting_min": "PT25M", "downlink_min": "PT20M"}
    form = unescape(producer.get(address).text)
    assert "at least 25 minutes of unbroken night; live for 20 minutes without a break" in form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    fields["conditions"] = json.dumps(asked)
    fields |= {"production": str(world.ours.production.pk), "zones": zone, "intent": "hold"}
    fields["activity"] = "filming"
    assert producer.post("/bookings/new/", fields).status_code == 302
    booking = Booking.objects.get()
    assert booking.conditions == asked
    assert "At least 25 minutes of unbroken night" in producer.get(f"/bookings/{booking.pk}/").text


def test_over_a_place(producer: Client) -> None:
    soon = BASICS.replace("2027-03-05", "2027-03-03").replace("2027-03-08", "2027-03-05")
    page = producer.get(f"/search/?{soon}&place=rome&pass_min=1+minute&min_elevation=10").text
    lights = re.findall(r"overhead (\d\d:\d\d) GMT, [^;.]*° high, (in daylight|in twilight|by night) there", page)
    assert lights
    for time, light in lights:  # in Rome at the beginning of March
        assert light == ("in daylight" if "06" <= time < "16:30" else light), (time, light)
        assert light == ("by night" if time >= "18" or time < "05" else light), (time, light)


def test_whose_night_is_asked_for_is_said(producer: Client) -> None:
    page = producer.get("/search/").text
    assert "The module’s own day and night" in page


def test_places_are_called_as_the_reader_calls_them(producer: Client) -> None:
    page = producer.get(f"/search/?{BASICS}&place=rome", headers={"Accept-Language": "it"}).text
    assert '<option value="rome" selected>Roma</option>' in page
    assert ">Londra</option>" in page


@pytest.mark.parametrize(
    ("query", "label", "left_out"),
    [
        ("lighting=night&lighting_min=50+minutes", "Take any light", "lighting"),
        ("downlink_min=119+minutes", "Do without unbroken downlink", "downlink_min"),
        ("place=rome&pass_min=30+minutes", "Fly over anywhere", "place"),
    ],
)
def test_why_not_leads_to_a_search_without_it(producer: Client, query: str, label: str, left_out: str) -> None:
    page = search(producer, query)
    assert "No window satisfies all of this" in page
    address = re.search(rf'href="(/search/\?[^"]*)"[^>]*>{label}', page)[1]
    assert left_out not in parse_qs(urlsplit(address).query)
    assert "can be had" in producer.get(address).text


@pytest.mark.parametrize(
    ("is_stand_in", "words"), [(True, "The clock here is a stand-in’s and not known"), (False, "Times are known to ±")]
)
def test_why_not_claims_no_clock_that_is_not_known(producer: Client, is_stand_in: bool, words: str) -> None:
    OrbitElements.objects.update(nominal=is_stand_in)
    page = search(producer, "lighting=night&lighting_min=50")
    assert re.search(r"No window has 50\s+min\w* of unbroken night", page), "a bare number is minutes there"
    assert words in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("duration=90", "Is 90 minutes or hours?"),
        ("lighting=dusk", "Select a valid choice"),
        ("place=atlantis", "Select a valid choice"),
        ("lighting_min=40+minutes", "goes with lighting day or night"),
        ("pass_min=4+minutes", "A pass is over a place"),
        ("lighting=night&lighting_min=3+hours", "longer than the window itself"),
        ("downlink_min=for+ever", "Give how long as"),
        ("place=rome&min_elevation=95", "less than or equal to 89"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(producer: Client, query: str, words: str) -> None:
    answer = producer.get(f"/search/?{BASICS}&{query}")
    assert answer.status_code == 400
    assert words in unescape(answer.text)


@pytest.mark.parametrize("text", ["{", "[]", '{"lighting": "dusk"}', '{"hue": 1}', "[" * 900, '{"latitude": 1e999}'])
def test_conditions_that_somebody_tampered_with_are_refused(world: World, producer: Client, text: str) -> None:
    window = {"starts_at": "2027-03-10T10:00Z", "ends_at": "2027-03-10T12:00Z", "zones": "arena", "activity": "filming"}
    answer = producer.post(
        "/bookings/new/", {**window, "production": str(world.ours.production.pk), "conditions": text, "intent": "hold"}
    )
    assert answer.status_code == 400
    assert not Booking.objects.exists()


def test_sentences(world: World) -> None:
    assert list(sentences({})) == []
    assert list(sentences({"lighting": "sunrise"})) == ["a sunrise in it"]
    assert list(sentences({"place": "rome", "pass_min": "PT4M"})) == [
        "over Rome for at least 4 minutes, 10° above the horizon"
    ]
    assert list(sentences({"latitude": 1.5, "longitude": -3, "min_elevation": 30})) == [
        "over 1.5°, -3°, 30° above the horizon"
    ]
