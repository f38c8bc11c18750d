"""Random revisions: the preview is what happens, and what is taken back was never there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import replanning
from bookings.exceptions import Refusal
from bookings.models import Booking, RevisedBooking
from bookings.states import Status
from modules import operations
from modules.exceptions import ScheduleConflict
from modules.intervals import Span
from modules.models import Closure, Phase
from tests.bookings import invariants
from tests.world import NOW, World

EARLIEST = datetime(2027, 3, 5, 8, 0, tzinfo=UTC)
ZONES = ("studio", "arena", "control")
hours = st.integers(0, 10 * 24)
lengths = st.sampled_from([timedelta(minutes=30), timedelta(hours=2), timedelta(hours=9)])
zone_sets = st.sampled_from([(), ("arena",), ("arena", "studio"), ZONES])
wishes = st.tuples(
    hours, lengths, st.sampled_from([("arena",), ("studio",), ZONES]), st.integers(0, 3), st.booleans(), st.booleans()
)
changes = st.one_of(
    st.tuples(st.just("slip"), hours),
    st.tuples(st.just("close"), hours, lengths, zone_sets),
    st.tuples(st.just("move"), hours, lengths, zone_sets),
    st.tuples(st.just("open")),
    st.tuples(st.just("limit"), st.integers(0, 6), st.sampled_from([1, 3, 24])),
    st.tuples(st.just("forbid"), st.sampled_from(ZONES)),
)

Outcome = dict[Any, tuple[Any, ...]]


def state() -> Outcome:
    """All of every booking that a revision may touch, and all that it may not."""
    names = ("attention", "phase_id", "agreed_phase_id", "status", "rank", "starts_at", "ends_at", "hold_expires_at")
    return {row[0]: row[1:] for row in Booking.objects.values_list("pk", *names)}


def verb(world: World, what: tuple[Any, ...]) -> partial[Any] | None:
    kind, *asked = what
    docked = Phase.objects.get(module=world.module, kind="docked")
    if kind == "slip":
        ends_at = EARLIEST + timedelta(hours=asked[0])
        return partial(
            operations.revise_phase,
            phase_id=docked.pk,
            starts_at=docked.starts_at,
            ends_at=ends_at,
            certainty="planned",
        )
    if kind in ("limit", "forbid"):
        arena = {zone.slug: zone.pk for zone in world.module.zones.all()}
        rules = {} if kind == "forbid" else {"crew_limit": asked[0], "longest_window": timedelta(hours=asked[1])}
        banned = {arena[asked[0]]: ["sports"]} if kind == "forbid" else None
        return partial(operations.change_rules, phase_id=docked.pk, changes=rules, zone_activities=banned)
    if kind == "close":
        times = _times(asked)
        return partial(
            operations.declare_closure, module=world.module, kind="maintenance", zones=_zones(world, asked[2]), **times
        )
    standing = Closure.objects.standing().order_by("-pk").first()
    if standing is None:
        return None
    if kind == "open":
        return partial(operations.withdraw_closure, closure_id=standing.pk)
    return partial(operations.change_closure, closure_id=standing.pk, zones=_zones(world, asked[2]), **_times(asked))


def _times(asked: list[Any]) -> dict[str, datetime]:
    starts_at = EARLIEST + timedelta(hours=asked[0])
    return {"starts_at": starts_at, "ends_at": starts_at + asked[1]}


def _zones(world: World, slugs: tuple[str, ...]) -> list[Any]:
    return list(world.module.zones.filter(slug__in=slugs))


def book(world: World, wish: tuple[Any, ...]) -> None:
    hour, length, zones, crew, ours, outright = wish
    start = EARLIEST + timedelta(hours=hour)
    by = world.ours if ours else world.theirs
    status = Status.REQUESTED if outright else Status.HELD
    try:
        world.reserve(Span(start, start + length), by=by, zones=zones, crew=crew, status=status)
    except Refusal:
        return


def one_revision(world: World, change: partial[Any]) -> Any:
    """Preview, apply, and hold the one against the other."""
    before, standing = state(), operations.standing(world.module)
    revision = replanning.preview(world.module, change, reason="Slips.", actor=world.staff, at=NOW)
    assert (state(), operations.standing(world.module)) == (before, standing), "a preview changes nothing"
    told = {row.booking_id: row for row in RevisedBooking.objects.filter(revision=revision)}
    phases = dict(Phase.objects.values_list("pk", "kind"))
    replanning.apply_preview(revision.pk, actor=world.staff, at=NOW)
    for pk, now in state().items():
        if pk in told:
            assert (now[0], phases[now[1]]) == (told[pk].attention_after, told[pk].phase_after)
            assert now[3:] == before[pk][3:], "nothing is moved"
        else:
            assert now == before[pk], "what was not shown was not touched"
    invariants.check_one_occupant()
    invariants.check_closures(invariants.bookings(), NOW)
    invariants.check_reminders(invariants.bookings(), NOW)
    return revision


@settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(booked=st.lists(wishes, min_size=2, max_size=6), asked=st.lists(changes, min_size=1, max_size=4))
def check_random_revisions(world: World, booked: list[Any], asked: list[Any]) -> None:
    with transaction.atomic():
        for wish in booked:
            book(world, wish)
        trail = []
        for what in asked:
            change, before, standing = verb(world, what), state(), operations.standing(world.module)
            if change is None:
                continue
            try:
                revision = one_revision(world, change)
            except ScheduleConflict:
                assert (state(), operations.standing(world.module)) == (before, standing)
                continue
            trail.append((revision, before))
        for revision, before in reversed(trail):
            back = replanning.preview_return(revision.pk, reason="Wrong.", actor=world.staff, at=NOW)
            replanning.apply_preview(back.pk, actor=world.staff, at=NOW)
            assert state() == before, "taken back, every booking is what it was"
            invariants.check_reminders(invariants.bookings(), NOW)
        transaction.set_rollback(True)


@pytest.mark.slow
def test_a_preview_is_what_happens_and_what_is_taken_back_was_never_there(world: World) -> None:
    check_random_revisions(world)
