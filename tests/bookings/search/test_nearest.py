"""Where time is taken, what else could be had: near, and bookable as given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bookings.exceptions import HoldRanksFull, SlotTaken
from bookings.search.nearest import nearest
from bookings.states import Status
from modules.intervals import Span
from modules.models import Closure
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


def said(offers: list[dict]) -> list[tuple[str, str]]:
    return [("+".join(offer["zones"]), offer["starts_at"][5:16]) for offer in offers]


def test_a_refused_booking_is_told_the_nearest_windows_each_bookable(world: World) -> None:
    world.reserve(WINDOW, by=world.theirs)
    with pytest.raises(SlotTaken) as refused:
        world.reserve(WINDOW, status=Status.REQUESTED)
    offers = refused.value.extra["alternatives"]
    assert said(offers) == [
        ("studio", "03-10T10:00"),
        ("control", "03-10T10:00"),
        ("arena", "03-10T07:30"),
        ("arena", "03-10T12:30"),
    ]
    for offer in offers:
        starts_at, ends_at = (datetime.fromisoformat(offer[edge]) for edge in ("starts_at", "ends_at"))
        booking = world.reserve(
            Span(starts_at, ends_at), zones=tuple(offer["zones"]), status=Status.REQUESTED, by=world.ours
        )
        assert booking.rank == 1
        booking.claims.update(rank=None)


def test_full_ranks_are_told_too(world: World) -> None:
    for _ in range(3):
        world.reserve(WINDOW)
    with pytest.raises(HoldRanksFull) as refused:
        world.reserve(WINDOW)
    assert len(refused.value.extra["alternatives"]) == 4


def test_several_zones_are_offered_together(world: World) -> None:
    world.reserve(span("03-10 08:00"), zones=("studio",))
    world.reserve(span("03-10 12:30"), zones=("arena",))
    offers = nearest(world.draft(WINDOW, zones=("studio", "arena")), world.module, at=NOW)
    assert said(offers) == [("studio+arena", "03-10T15:00"), ("studio+arena", "03-09T19:30")]


def test_another_zone_is_equipped_for_what_is_asked(world: World) -> None:
    world.reserve(WINDOW)
    offers = nearest(world.draft(WINDOW, activity="sports"), world.module, at=NOW)
    assert ("studio", "03-10T10:00") not in said(offers)
    assert ("control", "03-10T10:00") in said(offers)


def test_a_draft_in_the_night_is_offered_the_night_and_one_by_day_the_day(world: World) -> None:
    night, day = span("03-10 23:00"), span("03-10 19:30")
    world.reserve(night, zones=("arena",))
    world.reserve(day, zones=("studio",))
    arena = said(nearest(world.draft(night), world.module, at=NOW))
    assert ("arena", "03-11T01:30") in arena
    studio = said(nearest(world.draft(day, zones=("studio",)), world.module, at=NOW))
    assert ("studio", "03-11T06:00") in studio


def test_nothing_free_is_nothing_offered(world: World) -> None:
    Closure.objects.create(module=world.module, kind="maintenance", starts_at=NOW, ends_at=NOW + timedelta(days=90))
    assert nearest(world.draft(WINDOW), world.module, at=NOW) == []
    assert nearest(world.draft(WINDOW, zones=("attic",)), world.module, at=NOW) == []
