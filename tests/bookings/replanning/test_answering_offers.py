"""What becomes of a window that was offered: accepted, declined, withdrawn, lapsed, overtaken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import lifecycle, replanning
from bookings.exceptions import InvalidTransition, NotFound
from bookings.models import Proposal, Transition
from modules.models import Closure
from tests.bookings import invariants
from tests.bookings.replanning.rounds import ANSWER_BY, WINDOW, close, confirmed, fresh, offered, plan
from tests.world import NOW, World, span

State = Proposal.State


def test_accepting_moves_the_booking_into_the_holds_place(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    behind = world.reserve(proposal.span, by=world.theirs)
    assert behind.rank == 2
    done = replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    booking = fresh(booking)
    assert (booking.starts_at, booking.status, booking.rank) == (proposal.starts_at, "requested", 1)
    assert (booking.attention, booking.concurrence) == ([], "")
    assert (done.state, fresh(proposal.hold).status) == (State.ACCEPTED, "released")
    assert fresh(behind).rank == 2, "who waited behind the hold waits behind the booking"
    assert Transition.objects.filter(booking=booking).latest("id").detail["proposal"] == "accepted"
    invariants.check(NOW)


def test_a_window_may_overlap_the_bookings_own(world: World) -> None:
    booking = confirmed(world)
    close(world, span("03-10 11:30"))
    [proposal] = offered(world, booking)
    assert proposal.span.overlaps(booking.span)
    assert proposal.hold.rank == 2, "it waits behind nobody but the booking itself"
    behind = world.reserve(proposal.span, by=world.theirs)
    assert behind.rank == 3
    replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    assert (fresh(booking).rank, fresh(behind).rank) == (1, 2)
    invariants.check(NOW)


def test_a_hold_that_moves_keeps_who_challenged_the_window(world: World) -> None:
    booking = world.reserve(WINDOW)
    close(world)
    [proposal] = offered(world, booking)
    behind = world.reserve(proposal.span, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=behind.pk, at=NOW)
    replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    moved = fresh(booking)
    assert (moved.status, moved.rank) == ("held", 1)
    assert moved.hold_expires_at == behind.challenges_made.get(outcome="open").deadline
    invariants.check(NOW)


def test_a_request_meets_who_challenged_the_window(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    behind = world.reserve(proposal.span, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=behind.pk, at=NOW)
    replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    assert behind.challenges_made.get().outcome == "met"
    invariants.check(NOW)


@pytest.mark.parametrize("by", ["decline", "withdraw"])
def test_declined_or_withdrawn_it_gives_the_window_back(world: World, by: str) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    behind = world.reserve(proposal.span, by=world.theirs)
    actor = world.ours.actor if by == "decline" else world.staff
    done = getattr(replanning, by)(actor=actor, proposal_id=proposal.pk, at=NOW)
    assert done.state == {"decline": State.DECLINED, "withdraw": State.WITHDRAWN}[by]
    assert fresh(proposal.hold).status == "released"
    assert (fresh(behind).rank, fresh(booking).starts_at, fresh(booking).status) == (1, WINDOW.starts_at, "confirmed")
    again = offered(world, booking)
    assert again[0].state == State.OPEN, "it can be offered another one"
    invariants.check(NOW)


def test_not_answered_it_lapses_and_the_window_is_free(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    behind = world.reserve(proposal.span, by=world.theirs)
    assert replanning.lapse_due(at=ANSWER_BY - timedelta(minutes=1)) == 0
    assert replanning.lapse_due(at=ANSWER_BY) == 1
    assert replanning.lapse_due(at=ANSWER_BY) == 0
    proposal.refresh_from_db()
    assert (proposal.state, fresh(proposal.hold).status, fresh(behind).rank) == (State.LAPSED, "expired", 1)
    with pytest.raises(InvalidTransition, match="was to be answered by"):
        replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=ANSWER_BY)
    assert fresh(booking).starts_at == WINDOW.starts_at


def test_late_but_before_the_clock_came_by_it_is_refused(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    with pytest.raises(InvalidTransition, match="was to be answered by"):
        replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=ANSWER_BY)


@pytest.mark.parametrize("what", ["hold released", "hold requested", "booking cancelled", "booking moved"])
def test_what_its_people_do_meanwhile_ends_it(world: World, what: str) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    actor, hold = world.ours.actor, proposal.hold
    if what == "hold released":
        lifecycle.release(actor=actor, booking_id=hold.pk, at=NOW)
    elif what == "hold requested":
        lifecycle.request(actor=actor, booking_id=hold.pk, at=NOW)
    elif what == "booking cancelled":
        lifecycle.cancel(actor=actor, booking_id=booking.pk, at=NOW)
    else:
        changes = {"starts_at": span("03-12 10:00").starts_at, "ends_at": span("03-12 10:00").ends_at}
        lifecycle.change(actor=actor, booking_id=booking.pk, changes=changes, at=NOW)
    with pytest.raises(InvalidTransition):
        replanning.accept(actor=actor, proposal_id=proposal.pk, at=NOW)
    assert replanning.lapse_due(at=NOW) == 1
    proposal.refresh_from_db()
    assert proposal.state == State.LAPSED
    assert fresh(hold).status == ("requested" if what == "hold requested" else "released")
    invariants.check(NOW)


def test_a_planned_window_is_nobodys_to_answer(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = plan(world, booking).proposals.all()
    with pytest.raises(NotFound):
        replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)


def test_the_rules_of_the_day_are_asked_again_when_it_is_accepted(world: World) -> None:
    booking = confirmed(world)
    close(world)
    [proposal] = offered(world, booking)
    close(world, proposal.span)
    before = invariants.snapshot()
    with pytest.raises(Exception, match="Closed from"):
        replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    assert invariants.snapshot() == before
    assert Closure.objects.count() == 2
