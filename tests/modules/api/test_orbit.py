"""Day and night, passes and the ground track over REST, each with how far to trust it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from modules.models import OrbitElements
from tests.callers import Callers

TENTHS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\dZ")
DAY = {"from": "2027-03-02T00:00:00Z", "to": "2027-03-03T00:00:00Z"}
ROME = {"place": "rome"}


def get(api: Callers, what: str, **asked: Any) -> Any:
    response = api.readonly.get(f"modules/see-1/{what}/", asked)
    assert response.status_code == 200, response.content
    return response.json()


def lasting(interval: dict[str, str]) -> float:
    starts_at, ends_at = (datetime.fromisoformat(interval[edge]) for edge in ("starts_at", "ends_at"))
    return (ends_at - starts_at).total_seconds()


def test_a_day_of_conditions(api: Callers) -> None:
    found = get(api, "conditions", **DAY)
    assert found.keys() == {"night", "beta_degrees", "elements", "tier", "downlink"}
    assert len(found["night"]) in (15, 16, 17)
    for night in found["night"]:
        assert TENTHS.fullmatch(night["starts_at"])
        assert (night["tier"], night["uncertainty_seconds"]) == ("precise", 10)
    assert all(1500 < lasting(night) < 2200 for night in found["night"][1:-1])
    assert [beta["date"] for beta in found["beta_degrees"]] == ["2027-03-02"]
    assert [(e["nominal"], e["kind"]) for e in found["elements"]] == [(True, "elements")]
    assert [(t["starts_at"], t["ends_at"], t["tier"]) for t in found["tier"]] == [
        ("2027-03-02T00:00:00.0Z", "2027-03-03T00:00:00.0Z", "precise")
    ]
    assert 0.85 < sum(map(lasting, found["downlink"])) / 86_400 < 0.95


def test_the_tiers_of_a_month_and_what_is_said_beyond_the_clock(api: Callers) -> None:
    found = get(api, "conditions", **{"from": "2027-03-02T00:00:00Z", "to": "2027-04-01T00:00:00Z"})
    assert [span["tier"] for span in found["tier"]] == ["precise", "good", "indicative", "statistical"]
    beyond = found["tier"][-1]
    assert beyond["uncertainty_seconds"] is None
    assert all(night["ends_at"] <= beyond["starts_at"] for night in found["night"])
    assert len(found["beta_degrees"]) == 30
    last = found["beta_degrees"][-1]
    assert 1500 < last["night_seconds_per_orbit"] < 2200
    assert 15 < last["sunrises_per_day"] < 16
    assert last["beta_error_degrees"] > 0


def test_passes_over_a_place_by_name_and_by_coordinates_are_the_same(api: Callers) -> None:
    named = get(api, "passes", **DAY, **ROME)
    assert named == get(api, "passes", **DAY, latitude=41.9028, longitude=12.4964)
    assert len(named["results"]) >= 4
    for each in named["results"]:
        assert each["aos"] < each["culmination"] < each["los"]
        assert 10 <= each["max_elevation_degrees"] <= 90
        assert each["tier"] == "precise"
        assert TENTHS.fullmatch(each["aos"])
    high = get(api, "passes", **DAY, **ROME, min_elevation=30)
    assert len(high["results"]) < len(named["results"])


def test_a_list_is_whole_unless_pages_are_asked_for(api: Callers) -> None:
    whole = get(api, "passes", **DAY, **ROME)
    assert (whole["next"], whole["previous"]) == (None, None)
    page, gathered = get(api, "passes", **DAY, **ROME, page_size=2), []
    while True:
        gathered += page["results"]
        if page["next"] is None:
            break
        page = api.readonly.get(page["next"]).json()
    assert gathered == whole["results"]
    back = api.readonly.get(page["previous"]).json()
    assert back["results"] == whole["results"][-len(page["results"]) - 2 : -len(page["results"])]


def test_the_ground_track(api: Callers) -> None:
    found = get(api, "track", **{"from": "2027-03-02T00:00:00Z", "to": "2027-03-02T01:33:00Z"}, step=60)["results"]
    assert len(found) == 93
    assert found[1]["at"] == "2027-03-02T00:01:00.0Z"
    assert max(abs(point["latitude"]) for point in found) == pytest.approx(51.7, abs=0.3)
    assert all(400 < point["altitude_km"] < 450 for point in found)
    assert {point["sunlit"] for point in found} == {True, False}
    assert (
        found
        == get(api, "track", **{"from": "2027-03-02T00:00:00Z", "to": "2027-03-02T01:33:00Z"}, step="PT1M")["results"]
    )


def test_the_track_and_the_nights_agree(api: Callers) -> None:
    nights = get(api, "conditions", **DAY)["night"]
    for point in get(api, "track", **DAY, step=45)["results"]:
        in_night = any(night["starts_at"] <= point["at"] < night["ends_at"] for night in nights)
        near = any(
            abs(lasting({"starts_at": point["at"], "ends_at": n[e]})) < 1 for n in nights for e in n if "_at" in e
        )
        assert near or point["sunlit"] != in_night


def test_without_elements_nothing_is_made_up(api: Callers) -> None:
    OrbitElements.objects.all().delete()
    found = get(api, "conditions", **DAY)
    assert (found["night"], found["elements"], found["beta_degrees"]) == ([], [], [])
    assert [span["tier"] for span in found["tier"]] == ["statistical"]
    assert get(api, "passes", **DAY, **ROME)["results"] == []
    assert get(api, "track", **DAY)["results"] == []


@pytest.mark.parametrize("what", ["conditions", "passes", "track"])
@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({}, "from", "required"),
        ({"from": "2027-03-02T00:00:00"}, "from", "naive_time"),
        ({"from": DAY["to"], "to": DAY["from"]}, "to", "ends_before_start"),
        ({"from": DAY["from"], "to": "2029-03-02T00:00:00Z"}, "to", "span_too_long"),
        ({**DAY, "colour": "red"}, "colour", "unknown_parameter"),
    ],
)
def test_spans_that_make_no_sense(api: Callers, what: str, asked, field: str, code: str) -> None:
    over = ROME if what == "passes" else {}
    response = api.readonly.get(f"modules/see-1/{what}/", {**asked, **over})
    assert response.status_code == 400
    assert (field, code) in [(e["field"], e["code"]) for e in response.json()["errors"]]


@pytest.mark.parametrize(
    ("what", "asked", "field", "code"),
    [
        ("passes", {}, "place", "required"),
        ("passes", {"latitude": 1}, "longitude", "required"),
        ("passes", {"latitude": "nan", "longitude": 1}, "latitude", "invalid"),
        ("passes", {"latitude": 91, "longitude": 1}, "latitude", "invalid"),
        ("passes", {"place": "rome", "latitude": 1, "longitude": 1}, "place", "not_both"),
        ("passes", {**ROME, "min_elevation": 90}, "min_elevation", "invalid"),
        ("passes", {**ROME, "cursor": "nonsense"}, "cursor", "invalid_cursor"),
        ("track", {"step": 0}, "step", "invalid"),
        ("track", {"step": "1e999"}, "step", "invalid"),
        ("track", {"step": "P1M"}, "step", "invalid"),
        ("track", {"step": 1}, "step", "too_many_points"),
    ],
)
def test_what_makes_no_sense_is_named(api: Callers, what: str, asked, field: str, code: str) -> None:
    response = api.readonly.get(f"modules/see-1/{what}/", {**DAY, **asked})
    assert response.status_code == 400
    assert [(e["field"], e["code"]) for e in response.json()["errors"]] == [(field, code)]


def test_a_place_or_module_that_is_not_there(api: Callers) -> None:
    assert api.readonly.get("modules/see-1/passes/", {**DAY, "place": "atlantis"}).status_code == 404
    assert api.readonly.get("modules/see-9/conditions/", DAY).status_code == 404
    assert api.anonymous.get("modules/see-1/conditions/", DAY).status_code == 401
