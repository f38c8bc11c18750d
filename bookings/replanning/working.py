"""Making a change of the schedule and working out what bookings should be then: what a preview and the deed share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.utils import translation

from bookings import webhooks
from bookings.actors import Actor
from bookings.exceptions import NotAllowed
from bookings.lifecycle.attention import Flagging, flag
from bookings.replanning import effects
from bookings.replanning.effects import GIVEN_BACK, Effect
from bookings.replanning.ending import give_back
from modules import operations
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import Module
from modules.operations import Changed


class Touching(Protocol):
    """What a verb of `modules.operations` hands back: it says which time it touched."""

    @property
    def touched(self) -> Spans: ...


Result = TypeVar("Result", bound=Touching)


@dataclass(frozen=True, slots=True)
class Worked(Generic[Result]):
    """A change that was made: what the verb handed back, what of the schedule differs, what bookings should be.

    `closures_after` is the last revision of a closure before it: later ones are this change's.
    """

    result: Result
    closures_after: int
    changes: list[Changed]
    effects: list[Effect]

    @property
    def digest(self) -> str:
        """Equal for equal consequences, whenever they are worked out; sentences and drawn numbers left out."""
        bookings = [
            [str(e.booking.pk), e.booking.version, e.flags, e.phase.kind, sorted(f.code for f in e.findings)]
            for e in self.effects
        ]
        said = json.dumps([operations.essence(self.changes), bookings])
        return hashlib.sha256(said.encode()).hexdigest()


def check_staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAllowed("Only SEE-1 staff change the schedule.")


def work(module: Module, change: partial[Any], *, reason: str, actor: Actor, at: datetime) -> Worked[Any]:
    """Make the change, with the module owned, and work out what bookings should be then. None is written."""
    own_module(module.pk)
    before, closures_after = operations.standing(module), webhooks.last_revision(module)
    result = change(reason=reason, at=at, by=actor.label)
    changes = operations.differences(before, operations.standing(module))
    with translation.override(settings.LANGUAGE_CODE):  # what it finds is kept, and read by many
        found = effects.together(effects.of_schedule(module, result.touched, at=at), effects.of_orbit(module, at=at))
    return Worked(result, closures_after, changes, found)


def write_flags(found: Sequence[Effect], *, reason: str, actor: Actor, at: datetime, once: str) -> None:
    """Make the bookings what they should be, and tell their people. The module must be owned."""
    flaggings = [
        Flagging(effect.booking, effect.flags, effect.phase, [finding.detail for finding in effect.findings])
        for effect in found
        if effect.changes
    ]
    if flaggings:
        flag(flaggings, reason=reason, actor=actor, at=at, once=once)
    fitting = [effect.booking.pk for effect in found if any(each.code == GIVEN_BACK for each in effect.findings)]
    if fitting:
        give_back(fitting, actor=actor, at=at)
