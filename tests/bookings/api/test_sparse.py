"""`fields` and `expand`: only what one asks for, and what is else only named."""

from __future__ import annotations

import pytest

from tests.callers import Callers
from tests.world import World, span


def problems(answer) -> dict[str, str]:
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def test_only_the_fields_that_were_asked_for(world: World, api: Callers) -> None:
    booking = world.reserve(span("03-10 10:00"))
    (row,) = api.ours.get("/api/v1/bookings/?fields=id,status").json()["results"]
    assert row == {"id": str(booking.pk), "status": "held"}
    assert api.ours.get(f"/api/v1/bookings/{booking.pk}/?fields=conditions,price").json().keys() == {
        "conditions",
        "price",
    }
    titles = api.ours.get("/api/v1/productions/?fields=title").json()["results"]
    assert {tuple(row) for row in titles} == {("title",)}


def test_expanded_beside_the_ids(world: World, api: Callers) -> None:
    booking = world.reserve(span("03-10 10:00"))
    whole = api.ours.get(f"/api/v1/bookings/{booking.pk}/").json()
    assert "expanded" not in whole
    said = api.ours.get(f"/api/v1/bookings/{booking.pk}/?expand=production,organisation&fields=id").json()
    assert said["id"] == str(booking.pk)
    assert said["expanded"]["production"]["title"] == booking.production.title
    assert said["expanded"]["organisation"] == {"id": str(booking.organisation_id), "name": booking.organisation.name}
    assert said.keys() == {"id", "expanded"}


def test_a_list_costs_no_more_queries_for_it(world: World, api: Callers, django_assert_max_num_queries) -> None:
    for day in (10, 11, 12):
        world.reserve(span(f"03-{day} 10:00"))
    with django_assert_max_num_queries(8):
        api.ours.get("/api/v1/bookings/?expand=production,organisation")


def test_only_a_whole_booking_bears_the_etag_that_writes_take(world: World, api: Callers) -> None:
    booking = world.reserve(span("03-10 10:00"))
    whole = api.ours.get(f"/api/v1/bookings/{booking.pk}/")
    part = api.ours.get(f"/api/v1/bookings/{booking.pk}/?fields=status")
    assert whole["ETag"] == booking.etag
    assert part["ETag"] != booking.etag
    again = api.ours.get(f"/api/v1/bookings/{booking.pk}/?fields=status", if_none_match=part["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("fields=secret", "fields", "unknown_name"),
        ("fields=id,id", "fields", "duplicate"),
        ("fields=", "fields", "blank"),
        ("expand=members", "expand", "unknown_name"),
        ("expand=production,production", "expand", "duplicate"),
    ],
)
def test_what_there_is_not_is_refused_by_name(world: World, api: Callers, query: str, field: str, code: str) -> None:
    answer = api.ours.get(f"/api/v1/bookings/?{query}")
    assert answer.status_code == 400
    assert problems(answer) == {field: code}
