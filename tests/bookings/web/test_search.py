"""The search form: windows with their price, or why not and what would help."""

import re
from html import unescape

import pytest
from django.test import Client

from bookings.states import Status
from modules.models import Closure
from tests.world import World, span

ONE_DAY = "/search/?activity=filming&duration=2+hours&start=2027-03-10&end=2027-03-10&crew_awake=on&step=30"


def test_windows_come_with_price_hold_and_request(ours: Client) -> None:
    page = unescape(ours.get(ONE_DAY).text)
    assert "2027/069 06:00" in page
    assert "USD 91,500.00" in page
    assert "Each zone counts" in page
    holds = re.findall(r'href="(/bookings/new/\?[^"]+intent=hold)"', page)
    requests = re.findall(r'href="(/bookings/new/\?[^"]+intent=request)"', page)
    assert len(holds) == len(requests) == 20
    followed = ours.get(holds[0]).text
    assert "This time is free." in followed
    assert "USD 91,500.00" in followed


def test_the_first_visit_answers_at_once(ours: Client) -> None:
    assert "windows can be had" in ours.get("/search/").text


def test_what_is_taken_is_not_offered(world: World, ours: Client) -> None:
    before = ours.get(f"{ONE_DAY}&zones=arena").text
    world.reserve(span("03-10 06:00", 15), by=world.theirs, status=Status.REQUESTED)
    after = ours.get(f"{ONE_DAY}&zones=arena").text
    assert "windows can be had" in before
    assert "Each zone counts" not in before
    assert "No window satisfies all of this" in after


@pytest.mark.parametrize(
    ("query", "why", "button"),
    [
        ("activity=sports&duration=2+hours&zones=studio", "not equipped for sports", "Look in every zone"),
        ("activity=filming&duration=20+hours&crew_awake=on", "The crew is awake", "Allow hours when the crew sleeps"),
        ("activity=filming&duration=2+hours&crew=9", "More is asked than the module has", "Ask for 6 crew"),
        ("activity=filming&duration=3+days", "is longer than the span", "Ask for 2 hours"),
        ("activity=filming&duration=10+min", "30 minutes to 14 days", "Ask for 1 hour"),
    ],
)
def test_why_not_is_a_sentence_with_a_button_that_helps(query: str, why: str, button: str, ours: Client) -> None:
    page = unescape(ours.get(f"/search/?{query}&start=2027-03-10&end=2027-03-11").text)
    assert why in page
    match = re.search(rf'class="button primary"\s+href="([^"]+)">{button}<', page)
    assert match, page
    assert "windows can be had" in ours.get(match[1]).text


def test_a_closed_span_can_be_searched_further(world: World, ours: Client) -> None:
    shut = span("03-10 00:00", 24)
    Closure.objects.create(module=world.module, kind="eva", starts_at=shut.starts_at, ends_at=shut.ends_at)
    page = unescape(ours.get(ONE_DAY).text)
    assert "Closed for EVA" in page
    assert "Search 30 days further" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("activity=filming", "This field is required"),
        ("activity=poker&duration=2h&start=2027-03-10&end=2027-03-11", "Select a valid choice"),
        ("activity=filming&duration=forever&start=2027-03-10&end=2027-03-11", "Give how long as"),
        ("activity=filming&duration=2h&start=2027-03-12&end=2027-03-11", "comes before the first"),
        ("activity=filming&duration=2h&start=2027-03-12&end=2029-03-11", "at most 400 days"),
        ("activity=filming&duration=2h&start=x&end=2027-03-11", "Give the day as"),
        ("activity=filming&duration=2h&start=2027-03-10&end=2027-03-11&crew=1e99", "Enter a whole number"),
        ("activity=filming&duration=2h&start=2027-03-10&end=2027-03-11&zones=bridge", "Select a valid choice"),
        ("activity=filming&duration=2h&start=2027-03-10&end=2027-03-11&step=7", "Select a valid choice"),
        ("activity=filming&duration=PT30S&start=2027-03-10&end=2027-03-11", "Give how long as"),
    ],
)
def test_a_search_for_nonsense_says_what_would_do(query: str, words: str, ours: Client) -> None:
    response = ours.get(f"/search/?{query}")
    assert response.status_code == 400
    assert words in response.text


def test_day_of_year_is_understood(ours: Client) -> None:
    address = "/search/?activity=filming&duration=2h&start=2027/069&end=2027/069&crew_awake=on"
    assert "2027/069 06:00" in ours.get(address).text


def test_a_partial_answer_is_the_results_alone_and_varies(ours: Client) -> None:
    response = ours.get(ONE_DAY, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert 'id="results"' in response.text
    assert "HX-Request" in response.headers["Vary"]
    back = ours.get(ONE_DAY, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.text


def test_pages_follow_one_another(ours: Client) -> None:
    first, second = ours.get(f"{ONE_DAY}&page=1").text, ours.get(f"{ONE_DAY}&page=2").text
    assert "1 to 20" in first
    assert "21 to" in second
