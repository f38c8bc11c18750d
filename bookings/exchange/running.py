"""Takes a table's rows in one by one, in one transaction: a dry run undoes it, and so does a row that is refused.

The module is owned from the first row to the last, so that no row waits for somebody who waits for another row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed, Refusal
from bookings.exchange.sheet import Sheet
from bookings.exchange.tables import Row
from modules.exceptions import ImportRefused, ModuleError
from modules.locking import own_module
from modules.models import Module

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a row does, or would: by the number that it has in the file, whose head is row 1."""

    row: int
    verb: str
    label: str
    details: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        return self.verb == REFUSED


@dataclass(frozen=True, slots=True)
class Outcome:
    effects: tuple[Effect, ...]
    kept: bool

    def count(self, verb: str) -> int:
        return sum(effect.verb == verb for effect in self.effects)

    @property
    def is_refused(self) -> bool:
        return any(effect.is_refused for effect in self.effects)

    @property
    def digest(self) -> str:
        """The same for the same effects: by it one says that one wants what was shown."""
        told = [[e.row, e.verb, e.label, e.details] for e in self.effects]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def run(
    sheet: Sheet, rows: Sequence[Row], *, actor: Actor, at: datetime, keep: bool = False, expected: str = ""
) -> Outcome:
    """What the rows do; kept only where `keep` is asked, none is refused, and they do what `expected` says.

    Raises ImportRefused for columns that the sheet does not have, or lacks; NotAllowed where the actor may not.
    """
    check_right(sheet, actor)
    _check_columns(sheet, rows)
    rows = [dict.fromkeys(sheet.required, "") | row for row in rows]  # JSON may leave out a cell, row by row
    with transaction.atomic():
        for module_id in Module.objects.order_by("pk").values_list("pk", flat=True):
            own_module(module_id)
        effects = tuple(_effect(sheet, number, row, actor, at) for number, row in enumerate(rows, start=2))
        outcome = Outcome(effects, kept=keep and not any(effect.is_refused for effect in effects))
        if expected and outcome.digest != expected:
            outcome = Outcome(effects, kept=False)
        if not outcome.kept:
            transaction.set_rollback(True)
    return outcome


def check_right(sheet: Sheet, actor: Actor) -> None:
    """Raises NotAllowed where the actor may not take such a table in; to be asked before a file is read at all."""
    if actor.user is None or not actor.is_staff or not actor.user.has_perms(sheet.to_take):
        raise NotAllowed(f"Your groups do not let you import {sheet.name}.")


def _check_columns(sheet: Sheet, rows: Sequence[Row]) -> None:
    there = dict.fromkeys(name for row in rows for name in row)
    strange = [name for name in there if name not in sheet.columns]
    if strange:
        known = ", ".join(sheet.columns)
        raise ImportRefused(
            _("There is no column “%(column)s” in a table of %(kind)s; there are: %(columns)s.")
            % {"column": strange[0][:60], "kind": sheet.name, "columns": known}
        )
    lacking = [name for name in sheet.required if name not in there]
    if lacking:
        raise ImportRefused(_("The table lacks the column “%(column)s”.") % {"column": lacking[0]})


def _effect(sheet: Sheet, number: int, row: Row, actor: Actor, at: datetime) -> Effect:
    try:
        with transaction.atomic():
            taken = sheet.take(row, actor=actor, at=at)
    except (Refusal, ModuleError, ValidationError, IntegrityError, DataError) as refusal:
        return Effect(number, REFUSED, _name(row), tuple(_sentences(refusal)))
    return Effect(number, taken.verb, taken.label, taken.details)


def _name(row: Row) -> str:
    return next((row[name] for name in ("reference", "slug", "card", "kind", "production") if row.get(name)), "")


def _sentences(refusal: Exception) -> list[str]:
    if isinstance(refusal, ValidationError):
        return list(refusal.messages)
    if isinstance(refusal, (IntegrityError, DataError)):
        return [_("The database refuses this: it contradicts what is there, or is too large.")]
    errors: Sequence[FieldError] = getattr(refusal, "errors", ())
    if isinstance(refusal, Invalid) or errors:
        return [f"{error.field}: {error.detail}" for error in errors]
    return [str(getattr(refusal, "detail", refusal))]
