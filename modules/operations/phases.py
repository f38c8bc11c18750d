"""Revise the phases of a mission. Dates slip: what they said before is kept, with the reason.

Where two phases touch, the boundary is one thing said twice: moving it moves the end of the one and the start of
the other in the same transaction, with the database's check on overlaps put off until both are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, connection, transaction

from modules.exceptions import ScheduleConflict
from modules.intervals import Span, Spans
from modules.locking import own_module
from modules.models import Certainty, FlightRules, Module, Phase, PhaseRevision
from modules.operations.changes import Change, difference, gmt, period, said
from modules.operations.flight_rules import checked, keep_rules

OVERLAP = "phase_never_overlaps"


def revise_phase(
    *,
    phase_id: int,
    starts_at: datetime,
    ends_at: datetime | None,
    certainty: str,
    reason: str,
    at: datetime,
    by: str,
) -> Change[list[Phase]]:
    """Say anew when a phase is; whichever phase touched it at a boundary that moves, moves with it.

    Gives every phase that changed, the revised one first. Raises ScheduleConflict where phases would overlap.
    """
    reason = said(reason)
    with transaction.atomic():
        phases = _owned(phase_id)
        phase = next(each for each in phases if each.pk == phase_id)
        before = {each.pk: period(each.starts_at, each.ends_at) for each in phases}
        old = {each.pk: _content(each) for each in phases}
        _move_neighbours(phase, phases, starts_at, ends_at)
        phase.starts_at, phase.ends_at, phase.certainty = starts_at, ends_at, certainty
        _check_apart(phases)
        changed = sorted((each for each in phases if _content(each) != old[each.pk]), key=lambda p: p.pk != phase_id)
        _save(changed, reason=reason, at=at, by=by)
    touched = Spans()
    for each in changed:
        touched |= difference(before[each.pk], period(each.starts_at, each.ends_at))
    return Change(changed, touched)


def add_phase(
    *,
    module: Module,
    kind: str,
    starts_at: datetime,
    ends_at: datetime | None,
    certainty: str = Certainty.PLANNED,
    rules: dict[str, Any],
    reason: str,
    at: datetime,
    by: str,
) -> Change[Phase]:
    """A further phase with its flight rules (fields of FlightRules). Raises ScheduleConflict where it overlaps."""
    reason, span = said(reason), period(starts_at, ends_at)
    with transaction.atomic():
        own_module(module.pk)
        phase = Phase(module=module, kind=kind, starts_at=starts_at, ends_at=ends_at, certainty=certainty)
        _check_apart([*Phase.objects.filter(module=module), phase])
        with _overlaps_checked_last():
            phase.save()
        keep(phase, reason=reason, at=at, by=by)
        flight_rules = checked(FlightRules(phase=phase, **rules))
        flight_rules.save()
        keep_rules(flight_rules, reason=reason, at=at, by=by)
    return Change(phase, Spans([span]))


def restore_phases(
    *,
    module: Module,
    dates: Mapping[int, tuple[datetime | None, datetime | None, str]],
    reason: str,
    at: datetime,
    by: str,
) -> Spans:
    """Give phases (by id) the start, end and certainty that they had; the time in which the schedule now differs.

    Several at once, for a slip moves the end of one with the start of the next. Raises ScheduleConflict on overlaps.
    """
    phases = list(Phase.objects.filter(module=module).order_by("starts_at"))
    changed = [phase for phase in phases if phase.pk in dates]
    before = {phase.pk: period(phase.starts_at, phase.ends_at) for phase in changed}
    for phase in changed:
        starts_at, phase.ends_at, phase.certainty = dates[phase.pk]
        phase.starts_at = starts_at or phase.starts_at
    _check_apart(phases)
    _save(changed, reason=reason, at=at, by=by)
    touched = Spans()
    for phase in changed:
        touched |= difference(before[phase.pk], period(phase.starts_at, phase.ends_at))
    return touched


def keep(phase: Phase, *, reason: str, at: datetime, by: str) -> None:
    """Write what the phase says now into its history."""
    PhaseRevision.objects.create(
        phase=phase,
        starts_at=phase.starts_at,
        ends_at=phase.ends_at,
        certainty=phase.certainty,
        reason=reason,
        recorded_at=at,
        recorded_by=by[:200],
    )


def _owned(phase_id: int) -> list[Phase]:
    """Every phase of the phase's module, read with the module owned."""
    module_id = Phase.objects.filter(pk=phase_id).values_list("module_id", flat=True).first()
    if module_id is None:
        raise ScheduleConflict("There is no such phase.")
    own_module(module_id)
    return list(Phase.objects.filter(module_id=module_id).order_by("starts_at"))


def _content(phase: Phase) -> tuple[object, ...]:
    return phase.starts_at, phase.ends_at, phase.certainty


def _move_neighbours(phase: Phase, phases: Sequence[Phase], starts_at: datetime, ends_at: datetime | None) -> None:
    for each in phases:
        if each.pk == phase.pk:
            continue
        if each.ends_at == phase.starts_at:
            each.ends_at = starts_at
        if phase.ends_at is not None and each.starts_at == phase.ends_at:
            if ends_at is None:
                raise ScheduleConflict(
                    f"{_named(each)} follows at {gmt(each.starts_at)}, so {_named(phase)} cannot be left open."
                )
            each.starts_at = ends_at


def _check_apart(phases: Sequence[Phase]) -> None:
    """Whether each phase has a length and none overlaps; in sentences, before the database says it in its own."""
    spans = [(_span(phase), phase) for phase in phases]
    for (one, first), (other, second) in pairwise(sorted(spans, key=lambda pair: pair[0])):
        if one.overlaps(other):
            until = "without end" if first.ends_at is None else f"until {gmt(first.ends_at)}"
            raise ScheduleConflict(
                f"{_named(first)} would run {until}, and {_named(second)} starts {gmt(second.starts_at)}. "
                "Phases of one module cannot overlap: choose dates that leave room for both."
            )


def _span(phase: Phase) -> Span:
    try:
        return period(phase.starts_at, phase.ends_at)
    except ScheduleConflict as problem:
        detail = problem.detail.replace("It would", f"{_named(phase)} would")
        raise ScheduleConflict(f"{detail} Nothing would be left of it.") from problem


def _named(phase: Phase) -> str:
    return f"The {phase.get_kind_display()} phase"


def _save(phases: Sequence[Phase], *, reason: str, at: datetime, by: str) -> None:
    with _overlaps_checked_last():
        for phase in phases:
            phase.save(update_fields=["starts_at", "ends_at", "certainty"])
    for phase in phases:
        keep(phase, reason=reason, at=at, by=by)


@contextmanager
def _overlaps_checked_last() -> Iterator[None]:
    """Put the exclusion constraint's check off to the end of the block; its violation is a ScheduleConflict."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {OVERLAP} DEFERRED")
            yield
            cursor.execute(f"SET CONSTRAINTS {OVERLAP} IMMEDIATE")
    except IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        raise ScheduleConflict("Phases of one module cannot overlap, and these would.") from error
