"""The timeline's bands: what the orbit gives, how sure that is, and where nothing is invented."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from modules.models import OrbitElements, Place
from tests.world import World, span

NEAR = span("03-01 12:00", 24)
FAR = span("06-01 12:00", 24)


def sky(client: Client, window: Any = NEAR, **query: str) -> Any:
    asked = {"from": f"{window.starts_at:%Y-%m-%dT%H:%M:%SZ}", "to": f"{window.ends_at:%Y-%m-%dT%H:%M:%SZ}"}
    response = client.get("/timeline/data/", {**asked, "resolution": "PT1H", **query})
    assert response.status_code == 200, response.content
    return response.json()["sky"]


def test_near_the_epoch_nights_have_clock_times_and_an_error_bar(world: World, ours: Client) -> None:
    found = sky(ours)
    assert 14 <= len(found["night"]) <= 17
    assert all(night["uncertainty_seconds"] and night["tier"] != "statistical" for night in found["night"])
    assert found["unknown"] == []
    assert "nominal" in found["note"]


@pytest.mark.parametrize(("is_stand_in", "said"), [(True, "clock not known"), (False, "±")])
def test_of_a_made_up_orbit_no_error_bar_is_said(world: World, ours: Client, is_stand_in: bool, said: str) -> None:
    OrbitElements.objects.update(nominal=is_stand_in)
    assert {night["stand_in"] for night in sky(ours)["night"]} == {is_stand_in}
    content = ours.get("/timeline/", {"span": "day", "at": "2027-03-02"}).content.decode()
    trusts = re.findall(r"<td>Orbital night</td>\s*<td>([^<]*)</td>", content)
    assert trusts
    assert all(trust.startswith(said) for trust in trusts)


def test_far_ahead_no_terminator_is_invented(world: World, ours: Client) -> None:
    found = sky(ours, FAR, place="rome")
    assert (found["night"], found["passes"]) == ([], [])
    (unknown,) = found["unknown"]
    assert (unknown["from"], unknown["to"]) == ("2027-06-01T12:00:00.0Z", "2027-06-02T12:00:00.0Z")
    assert unknown["tier"] == "statistical"
    assert unknown["label"].startswith("No clock times so far ahead: beta")


def test_passes_are_over_the_place_that_is_named(world: World, ours: Client) -> None:
    found = sky(ours, place="rome")
    assert found["place"] == Place.objects.get(slug="rome").name
    assert found["passes"]
    assert all(one["label"].endswith("°") for one in found["passes"])
    assert sky(ours)["passes"] == []


def test_long_spans_have_no_bands(world: World, ours: Client) -> None:
    assert sky(ours, span("03-01 12:00", 24 * 14)) is None


def test_an_unknown_place_is_not_found(world: World, ours: Client) -> None:
    query = {"from": "2027-03-01T00:00:00Z", "to": "2027-03-02T00:00:00Z", "resolution": "PT1H", "place": "atlantis"}
    assert ours.get("/timeline/data/", query).status_code == 404
    assert ours.get("/timeline/", {"place": "atlantis"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "said"), [({"at": "2027-03-02"}, "Orbital night"), ({"at": "2027-06-02"}, "No clock")]
)
def test_the_table_says_the_same(world: World, ours: Client, query: dict[str, str], said: str) -> None:
    content = ours.get("/timeline/", {"span": "day", **query}).content.decode()
    assert said in content


def test_passes_start_with_the_city_of_ones_own_clock(world: World, ours: Client) -> None:
    content = ours.get("/timeline/", {"span": "day"}).content.decode()
    assert re.search(r'<option value="rome"\s+selected>', content)
