"""A booking costs a fixed, small number of statements, and its answer is what reading it gives."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.webhooks import add_endpoint
from tests.callers import Callers
from tests.world import NOW, World

MESSAGES = 4
"""The key; the production and its people; the module and the days, locked, with the rank; and all that is written."""


def asked_of_the_database(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize(("status", "zones"), [("held", ["arena"]), ("requested", ["studio", "arena", "control"])])
def test_a_booking_is_made_in_four_messages(api: Callers, body: dict[str, Any], status: str, zones: list[str]) -> None:
    warm = {"starts_at": "2027-03-09T10:00:00Z", "ends_at": "2027-03-09T12:00:00Z"}
    assert api.ours.post("bookings/", body | warm).status_code == 201
    with CaptureQueriesContext(connection) as captured:
        answer = api.ours.post("bookings/", body | {"status": status, "zones": zones, "activity": "music"})
    assert answer.status_code == 201, answer.content
    assert len(asked_of_the_database(captured)) == MESSAGES, asked_of_the_database(captured)


ASKED: list[dict[str, Any]] = [
    {},
    {"status": "requested", "zones": ["studio", "arena"], "activity": "music"},
    {"crew": 2, "power_kw": "1.5", "downlink_mbps": 100},
    {"power_kw": 3, "starts_at": "2027-03-10T12:30:00+02:00", "ends_at": "2027-03-10T13:00:00+02:00"},
    {"conditions": {"lighting": "night", "lighting_min": "PT10M"}},
]


@pytest.mark.parametrize("asked", ASKED)
def test_the_answer_to_making_is_what_reading_gives(api: Callers, body: dict[str, Any], asked: dict[str, Any]) -> None:
    made = api.ours.post("bookings/", body | asked)
    assert made.status_code == 201, made.content
    read = api.ours.get(made.headers["Location"])
    assert made.json() == read.json()
    assert list(made.json()) == list(read.json())
    assert made.headers["ETag"] == read.headers["ETag"]


def test_a_reference_that_is_in_use_is_drawn_again(
    api: Callers, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["KADOM-0001", "KADOM-0001", "KADOM-0001", "KADOM-0002"])
    monkeypatch.setattr(sys.modules["bookings.lifecycle.reserve"], "new_reference", lambda: next(drawn))
    later = {"starts_at": "2027-03-11T10:00:00Z", "ends_at": "2027-03-11T12:00:00Z"}
    assert api.ours.post("bookings/", body).json()["reference"] == "KADOM-0001"
    assert api.ours.post("bookings/", body | later).json()["reference"] == "KADOM-0002"


def test_a_partner_is_told_though_the_question_went_along_with_the_writing(
    api: Callers, world: World, body: dict[str, Any]
) -> None:
    endpoint = add_endpoint(
        organisation=world.ours.organisation, url="https://a.example/", events=["booking.created"], at=NOW
    )
    add_endpoint(organisation=world.theirs.organisation, url="https://b.example/", events=[], at=NOW)
    made = api.ours.post("bookings/", body).json()
    assert [delivery.payload["data"]["booking"] for delivery in endpoint.deliveries.all()] == [made["id"]]


def test_a_module_that_takes_the_first_place_is_booked_from_then_on(
    api: Callers, world: World, body: dict[str, Any]
) -> None:
    """What a process knows of which module is the first one is looked at under the lock."""
    assert api.ours.post("bookings/", body).status_code == 201
    first, other = world.module, type(world.module)
    first.position = 1
    first.save()
    newer = other.objects.create(slug="see-2", name="SEE-2", position=0)
    refused = api.ours.post("bookings/", body)
    assert refused.status_code == 400
    assert newer.name in refused.json()["errors"][0]["detail"], refused.json()
