"""Other windows for many bookings: planned without effect, held, offered, and to whom."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db.models import F

from bookings import actors, lifecycle, notifications, replanning
from bookings.exceptions import Invalid, InvalidTransition, NotAllowed, NotFound, StaleVersion
from bookings.models import Booking, Mail, Membership, Proposal, Rebooking, Role, User
from modules import operations
from modules.intervals import Span
from tests.bookings import invariants
from tests.bookings.replanning.rounds import ANSWER_BY, WINDOW, close, confirmed, fresh, offered, plan
from tests.world import NOW, World, span

State = Proposal.State


def test_a_plan_says_where_each_would_go_and_changes_nothing(world: World) -> None:
    booking = confirmed(world)
    close(world)
    before = invariants.snapshot()
    round_ = plan(world, booking)
    assert invariants.snapshot() == before
    [proposal] = round_.proposals.all()
    assert (proposal.state, proposal.zones, proposal.why) == (State.PLANNED, ["arena"], "")
    assert proposal.span == span("03-10 06:00"), "before and after are as near: the earlier one"
    assert proposal.hold is None


def test_offered_windows_are_held_and_each_person_is_told_once(world: World) -> None:
    one, other = world.reserve(WINDOW), world.reserve(span("03-10 10:00"), zones=("studio",))
    theirs = world.reserve(span("03-10 12:30"), by=world.theirs)
    close(world, span("03-10 09:00", 6))
    Mail.objects.all().delete()
    proposals = offered(world, one, other, theirs)
    assert [p.state for p in proposals] == [State.OPEN] * 3
    for proposal in proposals:
        hold = proposal.hold
        assert (hold.status, hold.rank, hold.organisation) == ("held", 1, proposal.booking.organisation)
        assert (hold.starts_at, hold.ends_at) == (proposal.starts_at, proposal.ends_at)
        assert hold.hold_expires_at == proposal.answer_by == ANSWER_BY
        assert hold.created_by == proposal.booking.created_by
    assert sorted(Mail.objects.filter(kind="proposed").values_list("recipient__email", flat=True)) == [
        "ours@aurora.example",
        "theirs@borealis.example",
    ]
    actor = world.theirs.actor
    assert [row.kind for row in notifications.of(actor, at=NOW)] == ["proposed"]
    Membership.objects.filter(user=world.theirs.owner).delete()
    assert not notifications.of(actors.person(world.theirs.owner, via="page"), at=NOW).exists()
    invariants.check(NOW)


def test_the_firmer_booking_chooses_first_and_then_the_older(world: World) -> None:
    """All want the time just before the closure; each is given the next that is left."""
    close(world, span("03-10 00:00", 1))  # so that an earlier revision is there
    held = world.reserve(WINDOW, by=world.theirs)
    waiting = world.reserve(WINDOW)
    lifecycle.release(actor=world.theirs.actor, booking_id=held.pk, at=NOW)
    younger = world.reserve(span("03-10 14:00"), by=world.theirs, at=NOW + timedelta(minutes=1))
    firm = confirmed(world, span("03-10 17:00"))
    close(world, span("03-10 09:00", 12), zones=("arena",))
    in_turn = replanning.in_turn([younger.pk, waiting.pk, firm.pk], world.module, at=NOW)
    assert in_turn == [firm, waiting, younger]
    proposals = offered(world, younger, firm, waiting)
    assert [p.booking for p in proposals] == [firm, waiting, younger]
    assert len({(p.starts_at, tuple(p.zones)) for p in proposals}) == 3
    invariants.check_one_occupant()


def test_a_window_that_was_taken_meanwhile_is_not_offered(world: World) -> None:
    booking, other = confirmed(world), world.reserve(span("03-10 10:00"), zones=("studio",))
    close(world)
    round_ = plan(world, booking, other)
    world.reserve(round_.proposals.get(booking=booking).span, by=world.theirs)
    replanning.offer(round_.pk, actor=world.staff, at=NOW)
    mine, second = round_.proposals.get(booking=booking), round_.proposals.get(booking=other)
    assert (mine.state, mine.hold) == (State.NONE, None)
    assert "taken" in mine.why
    assert second.state == State.OPEN
    with pytest.raises(InvalidTransition, match="offered already"):
        replanning.offer(round_.pk, actor=world.staff, at=NOW)


def test_a_booking_that_changed_since_the_plan_is_not_offered_its_window(world: World) -> None:
    booking = confirmed(world)
    close(world)
    round_ = plan(world, booking)
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    replanning.offer(round_.pk, actor=world.staff, at=NOW)
    assert "changed since" in round_.proposals.get().why
    assert Booking.objects.filter(status="held").count() == 0


def test_where_nothing_fits_the_plan_says_so(world: World) -> None:
    booking = confirmed(world)
    close(world, span("03-03 00:00", 24 * 500))
    [proposal] = plan(world, booking).proposals.all()
    assert (proposal.state, proposal.starts_at) == (State.NONE, None)
    assert "no free window" in proposal.why


def test_what_nothing_was_found_for_does_not_keep_the_others_from_the_next_round(world: World) -> None:
    longest = confirmed(world, span("03-10 08:00", 6))
    held = world.reserve(span("03-12 10:00"), by=world.theirs)
    free = span("03-13 00:00", 3)
    close(world, span("03-03 00:00", 24 * 10))
    close(world, Span(free.ends_at, free.ends_at + timedelta(days=500)))
    assert list(replanning.seeking(world.module, at=NOW)) == [longest, held]
    [nothing] = plan(world, longest).proposals.all()
    assert (nothing.state, nothing.starts_at) == (State.NONE, None)
    assert list(replanning.seeking(world.module, at=NOW)) == [held, longest]
    Booking.objects.filter(pk=longest.pk).update(version=F("version") + 1)  # it asks for something else by now
    assert list(replanning.seeking(world.module, at=NOW)) == [longest, held]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": " "}, "required"),
        ({"answer_by": NOW + timedelta(minutes=59)}, "too_soon"),
        ({"answer_by": NOW - timedelta(days=1)}, "too_soon"),
    ],
)
def test_a_round_says_why_and_gives_time_to_answer(world: World, said, code: str) -> None:
    booking = world.reserve(WINDOW)
    with pytest.raises(Invalid) as refused:
        plan(world, booking, **said)
    assert [error.code for error in refused.value.errors] == [code]
    assert not Rebooking.objects.exists()


def test_a_round_has_some_and_not_too_many(world: World) -> None:
    for ids in ([], [uuid4() for _ in range(replanning.MOST + 1)]):
        with pytest.raises(Invalid):
            replanning.plan(world.module, ids, reason="Why.", answer_by=ANSWER_BY, actor=world.staff, at=NOW)


def test_only_its_own_people_answer_and_only_staff_offer(world: World) -> None:
    booking = confirmed(world)
    close(world)
    for actor in (world.ours.actor, world.theirs.actor):
        with pytest.raises(NotAllowed):
            plan(world, booking, actor=actor)
    [proposal] = offered(world, booking)
    viewer = User.objects.create_user("viewer@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=viewer, role=Role.VIEWER)
    for answer in (replanning.accept, replanning.decline):
        with pytest.raises(NotFound):
            answer(actor=world.theirs.actor, proposal_id=proposal.pk, at=NOW)
        with pytest.raises(NotAllowed):
            answer(actor=actors.person(viewer, via="page"), proposal_id=proposal.pk, at=NOW)
        with pytest.raises(StaleVersion):
            answer(actor=world.ours.actor, proposal_id=proposal.pk, version=0, at=NOW)
    with pytest.raises(NotAllowed):
        replanning.withdraw(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)


def test_a_booking_that_a_slip_put_into_another_phase_is_offered_the_phase_it_was_agreed_in(world: World) -> None:
    """It keeps every rule where it is, so the window beside it would be no better."""
    docked = world.module.phases.get(kind="docked")
    slip = partial(
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=docked.starts_at,
        ends_at=span("03-20 00:00").starts_at,
        certainty="planned",
    )
    booking = world.reserve(span("03-22 10:00"))
    waiting = world.reserve(span("03-22 10:00"), by=world.theirs)
    revision = replanning.preview(world.module, slip, reason="Undocks early.", actor=world.staff, at=NOW)
    shown = replanning.nearest_windows(revision, [fresh(booking)], at=NOW)[booking.pk]
    replanning.apply_preview(revision.pk, actor=world.staff, at=NOW)
    assert fresh(booking).attention == ["phase_changed"]
    proposal, behind = offered(world, booking, waiting)
    assert behind.span == span("03-19 17:00"), "a hold that waits behind finds its own"
    assert proposal.span == span("03-19 19:30"), "the last two hours of the day that the crew is awake, docked"
    assert shown[0]["starts_at"] == "2027-03-19T19:30:00Z"
    replanning.accept(actor=world.ours.actor, proposal_id=proposal.pk, at=NOW)
    moved = fresh(booking)
    assert (moved.phase.kind, moved.agreed_phase, moved.attention) == ("docked", None, [])


def test_what_fits_where_it_is_is_offered_nothing(world: World) -> None:
    booking = world.reserve(WINDOW)
    [proposal] = plan(world, booking).proposals.all()
    assert (proposal.state, proposal.hold) == (State.NONE, None)


def test_another_zone_is_not_what_was_asked_for(world: World) -> None:
    booking = world.reserve(WINDOW)
    close(world, zones=("arena",))
    [proposal] = offered(world, booking)
    assert proposal.zones == ["arena"]
    assert not proposal.span.overlaps(WINDOW)
