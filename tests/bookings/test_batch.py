"""Several windows as one, all or none."""

from datetime import timedelta

import pytest

from bookings import lifecycle
from bookings.exceptions import SlotTaken
from bookings.models import Booking
from bookings.states import Status
from modules.intervals import Span
from tests.world import NOW, World, span


def nights(count: int) -> list[Span]:
    first = span("03-10 20:00")
    return [Span(first.starts_at + timedelta(days=i), first.ends_at + timedelta(days=i)) for i in range(count)]


def test_five_nights_are_reserved_as_one(world: World) -> None:
    drafts = [world.draft(night) for night in nights(5)]
    made = lifecycle.reserve_all(actor=world.ours.actor, drafts=drafts, at=NOW)
    assert len({booking.batch for booking in made}) == 1
    assert [booking.rank for booking in made] == [1] * 5


def test_one_taken_night_refuses_all_and_is_named(world: World) -> None:
    world.reserve(nights(5)[3], by=world.theirs)
    drafts = [world.draft(night) for night in nights(5)]
    with pytest.raises(SlotTaken) as refused:
        lifecycle.reserve_all(actor=world.ours.actor, drafts=drafts, status=Status.REQUESTED, at=NOW)
    assert refused.value.extra["index"] == 3
    assert Booking.objects.count() == 1


def test_windows_of_one_batch_cannot_overlap_each_other_when_requested(world: World) -> None:
    drafts = [world.draft(nights(1)[0]), world.draft(nights(1)[0])]
    with pytest.raises(SlotTaken):
        lifecycle.reserve_all(actor=world.ours.actor, drafts=drafts, status=Status.REQUESTED, at=NOW)
    assert not Booking.objects.exists()
