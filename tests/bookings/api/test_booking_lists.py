"""Lists of bookings: whose, by which filter, page by page, in how many queries."""

from typing import Any

import pytest

from bookings.states import Status
from tests.callers import Callers, problem
from tests.world import World, span

WINDOW = span("03-10 10:00")


def followed(api: Callers, address: str, to: str) -> list[list[str]]:
    """The ids on the page at `address` and on those that `to` leads to."""
    pages = []
    while address:
        page = api.ours.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        address = page[to]
    return pages


@pytest.fixture
def eight(world: World) -> list[str]:
    """Five days, and three bookings that start together: those stand in the order of their ids."""
    apart = [world.reserve(span(f"03-{day} 10:00")) for day in range(10, 15)]
    together = [world.reserve(span("03-20 10:00"), zones=(zone,)) for zone in ("arena", "studio", "control")]
    return [str(booking.pk) for booking in (*apart, *sorted(together, key=lambda b: b.pk))]


def test_pages_there_and_back(api: Callers, eight: list[str]) -> None:
    there = followed(api, "bookings/?page_size=3", "next")
    assert there == [eight[:3], eight[3:6], eight[6:]]
    last = "bookings/?page_size=3"
    while following := api.ours.get(last).json()["next"]:
        last = following
    assert followed(api, last, "previous") == there[::-1]


def test_pages_hold_still_while_rows_come(api: Callers, world: World, eight: list[str]) -> None:
    first = api.ours.get("bookings/", {"page_size": 3}).json()
    for hour in (1, 5, 9):  # all before what is read already: a page by number would show rows again
        world.reserve(span(f"03-09 0{hour}:00"))
    assert [row["id"] for row in first["results"]] == eight[:3]
    assert followed(api, first["next"], "next") == [eight[3:6], eight[6:]]


FILTERS = [
    ({}, ["a", "b", "c"]),
    ({"from": "2027-03-11T00:00:00Z"}, ["b", "c"]),
    ({"from": "2027-03-10T12:00:00Z"}, ["b", "c"]),
    ({"to": "2027-03-11T10:00:00Z"}, ["a"]),
    ({"from": "2027-03-10T11:00:00Z", "to": "2027-03-11T11:00:00Z"}, ["a", "b"]),
    ({"status": "requested"}, ["b"]),
    ({"status": ["held", "requested"]}, ["a", "b", "c"]),
    ({"zone": "studio"}, ["a", "c"]),
    ({"zone": ["arena", "studio"]}, ["a", "b", "c"]),
    ({"zone": "control"}, []),
    ({"module": "see-1"}, ["a", "b", "c"]),
    ({"module": "see-2"}, []),
]


def test_filters(api: Callers, world: World, subtests: pytest.Subtests) -> None:
    made = {
        "a": world.reserve(span("03-10 10:00"), zones=("arena", "studio")),
        "b": world.reserve(span("03-11 10:00"), status=Status.REQUESTED),
        "c": world.reserve(span("03-12 10:00"), zones=("studio",)),
    }
    names = {str(booking.pk): name for name, booking in made.items()}
    for asked, found in FILTERS:
        with subtests.test(asked=asked):
            results = api.ours.get("bookings/", asked).json()["results"]
            assert [names[row["id"]] for row in results] == found
            of_it = api.ours.get("bookings/", {"production": str(world.ours.production.pk), **asked})
            assert of_it.json()["results"] == results


@pytest.mark.parametrize("name", ["status", "zone", "production"])
def test_a_filter_that_says_something_twice(api: Callers, world: World, name: str) -> None:
    value = {"status": "held", "zone": "arena", "production": str(world.ours.production.pk)}[name]
    refusal = problem(api.ours.get("bookings/", {name: [value, value]}), 400, "duplicate")
    assert [(error["field"], error["code"]) for error in refusal["errors"]] == [(name, "duplicate")]


def test_staff_see_all_and_members_their_own(api: Callers, world: World) -> None:
    world.reserve(WINDOW)
    world.reserve(span("03-11 10:00"), by=world.theirs)
    counts = [len(caller.get("bookings/").json()["results"]) for caller in (api.ours, api.theirs, api.staff)]
    assert counts == [1, 1, 2]


def test_lists_ask_the_database_a_fixed_number_of_times(
    api: Callers, world: World, django_assert_max_num_queries: Any
) -> None:
    api.ours.get("places/")  # the key's last use is written now, and not again for a minute
    world.reserve(span("03-10 10:00"), zones=("arena", "studio"))
    with django_assert_max_num_queries(3):
        api.ours.get("bookings/")
    for day in range(11, 20):
        world.reserve(span(f"03-{day} 10:00"), zones=("arena", "studio"))
    with django_assert_max_num_queries(3):
        assert len(api.ours.get("bookings/").json()["results"]) == 10
