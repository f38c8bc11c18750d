"""The window search over REST: what it offers can be booked as given."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework import serializers

from bookings import search
from bookings.api.windows import WindowConditionsRepresentation, WindowRepresentation
from bookings.search import OFFER_STANDS, SearchRequest
from modules.models import Closure
from tests.callers import Callers, problem
from tests.world import NOW, World, span

ADDRESS = "modules/see-1/windows/"
ASKED = {
    "activity": "filming",
    "duration": "PT2H",
    "from": "2027-03-10T06:00:00Z",
    "to": "2027-03-10T16:00:00Z",
}


def test_a_window_reads_as_the_contract_says_and_can_be_booked_as_given(api: Callers, world: World) -> None:
    said = api.ours.get(ADDRESS, {**ASKED, "zone": "arena", "crew": 2}).json()
    assert said.keys() == {"next", "previous", "results", "why"}
    assert said["why"] == []
    assert [window["starts_at"][11:16] for window in said["results"]] == ["06:00", "08:00", "10:00", "12:00", "14:00"]
    first = said["results"][0]
    assert first.keys() == {
        "zone",
        "starts_at",
        "ends_at",
        "phase",
        "conditions",
        "tier",
        "uncertainty_seconds",
        "price",
    }
    assert (first["zone"], first["phase"], first["ends_at"]) == ("arena", "docked", "2027-03-10T08:00:00Z")
    booked = api.ours.post(
        "bookings/",
        {
            "production": str(world.ours.production.pk),
            "zones": [first["zone"]],
            "activity": "filming",
            "starts_at": first["starts_at"],
            "ends_at": first["ends_at"],
            "crew": 2,
            "status": "requested",
        },
    )
    assert booked.status_code == 201
    assert booked.json()["price"] == first["price"]


def test_what_is_offered_can_be_booked_for_a_quarter_of_an_hour(
    api: Callers, world: World, clock: time_machine.Traveller
) -> None:
    nearly = {**ASKED, "zone": "arena", "from": "2027-03-03T11:00:00Z", "to": "2027-03-03T16:00:00Z"}
    first = api.ours.get(ADDRESS, nearly).json()["results"][0]
    assert first["starts_at"] == "2027-03-03T12:15:00Z", "48 hours ahead, and a quarter to book in"
    wish = {
        "production": str(world.ours.production.pk),
        "zones": [first["zone"]],
        "activity": "filming",
        "starts_at": first["starts_at"],
        "ends_at": first["ends_at"],
        "status": "requested",
    }
    clock.move_to(NOW + OFFER_STANDS + timedelta(seconds=1))
    problem(api.ours.post("bookings/", wish), 400, "lead_time")
    clock.move_to(NOW + OFFER_STANDS)
    assert api.ours.post("bookings/", wish).status_code == 201


def test_too_soon_says_from_when_windows_are_offered(api: Callers, world: World) -> None:
    said = api.ours.get(ADDRESS, {**ASKED, "from": "2027-03-03T08:00:00Z", "to": "2027-03-03T14:10:00Z"}).json()
    assert said["results"] == []
    (detail,) = (why["detail"] for why in said["why"] if why["requirement"] == "lead_time")
    assert detail == (
        "Windows are asked for 2 days ahead while docked, with 15 minutes to decide in, so from 2027/062 12:15 GMT."
    )


def test_no_window_says_why(api: Callers, world: World) -> None:
    whole = span("03-10 00:00", 24)
    Closure.objects.create(module=world.module, kind="reboost", starts_at=whole.starts_at, ends_at=whole.ends_at)
    response = api.ours.get(ADDRESS, ASKED)
    assert response.status_code == 200
    said = response.json()
    assert (said["results"], said["next"], said["previous"]) == ([], None, None)
    (reason,) = said["why"]
    assert (reason["requirement"], reason["excluded_seconds"]) == ("closed", 36_000.0)
    assert reason["detail"]


def test_pages_of_windows(api: Callers) -> None:
    whole = api.ours.get(ADDRESS, ASKED).json()["results"]
    assert len(whole) == 15
    pages, page = [], api.ours.get(ADDRESS, {**ASKED, "page_size": 4}).json()
    while page["next"]:
        pages.append(page["results"])
        page = api.ours.get(page["next"]).json()
    pages.append(page["results"])
    assert [len(results) for results in pages] == [4, 4, 4, 3]
    assert [window for results in pages for window in results] == whole
    back = []
    while page["previous"]:
        page = api.ours.get(page["previous"]).json()
        back.append(page["results"])
    assert back == pages[-2::-1]


@pytest.mark.parametrize("missing", ["activity", "duration", "from", "to"])
def test_what_a_search_needs(api: Callers, missing: str) -> None:
    asked = {name: value for name, value in ASKED.items() if name != missing}
    (error,) = problem(api.ours.get(ADDRESS, asked), 400, "invalid")["errors"]
    assert (error["field"], error["code"]) == (missing, "required")


SENSELESS = [
    ({"activity": "dancing"}, "activity", "invalid_choice"),
    ({"duration": "90"}, "duration", "invalid"),
    ({"duration": "P1Y"}, "duration", "invalid"),
    ({"duration": "P99999999999W"}, "duration", "invalid"),
    ({"duration": "P9999999999D"}, "duration", "invalid"),
    ({"duration": "PT0S"}, "duration", "invalid"),
    ({"duration": "PT90S"}, "duration", "not_whole_minute"),
    ({"from": "2027-03-10T06:00:00"}, "from", "naive_time"),
    ({"to": "2027-03-10T06:00:00Z"}, "to", "ends_before_start"),
    ({"to": "2028-04-14T06:00:01Z"}, "to", "span_too_long"),
    ({"zone": "garden"}, "zone", "unknown_zone"),
    ({"zone": ["arena", "arena"]}, "zone", "duplicate"),
    ({"crew": "-1"}, "crew", "min_value"),
    ({"crew": "9" * 30}, "crew", "max_value"),
    ({"power_kw": "1e400"}, "power_kw", "max_digits"),
    ({"power_kw": "nan"}, "power_kw", "invalid"),
    ({"crew_awake": "perhaps"}, "crew_awake", "invalid"),
    ({"step": "0"}, "step", "min_value"),
    ({"step": "1441"}, "step", "max_value"),
    ({"lighting": "dusk"}, "lighting", "invalid_choice"),
    ({"lighting_min": "PT30M"}, "lighting_min", "not_applicable"),
    ({"latitude": "91", "longitude": "0"}, "latitude", "invalid"),
    ({"latitude": "1e400", "longitude": "0"}, "latitude", "invalid"),
    ({"latitude": "1"}, "longitude", "required"),
    ({"orbit": "high"}, "orbit", "unknown_parameter"),
    ({"cursor": "WzAsIngiLCJhcmVuYSJd"}, "cursor", "invalid_cursor"),
    ({"cursor": "WzBd"}, "cursor", "invalid_cursor"),
]


def test_a_search_that_makes_no_sense(api: Callers, subtests: pytest.Subtests) -> None:
    for asked, field, code in SENSELESS:
        with subtests.test(asked=asked):
            response = api.ours.get(ADDRESS, {**ASKED, **asked})
            assert response.status_code == 400, response.content
            errors = [(error["field"], error["code"]) for error in response.json()["errors"]]
            assert errors == [(field, code)]


def test_the_usual_ways_to_write_a_duration(api: Callers) -> None:
    found = [
        api.ours.get(ADDRESS, {**ASKED, "duration": text}).json()["results"]
        for text in ("PT90M", "PT1H30M", "PT1.5H", "pt1,5h", "P0DT1H30M0S", "PT5400S")
    ]
    assert found[0]
    assert all(results == found[0] for results in found)


def test_a_search_asks_the_database_a_fixed_number_of_times(
    api: Callers, world: World, django_assert_max_num_queries: Any
) -> None:
    api.ours.get("places/")
    for day in range(11, 20):
        world.reserve(span(f"03-{day} 10:00"), zones=("arena", "studio"))
    with django_assert_max_num_queries(22):
        said = api.ours.get(ADDRESS, {**ASKED, "to": "2027-06-10T16:00:00Z"}).json()
    assert len(said["results"]) == 50


def test_a_module_that_there_is_not(api: Callers) -> None:
    problem(api.ours.get("modules/see-2/windows/", ASKED), 404, "not_found")


def test_windows_are_written_as_their_fields_say(world: World) -> None:
    window = search.find(
        SearchRequest(world.module, "filming", timedelta(hours=2), span("03-10 10:00", 24), crew=1),
        at=span("03-01 12:00").starts_at,
    ).windows[0]
    by_fields = serializers.Serializer.to_representation(WindowRepresentation(), window)
    assert WindowRepresentation().to_representation(window) == {**by_fields, "conditions": window.conditions}
    assert list(window.conditions) == list(WindowConditionsRepresentation().fields)
