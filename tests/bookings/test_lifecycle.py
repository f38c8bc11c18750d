"""The life of a booking: ranks, promotion, challenge, refusals, moves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import lifecycle
from bookings.exceptions import (
    HoldRanksFull,
    Invalid,
    InvalidTransition,
    NotAllowed,
    NotFound,
    OverCapacity,
    RuleBroken,
    SlotTaken,
    StaleVersion,
)
from bookings.models import Booking, Challenge, Claim, Mail, Transition
from bookings.states import Status
from modules.intervals import Span
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


def ranks(*bookings: Booking) -> list[int | None]:
    return [Booking.objects.get(pk=b.pk).rank for b in bookings]


def test_holds_queue_in_the_order_of_arrival(world: World) -> None:
    first, second, third = (world.reserve(WINDOW, by=c) for c in (world.ours, world.theirs, world.ours))
    assert ranks(first, second, third) == [1, 2, 3]
    with pytest.raises(HoldRanksFull):
        world.reserve(WINDOW)


def test_a_hold_ranks_behind_the_highest_it_overlaps(world: World) -> None:
    first = world.reserve(span("03-10 10:00"))
    second = world.reserve(span("03-10 11:00"))
    third = world.reserve(span("03-10 13:00"))
    assert ranks(first, second, third) == [1, 2, 3], "the third overlaps only the second, and stands behind it"


def test_turnaround_keeps_windows_apart_and_touching_is_allowed_after_it(world: World) -> None:
    world.reserve(WINDOW, status=Status.REQUESTED)
    with pytest.raises(SlotTaken):
        world.reserve(span("03-10 12:00"), status=Status.REQUESTED)
    assert world.reserve(span("03-10 12:30"), status=Status.REQUESTED).status == "requested"


def test_releasing_moves_everybody_up_and_tells_them(world: World) -> None:
    first, second, third = (world.reserve(WINDOW, by=c) for c in (world.ours, world.theirs, world.ours))
    lifecycle.release(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    assert ranks(first, second, third) == [None, 1, 2]
    assert set(Mail.objects.filter(kind="promoted").values_list("booking", flat=True)) == {
        second.pk,
        third.pk,
    }


def test_promotion_reaches_through_chains(world: World) -> None:
    first = world.reserve(span("03-10 10:00"))
    second = world.reserve(span("03-10 11:00"))
    third = world.reserve(span("03-10 13:00"))
    lifecycle.cancel(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    assert ranks(second, third) == [1, 2]


def test_requesting_outright_needs_time_that_nobody_holds(world: World) -> None:
    world.reserve(WINDOW)
    with pytest.raises(SlotTaken):
        world.reserve(WINDOW, by=world.theirs, status=Status.REQUESTED)


def test_only_the_first_hold_can_request(world: World) -> None:
    world.reserve(WINDOW)
    second = world.reserve(WINDOW, by=world.theirs)
    with pytest.raises(SlotTaken):
        lifecycle.request(actor=world.theirs.actor, booking_id=second.pk, at=NOW)


def test_the_whole_life(world: World) -> None:
    booking = world.reserve(WINDOW)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    with pytest.raises(NotAllowed):
        lifecycle.confirm(actor=world.ours.actor, booking_id=booking.pk, at=NOW, concurrence="me")
    with pytest.raises(Invalid, match="concur"):
        lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    assert lifecycle.complete_past(at=WINDOW.ends_at) == 1
    assert list(Transition.objects.filter(booking=booking).values_list("from_status", "to_status")) == [
        ("", "held"),
        ("held", "requested"),
        ("requested", "confirmed"),
        ("confirmed", "completed"),
    ]


def test_a_move_elsewhere_joins_the_queue_and_one_inside_keeps_its_place(world: World) -> None:
    first = world.reserve(span("03-10 10:00", 4))
    second = world.reserve(span("03-10 12:00", 4), by=world.theirs)
    inside = {"starts_at": first.starts_at, "ends_at": first.starts_at + timedelta(hours=3)}
    lifecycle.change(actor=world.ours.actor, booking_id=first.pk, changes=inside, at=NOW)
    assert ranks(first, second) == [1, 2]
    away = {
        "starts_at": first.starts_at + timedelta(hours=1),
        "ends_at": first.starts_at + timedelta(hours=5),
    }
    lifecycle.change(actor=world.ours.actor, booking_id=first.pk, changes=away, at=NOW)
    assert ranks(first, second) == [2, 1]


def test_a_refused_move_changes_nothing(world: World) -> None:
    mine = world.reserve(WINDOW, status=Status.REQUESTED)
    behind = world.reserve(WINDOW, by=world.theirs)
    world.reserve(span("03-11 10:00"), by=world.theirs, status=Status.REQUESTED)
    moved = {"starts_at": span("03-11 10:00").starts_at, "ends_at": span("03-11 10:00").ends_at}
    with pytest.raises(SlotTaken):
        lifecycle.change(actor=world.ours.actor, booking_id=mine.pk, changes=moved, at=NOW)
    assert ranks(mine, behind) == [1, 2]
    assert Booking.objects.get(pk=mine.pk).version == mine.version


def test_a_confirmed_booking_that_moves_is_asked_for_again(world: World) -> None:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="Axiom, by mail")
    moved = {"starts_at": span("03-11 10:00").starts_at, "ends_at": span("03-11 10:00").ends_at}
    booking = lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=moved, at=NOW)
    assert (booking.status, booking.concurrence) == ("requested", "")


def test_a_challenge_shortens_the_holds_before_and_expires_them(world: World) -> None:
    first, second, third = (world.reserve(WINDOW, by=c) for c in (world.ours, world.theirs, world.ours))
    lifecycle.challenge(actor=world.ours.actor, booking_id=third.pk, at=NOW)
    deadline = NOW + timedelta(hours=48)
    assert Booking.objects.get(pk=first.pk).hold_expires_at == deadline
    with pytest.raises(InvalidTransition, match="already"):
        lifecycle.challenge(actor=world.ours.actor, booking_id=third.pk, at=NOW)
    with pytest.raises(InvalidTransition, match="nothing to challenge"):
        lifecycle.challenge(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    assert lifecycle.expire_due(at=deadline) == 2
    assert ranks(first, second, third) == [None, None, 1]


def test_a_challenge_is_met_by_requesting(world: World) -> None:
    first = world.reserve(WINDOW)
    second = world.reserve(WINDOW, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    lifecycle.request(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    assert Challenge.objects.get().outcome == "met"
    assert lifecycle.expire_due(at=NOW + timedelta(hours=48)) == 0


def test_a_challenger_that_goes_gives_the_time_back(world: World) -> None:
    first = world.reserve(WINDOW)
    second = world.reserve(WINDOW, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    lifecycle.release(actor=world.theirs.actor, booking_id=second.pk, at=NOW)
    assert Booking.objects.get(pk=first.pk).hold_expires_at == first.hold_expires_at


def test_a_lapsed_hold_cannot_act(world: World) -> None:
    first = world.reserve(WINDOW)
    with pytest.raises(InvalidTransition, match="ended"):
        lifecycle.request(actor=world.ours.actor, booking_id=first.pk, at=first.hold_expires_at)


def test_a_lapsed_hold_never_stands_in_the_way(world: World) -> None:
    first = world.reserve(span("05-10 10:00"))
    after = first.hold_expires_at
    other = world.reserve(span("05-10 10:00"), by=world.theirs, status=Status.REQUESTED, at=after)
    assert ranks(first, other) == [None, 1]


def test_the_earliest_window_can_be_held_and_then_requested(world: World) -> None:
    earliest = Span(NOW + timedelta(hours=48), NOW + timedelta(hours=50))
    booking = world.reserve(earliest)
    assert booking.hold_expires_at == NOW + timedelta(hours=24), "half of what is left to the start"
    later = NOW + timedelta(hours=1)
    booking = lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=later)
    assert lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=later, concurrence="by mail").rank == 1


def test_capacity_counts_the_worst_that_promotions_can_bring(world: World) -> None:
    world.reserve(WINDOW, crew=2)
    waiting = world.reserve(WINDOW, by=world.theirs, crew=5)
    assert waiting.rank == 2
    with pytest.raises(OverCapacity):
        world.reserve(WINDOW, zones=("studio",), crew=2)
    assert world.reserve(WINDOW, zones=("studio",), crew=1).rank == 1


@pytest.mark.parametrize(
    ("window", "asked", "code"),
    [
        (span("02-20 10:00"), {}, "in_the_past"),
        (span("03-02 10:00"), {}, "lead_time"),
        (span("03-10 10:00", 0.25), {}, "too_short"),
        (span("03-10 10:00", 24 * 15), {}, "too_long"),
        (span("12-31 23:00", 2), {}, "crosses_phase"),
        (WINDOW, {"crew": 7}, "crew_limit"),
        (WINDOW, {"power_kw": "12.01"}, "power_limit"),
        (WINDOW, {"downlink_mbps": 301}, "downlink_limit"),
        (WINDOW, {"zones": ("studio",), "activity": "sports"}, "zone_not_equipped"),
    ],
)
def test_flight_rules(world: World, window, asked, code) -> None:
    with pytest.raises(RuleBroken) as refused:
        world.reserve(window, **asked)
    assert refused.value.code == code
    assert not Booking.objects.exists()


def test_somebody_elses_booking_is_not_there(world: World) -> None:
    booking = world.reserve(WINDOW)
    for verb in (lifecycle.release, lifecycle.cancel, lifecycle.request, lifecycle.challenge):
        with pytest.raises(NotFound):
            verb(actor=world.theirs.actor, booking_id=booking.pk, at=NOW)


def test_a_stale_version_is_refused(world: World) -> None:
    booking = world.reserve(WINDOW)
    with pytest.raises(StaleVersion):
        lifecycle.release(actor=world.ours.actor, booking_id=booking.pk, at=NOW, version=booking.version + 1)


def test_reminders_follow_the_booking(world: World) -> None:
    booking = world.reserve(span("05-10 10:00"), status=Status.REQUESTED)
    due = Mail.objects.filter(kind__startswith="reminder", state="pending")
    assert due.count() == 4
    moved = {"starts_at": span("05-11 10:00").starts_at, "ends_at": span("05-11 10:00").ends_at}
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes=moved, at=NOW)
    assert due.get(kind="reminder_24_hours").due_at == span("05-10 10:00").starts_at
    assert due.count() == 4
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    assert due.count() == 0


def test_one_occupant_a_zone_is_the_databases_word(world: World) -> None:
    booking = world.reserve(WINDOW)
    other = world.reserve(WINDOW, by=world.theirs)
    with pytest.raises(IntegrityError, match="claim_is_alone_at_its_rank"), transaction.atomic():
        Claim.objects.filter(booking=other).update(rank=1)
    assert ranks(booking, other) == [1, 2]
