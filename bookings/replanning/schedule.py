"""The door by which the schedule is changed at once: a verb of `modules.operations`, and then what it does to bookings.

Change and consequence are one transaction under one lock: the module is owned before the schedule is written and
until every booking it touches has been looked at. Bookings are flagged or cleared, never moved or cancelled; their
people are told once each, however many closures, phases or bookings one change touches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic

from django.db import transaction

from bookings.actors import Actor
from bookings.models import Booking, ScheduleRevision
from bookings.replanning import asking, effects
from bookings.replanning.effects import Effect, Outcome
from bookings.replanning.revisions import carry_out, record
from bookings.replanning.working import Result, Worked, check_staff, work, write_flags
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import Module


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Bookings whose flags, or phase, a look at them changed."""

    flagged: tuple[Booking, ...] = ()
    cleared: tuple[Booking, ...] = ()

    @property
    def sentence(self) -> str:
        """What it came to, for whoever changed the schedule."""
        said = [
            f"{_counted(found)} {what}"
            for found, what in ((self.flagged, "flagged for attention"), (self.cleared, "cleared of it"))
            if found
        ]
        return f"{', '.join(said)}." if said else "No booking is affected."


@dataclass(frozen=True, slots=True)
class Replanned(Generic[Result]):
    """What a change of schedule handed back, and what it did to bookings."""

    result: Result
    reviewed: Reviewed
    revision: ScheduleRevision


def apply(
    module: Module, change: Callable[..., Result], *, reason: str, actor: Actor, at: datetime
) -> Replanned[Result]:
    """Change the schedule at once and look at every booking it touches: all of it, or nothing.

    `change` is a `functools.partial` of a verb. Raises NotAllowed for others than staff, and what the verb raises.
    """
    check_staff(actor)
    assert isinstance(change, partial)  # noqa: S101 - so it can be kept
    asked = asking.write(change)
    with transaction.atomic():
        worked: Worked[Result] = work(module, change, reason=reason, actor=actor, at=at)
        reviewed = _reviewed(worked.effects)
        revision = record(module, asked, worked, reason=reason, actor=actor, at=at)
        carry_out(revision, worked, actor=actor, at=at)
    return Replanned(worked.result, reviewed, revision)


def recheck(module: Module, touched: Spans, *, reason: str, actor: Actor, at: datetime) -> Reviewed:
    """Hold every active booking in `touched` against the schedule as it is, and set or clear its flags."""
    return _recheck(module, lambda: effects.of_schedule(module, touched, at=at), reason, actor, at)


def recheck_conditions(module: Module, *, reason: str, actor: Actor, at: datetime) -> Reviewed:
    """Hold every active booking that asks something of the orbit against it as it is now known."""
    return _recheck(module, lambda: effects.of_orbit(module, at=at), reason, actor, at)


def _recheck(module: Module, look: Callable[[], Any], reason: str, actor: Actor, at: datetime) -> Reviewed:
    with transaction.atomic():
        own_module(module.pk)
        found = effects.together(look(), ())
        reviewed = _reviewed(found)
        write_flags(found, reason=reason, actor=actor, at=at, once=f"look:{at.isoformat()}")
    return reviewed


def _reviewed(found: Sequence[Effect]) -> Reviewed:
    """To be asked before the bookings are written: afterwards nothing changes any more."""
    flagged = tuple(effect.booking for effect in found if effect.outcome == Outcome.FLAGGED)
    cleared = tuple(effect.booking for effect in found if effect.outcome == Outcome.CLEARED)
    return Reviewed(flagged, cleared)


def _counted(bookings: tuple[Booking, ...]) -> str:
    return "1 booking" if len(bookings) == 1 else f"{len(bookings)} bookings"
