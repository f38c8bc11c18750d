"""What random weeks and races taught: holds that lapse, shrink and move at the last moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from bookings import lifecycle
from bookings.exceptions import OverCapacity
from bookings.lifecycle import clockwork
from bookings.models import Booking, Transition
from bookings.states import Status
from modules.intervals import Span
from modules.models import FlightRules
from tests.bookings.test_lifecycle import WINDOW, ranks
from tests.world import NOW, World, span


def test_a_hold_that_shrinks_out_of_anothers_way_moves_up_once(world: World) -> None:
    world.reserve(span("03-10 10:00", 1))
    world.reserve(span("03-10 11:00", 2), by=world.theirs)
    third = world.reserve(span("03-10 08:00", 8))
    assert third.rank == 3
    inside = {"ends_at": span("03-10 10:30").starts_at}
    third = lifecycle.change(actor=world.ours.actor, booking_id=third.pk, changes=inside, at=NOW)
    assert (third.rank, third.version) == (2, 2)
    assert [line.action for line in third.transitions.all()] == ["create", "change"]


def test_a_lapsed_hold_does_not_keep_the_next_from_requesting_nor_a_move_away(world: World) -> None:
    """The clock's task may be late: nobody waits for it."""
    first = world.reserve(span("05-10 10:00"))
    second = world.reserve(span("05-10 10:00"), by=world.theirs, at=NOW + timedelta(hours=1))
    mover = world.reserve(span("05-12 10:00"), by=world.theirs, status=Status.REQUESTED)
    assert first.hold_expires_at is not None
    at = first.hold_expires_at
    assert lifecycle.request(actor=world.theirs.actor, booking_id=second.pk, at=at, version=1).status == "requested"
    lapsed = world.reserve(span("05-16 10:00"))
    away = {"starts_at": lapsed.starts_at, "ends_at": lapsed.ends_at}
    moved = lifecycle.change(actor=world.theirs.actor, booking_id=mover.pk, changes=away, at=lapsed.hold_expires_at)
    assert (moved.rank, ranks(lapsed)) == (1, [None])


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_lapsed_hold_gives_way_however_long_the_turnaround(side: str, world: World) -> None:
    FlightRules.objects.update(turnaround=timedelta(days=3))
    early, late = span("05-10 10:00"), span("05-12 20:00")
    lapsed = world.reserve(early if side == "before" else late)
    at = lapsed.hold_expires_at
    assert at is not None
    booking = world.reserve(late if side == "before" else early, by=world.theirs, status=Status.REQUESTED, at=at)
    assert (booking.rank, ranks(lapsed)) == (1, [None])


def test_a_hold_moved_to_the_last_moment_still_has_time_to_request(world: World) -> None:
    hold = world.reserve(span("03-10 10:00"))
    at = NOW + timedelta(days=4)
    soon = Span(at + timedelta(hours=48), at + timedelta(hours=50))
    moved = lifecycle.change(
        actor=world.ours.actor,
        booking_id=hold.pk,
        changes={"starts_at": soon.starts_at, "ends_at": soon.ends_at},
        at=at,
    )
    assert moved.hold_expires_at == at + timedelta(hours=24)


def test_small_changes_do_not_put_off_the_end_of_a_hold(world: World) -> None:
    hold = world.reserve(span("03-05 10:00", 4))
    inside = {"starts_at": span("03-05 11:00").starts_at}
    later = NOW + timedelta(hours=30)
    changed = lifecycle.change(actor=world.ours.actor, booking_id=hold.pk, changes=inside, at=later)
    assert changed.hold_expires_at == hold.hold_expires_at


def test_a_confirmed_booking_that_asks_for_more_is_asked_for_again_and_its_producer_told(world: World) -> None:
    booking = world.reserve(WINDOW, crew=2, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    for crew, status, told in ((1, "confirmed", 0), (3, "requested", 1)):
        booking = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"crew": crew}, at=NOW)
        assert (booking.status, booking.mails.filter(kind="changed").count()) == (status, told)


def docked_rules(**changed: object) -> None:
    FlightRules.objects.filter(phase__kind="docked").update(**changed)


def test_a_window_that_stands_keeps_its_turnaround_whatever_the_rules_now_say(world: World) -> None:
    first = world.reserve(span("03-10 10:00"), zones=("studio",))
    second = world.reserve(span("03-10 10:00"), zones=("studio",))
    later = world.reserve(span("03-10 12:30"), zones=("studio",), by=world.theirs)
    docked_rules(turnaround=timedelta(minutes=60))
    lifecycle.change(actor=world.ours.actor, booking_id=second.pk, changes={"crew": 1}, at=NOW)
    lifecycle.change(actor=world.ours.actor, booking_id=first.pk, changes={"crew": 1}, at=NOW)
    lifecycle.release(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    assert ranks(first, second, later) == [None, 1, 1]


def test_a_hold_never_ends_sooner_for_having_moved(world: World) -> None:
    booking = world.reserve(span("05-10 10:00"))
    docked_rules(hold_time=timedelta(days=2))
    at = NOW + timedelta(days=3)
    moved = {"starts_at": span("05-11 10:00").starts_at, "ends_at": span("05-11 10:00").ends_at}
    booking = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=moved, at=at)
    assert booking.hold_expires_at == NOW + timedelta(days=7)


def test_one_hold_that_cannot_expire_does_not_keep_the_others(world: World, monkeypatch, caplog) -> None:
    broken, fine = world.reserve(span("05-10 10:00")), world.reserve(span("05-12 10:00"))
    whole = clockwork.end

    def end(booking: Booking, *args: object, **kwargs: object) -> None:
        if booking.pk == broken.pk:
            raise IntegrityError("claim_is_alone_at_its_rank")
        whole(booking, *args, **kwargs)

    monkeypatch.setattr(clockwork, "end", end)
    assert lifecycle.expire_due(at=NOW + timedelta(days=8)) == 1
    assert ranks(broken, fine) == [1, None]


def test_who_challenged_is_not_told_by_how_they_did(world: World) -> None:
    first = world.reserve(WINDOW)
    second = world.reserve(WINDOW, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    line = Transition.objects.get(booking=first, action="challenged")
    assert (line.via, line.actor) == ("task", "A hold behind this one")


def test_the_challenged_are_told_when_their_hold_ends_where_that_comes_first(world: World) -> None:
    first = world.reserve(WINDOW)
    world.reserve(WINDOW, by=world.theirs)
    assert first.hold_expires_at is not None
    late = first.hold_expires_at - timedelta(hours=9)
    second = Booking.objects.exclude(pk=first.pk).get()
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=late)
    line = Transition.objects.get(booking=first, action="challenged")
    assert line.detail["deadline"] == first.hold_expires_at.isoformat()


def test_over_capacity_says_what_is_left_and_not_who_has_the_rest(world: World) -> None:
    world.reserve(WINDOW, by=world.theirs, crew=4)
    with pytest.raises(OverCapacity) as refused:
        world.reserve(WINDOW, zones=("studio",), crew=3)
    assert "of 6 crew: 2" in refused.value.detail
    assert "4" not in refused.value.detail
