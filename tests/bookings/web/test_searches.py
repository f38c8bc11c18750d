"""A search is saved from its page, listed, run again by its address, and deleted; without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import time_machine
from django.test import Client

from bookings.models import SavedSearch
from tests.bookings.web.conftest import browser
from tests.world import NOW, World

SEARCH = (
    "/search/?activity=filming&duration=90+min&start=2027-03-10&end=2027-03-12&zones=arena&crew=1&power_kw=2.50"
    "&lighting=night&lighting_min=20+min&latitude=41.9&longitude=12.5&pass_min=2+min&step=15"
)


def saved(client: Client, address: str = SEARCH, **said: str) -> SavedSearch:
    """Save what the page at `address` offers to save."""
    page = client.get(address).content.decode()
    offered = re.search(r'name="query"\s+value="([^"]*)"', page)
    assert offered
    client.post("/searches/", {"name": "Nights over Rome", **said, "query": unescape(offered[1])})
    return SavedSearch.objects.get()


def test_a_saved_search_asks_the_same_again(world: World, ours: Client) -> None:
    found = saved(ours)
    page = ours.get("/searches/").content.decode()
    assert "Nights over Rome" in page
    assert "At least 20 minutes of unbroken night" in page or "at least 20 minutes of unbroken night" in page
    assert "10 March 2027 to 12 March 2027, GMT days" in page
    again = ours.get(f"/searches/{found.pk}/", follow=True)
    asked = parse_qs(urlsplit(again.redirect_chain[-1][0]).query)
    assert asked == {
        "activity": ["filming"],
        "duration": ["90 min"],
        "start": ["2027-03-10"],
        "end": ["2027-03-12"],
        "zones": ["arena"],
        "crew": ["1"],
        "power_kw": ["2.5"],
        "lighting": ["night"],
        "lighting_min": ["20 min"],
        "latitude": ["41.9"],
        "longitude": ["12.5"],
        "pass_min": ["2 min"],
        "step": ["15"],
        "module": ["see-1"],
    }
    assert again.status_code == 200
    assert "Nights over Rome" in again.content.decode(), "it is one click away from the search page"


def test_its_days_move_along_with_today(world: World, ours: Client) -> None:
    found = saved(ours, follows_today="on")
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        answer = browser(world.ours.owner).get(f"/searches/{found.pk}/")
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["start"] == ["2027-03-30"]


def test_colleagues_run_what_is_shared_and_strangers_learn_nothing(
    world: World, ours: Client, viewer: Client, theirs: Client
) -> None:
    found = saved(ours, organisation=str(world.ours.organisation.pk))
    assert f"/searches/{found.pk}/" in viewer.get("/searches/").content.decode()
    assert viewer.get(f"/searches/{found.pk}/").status_code == 302
    assert viewer.post(f"/searches/{found.pk}/delete/").status_code == 403
    assert theirs.get(f"/searches/{found.pk}/").status_code == 404
    assert theirs.post(f"/searches/{found.pk}/delete/").status_code == 404
    assert ours.get(f"/searches/{found.pk}/delete/").status_code == 405
    ours.post(f"/searches/{found.pk}/delete/")
    assert not SavedSearch.objects.exists()


def test_a_viewer_keeps_searches_for_themselves_alone(world: World, ours: Client, viewer: Client) -> None:
    shared_with = str(world.ours.organisation.pk)
    assert shared_with in ours.get(SEARCH).text
    assert f'value="{shared_with}"' not in viewer.get(SEARCH).text
    query = SEARCH.partition("?")[2]
    viewer.post("/searches/", {"name": "x", "query": query, "organisation": shared_with})
    assert not SavedSearch.objects.exists()
    saved(viewer)


def test_what_cannot_be_saved_says_why_and_goes_back(world: World, ours: Client) -> None:
    for said in (
        {"name": "", "query": SEARCH.partition("?")[2]},
        {"name": "x", "query": "activity=juggling"},
        {"name": "x", "query": SEARCH.partition("?")[2] + "&longitude=", "organisation": "not-mine"},
        {"name": "x", "query": "activity=filming&duration=2h&start=2027-03-10&end=2027-03-12&latitude=4"},
        {"name": "x"},
    ):
        answer = ours.post("/searches/", said, follow=True)
        assert answer.redirect_chain[0][0].startswith("/search/?"), said
        assert 'class="message error"' in answer.content.decode(), said
    assert not SavedSearch.objects.exists()
