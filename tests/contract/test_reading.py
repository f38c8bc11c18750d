"""What can be read, as CONTRACT §3 lists it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.conftest import Caller, instant

LISTS = [
    "modules/",
    "modules/see-1/phases/",
    "modules/see-1/zones/",
    "modules/see-1/closures/",
    "places/",
    "productions/",
    "bookings/",
]


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_pages(producer: Caller, path: str) -> None:
    answer = producer.get(path).json()
    assert set(answer) >= {"next", "previous", "results"}
    assert answer["results"]


@pytest.mark.parametrize("path", LISTS)
def test_pages_follow_each_other_without_gap_or_repeat(producer: Caller, path: str) -> None:
    whole = producer.get(path, page_size=200).json()["results"]
    url, seen = f"{path}?page_size=2", []
    while url:
        answer = producer("GET", url).json()
        seen += answer["results"]
        url = answer["next"]
    assert seen[: len(whole)] == whole


@pytest.mark.parametrize("path", [*LISTS, "modules/see-1/"])
def test_anonymous_is_asked_for_a_key(callers: dict[str, Caller], path: str) -> None:
    answer = callers["nobody"].get(path)
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_the_module_says_what_is_known_of_it(producer: Caller) -> None:
    module = producer.get("modules/see-1/").json()
    assert module["slug"] == "see-1"
    assert float(module["diameter_m"]) == 6
    assert module["current_phase"]


def test_phases_follow_the_mission(producer: Caller) -> None:
    phases = producer.get("modules/see-1/phases/").json()["results"]
    assert [p["kind"] for p in phases] == ["pre_launch", "docked", "free_flight"]
    assert phases[-1]["ends_at"] is None
    assert {p["certainty"] for p in phases} <= {"planned", "actual"}
    docked = phases[1]["rules"]
    assert (docked["lead_time"], docked["turnaround"]) in {("PT48H", "PT30M"), ("P2D", "PT30M")}


def test_zones_say_what_they_are_for(producer: Caller) -> None:
    zones = {z["slug"]: set(z["activities"]) for z in producer.get("modules/see-1/zones/").json()["results"]}
    assert zones == {
        "studio": {"filming", "television", "music"},
        "arena": {"filming", "television", "music", "sports"},
        "control": {"filming", "television", "music", "sports"},
    }


def test_closures_can_be_asked_for_a_span(producer: Caller) -> None:
    now = datetime.now(UTC)
    everything = producer.get("modules/see-1/closures/", page_size=200).json()["results"]
    some = producer.get(
        "modules/see-1/closures/", **{"from": instant(now), "to": instant(now + timedelta(days=3)), "page_size": 200}
    ).json()["results"]
    overlapping = [
        c for c in everything if c["ends_at"] > instant(now) and c["starts_at"] < instant(now + timedelta(days=3))
    ]
    assert some == overlapping


def test_a_demo_organisation_has_a_production_an_activity(producer: Caller, rival: Caller) -> None:
    for caller in (producer, rival):
        found = caller.get("productions/", page_size=200).json()["results"]
        assert {p["activity"] for p in found} == {"filming", "television", "music", "sports"}


def test_instants_are_utc_with_z(producer: Caller) -> None:
    for booking in producer.get("bookings/", page_size=200).json()["results"]:
        for name in ("starts_at", "ends_at", "created_at", "updated_at"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", booking[name])


def test_the_demo_has_bookings_in_every_state(staff: Caller) -> None:
    url, seen = "bookings/?page_size=200", set()
    while url:
        answer = staff("GET", url).json()
        seen |= {b["status"] for b in answer["results"]}
        url = answer["next"]
    assert seen == {"held", "requested", "confirmed", "completed", "declined", "cancelled", "released", "expired"}


@pytest.mark.parametrize(
    "query",
    [
        "page_size=201",
        "page_size=0",
        "page_size=x",
        "colour=red",
        "cursor=nonsense",
        "from=2027-01-01T00:00:00",
        "from=yesterday",
        "status=lost",
        "production=not-an-id",
    ],
)
def test_queries_that_make_no_sense_are_named(producer: Caller, query: str) -> None:
    answer = producer("GET", f"bookings/?{query}")
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["errors"][0]["field"] == query.split("=")[0]
    assert {"type", "title", "status", "detail", "instance", "code", "errors"} <= set(problem)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing/", 404, "not_found"),
        ("GET", "modules/atlantis/", 404, "not_found"),
        ("GET", "bookings/00000000-0000-0000-0000-000000000000/", 404, "not_found"),
        ("GET", "bookings/not-an-id/", 404, "not_found"),
        ("DELETE", "modules/", 405, "method_not_allowed"),
        ("PUT", "bookings/", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_a_problem(producer: Caller, method: str, path: str, status: int, code: str) -> None:
    answer = producer(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_windows_are_greedy_and_priced(producer: Caller) -> None:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=50)
    found = producer(
        "GET",
        f"modules/see-1/windows/?activity=sports&duration=PT3H"
        f"&from={instant(day)}&to={instant(day + timedelta(days=1))}",
    ).json()
    assert found["results"]
    ends: dict[str, str] = {}
    for window in found["results"]:
        assert window["zone"] in {"arena", "control"}
        assert window["starts_at"] >= ends.get(window["zone"], "")
        ends[window["zone"]] = window["ends_at"]
        assert float(window["price"]["total"]) > 0
    starts = [w["starts_at"] for w in found["results"]]
    assert starts == sorted(starts)


def test_no_window_says_why(producer: Caller) -> None:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=50)
    answer = producer(
        "GET",
        f"modules/see-1/windows/?activity=sports&zone=studio&duration=PT3H"
        f"&from={instant(day)}&to={instant(day + timedelta(days=1))}",
    )
    assert answer.status_code == 200
    found = answer.json()
    assert found["results"] == []
    assert found["why"][0]["excluded_seconds"] > 0
    assert {"requirement", "excluded_seconds", "detail"} <= set(found["why"][0])


def test_the_schema_is_there_for_everyone(callers: dict[str, Caller]) -> None:
    schema = callers["nobody"].get("schema/")
    assert schema.status_code == 200
    assert "3.1" in schema.text[:400]
    assert callers["nobody"].get("docs/").status_code == 200
