"""Random weeks in the life of the module: whatever several organisations and staff do, what must hold holds.

`HYPOTHESIS_PROFILE=long` looks for longer, and differently each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bookings import delivery, lifecycle, replanning
from bookings.exceptions import NotFound, Refusal
from bookings.models import Booking
from bookings.states import Status
from modules import operations
from modules.exceptions import ScheduleConflict
from modules.intervals import Span
from modules.models import Closure
from tests.bookings import invariants
from tests.world import NOW, World, build, company

settings.register_profile("suite", max_examples=12, stateful_step_count=40, derandomize=True)
settings.register_profile("long", max_examples=600, stateful_step_count=60)

ZONES = ("studio", "arena", "control")
places = st.tuples(st.sampled_from([2, 3, 3, 9]), st.integers(0, 6))  # days from today, hours from eight in the morning
lengths = st.sampled_from([timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=5)])
zone_sets = st.sampled_from([("arena",), ("arena",), ("arena", "studio"), ("studio",), ("control", "studio"), ZONES])
which = st.integers(0, 40)
statuses = st.sampled_from([Status.HELD, Status.HELD, Status.HELD, Status.REQUESTED])
demands = st.fixed_dictionaries({"crew": st.sampled_from([0, 0, 1, 2, 5]), "power_kw": st.sampled_from(["0", "3.5"])})
wishes = st.tuples(st.integers(0, 2), places, lengths, zone_sets, statuses, demands)


class Weeks(RuleBasedStateMachine):
    world: World

    @initialize(first=st.lists(wishes, min_size=3, max_size=8))
    def begin(self, first: list[Any]) -> None:
        self.now = NOW
        self.made: list[Any] = []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        for wish in first:
            self.reserve(wish)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Do it, or be refused and have changed nothing at all."""
        before = invariants.snapshot()
        try:
            return action()
        except (Refusal, ScheduleConflict):
            assert invariants.snapshot() == before
            return None

    def pick(self, index: int) -> Booking | None:
        return Booking.objects.get(pk=self.made[index % len(self.made)]) if self.made else None

    def owner_of(self, booking: Booking) -> Any:
        return next(c.actor for c in self.companies() if c.organisation.pk == booking.organisation_id)

    def companies(self) -> list[Any]:
        return [self.world.ours, self.world.theirs, THIRD[0]]

    def start(self, place: tuple[int, int]) -> datetime:
        """At the lead time or a little beyond, and few enough to be wanted by several."""
        days, hours = place
        return self.now.replace(hour=8, minute=0) + timedelta(days=days, hours=hours)

    @rule(wish=wishes)
    def reserve(self, wish: Any) -> None:
        who, place, length, zones, status, asked = wish
        company, start = self.companies()[who], self.start(place)
        window = Span(start, start + length)
        booking = self.attempt(
            lambda: self.world.reserve(window, by=company, zones=zones, status=status, at=self.now, **asked)
        )
        if booking is not None:
            self.made.append(booking.pk)

    @rule(wish=wishes)
    def reserve_more(self, wish: Any) -> None:
        self.reserve(wish)

    @rule(who=st.integers(0, 2), first=places, second=places, zones=zone_sets)
    def reserve_two_as_one(self, who: int, first: tuple[int, int], second: tuple[int, int], zones: Any) -> None:
        company = self.companies()[who]
        drafts = [
            self.world.draft(Span(start, start + timedelta(hours=1)), by=company, zones=zones)
            for start in (self.start(first), self.start(second))
        ]
        made = self.attempt(lambda: lifecycle.reserve_all(actor=company.actor, drafts=drafts, at=self.now))
        self.made += [booking.pk for booking in made or ()]

    @rule(index=which, place=places, length=lengths, zones=st.none() | zone_sets)
    def move(self, index: int, place: tuple[int, int], length: timedelta, zones: Any) -> None:
        start = self.start(place)
        changes = {"starts_at": start, "ends_at": start + length} | ({"zones": zones} if zones else {})
        self.change(index, changes)

    @rule(index=which, cut=st.sampled_from([30, 60, 120, 180]), at_the_end=st.booleans())
    def shorten(self, index: int, cut: int, at_the_end: bool) -> None:
        booking = self.pick(index)
        if booking is not None:
            sign, name = (-1, "ends_at") if at_the_end else (1, "starts_at")
            self.change(index, {name: getattr(booking, name) + sign * timedelta(minutes=cut)})

    @rule(index=which, zone=st.sampled_from(ZONES))
    def keep_one_zone(self, index: int, zone: str) -> None:
        self.change(index, {"zones": (zone,)})

    @rule(index=which, crew=st.integers(0, 6))
    def ask_for_crew(self, index: int, crew: int) -> None:
        self.change(index, {"crew": crew})

    def change(self, index: int, changes: dict[str, Any]) -> None:
        booking = self.pick(index)
        if booking is not None:
            actor = self.owner_of(booking)
            self.attempt(lambda: lifecycle.change(actor=actor, booking_id=booking.pk, changes=changes, at=self.now))

    @rule(index=which, verb=st.sampled_from(["request", "request", "cancel", "release", "challenge", "challenge"]))
    def act(self, index: int, verb: str) -> None:
        booking = self.pick(index)
        if booking is not None:
            act = getattr(lifecycle, verb)
            self.attempt(lambda: act(actor=self.owner_of(booking), booking_id=booking.pk, at=self.now))

    @rule(index=which, yes=st.booleans())
    def answer(self, index: int, yes: bool) -> None:
        booking = self.pick(index)
        if booking is not None:
            verb, said = (lifecycle.confirm, "concurrence") if yes else (lifecycle.decline, "reason")
            staff = self.world.staff
            self.attempt(lambda: verb(actor=staff, booking_id=booking.pk, at=self.now, **{said: "Axiom, by mail"}))

    @rule(index=which, verb=st.sampled_from(["request", "cancel", "release", "challenge"]))
    def a_stranger_acts(self, index: int, verb: str) -> None:
        booking = self.pick(index)
        if booking is not None:
            stranger = next(c for c in self.companies() if c.organisation.pk != booking.organisation_id)
            before = invariants.snapshot()
            with pytest.raises(NotFound):
                getattr(lifecycle, verb)(actor=stranger.actor, booking_id=booking.pk, at=self.now)
            assert invariants.snapshot() == before

    @rule(place=places, length=lengths, zones=st.sets(st.sampled_from(ZONES), max_size=1))
    def close(self, place: tuple[int, int], length: timedelta, zones: set[str]) -> None:
        start = self.start(place)
        shut = self.world.module.zones.filter(slug__in=zones)
        verb = partial(
            operations.declare_closure,
            module=self.world.module,
            kind="maintenance",
            starts_at=start,
            ends_at=start + length,
            zones=list(shut),
        )
        self.replan(verb)

    @rule()
    def open_again(self) -> None:
        closure = Closure.objects.standing().order_by("-pk").first()
        if closure is not None:
            self.replan(partial(operations.withdraw_closure, closure_id=closure.pk))

    def replan(self, verb: Any) -> None:
        self.attempt(
            lambda: replanning.apply(self.world.module, verb, reason="It broke.", actor=self.world.staff, at=self.now)
        )

    @rule(hours=st.sampled_from([1, 5, 12, 24, 48]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        lifecycle.expire_due(at=self.now)
        lifecycle.complete_past(at=self.now)
        delivery.deliver_due(at=self.now)

    @invariant()
    def what_must_hold_holds(self) -> None:
        invariants.check(self.now)


THIRD: list[Any] = []


@pytest.mark.slow
@pytest.mark.django_db
def test_random_weeks() -> None:
    Weeks.world = build()
    THIRD[:] = [company("Cirrus Music", "third@cirrus.example")]
    profile = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
    run_state_machine_as_test(Weeks, settings=settings(profile, deadline=None, suppress_health_check=list(HealthCheck)))
