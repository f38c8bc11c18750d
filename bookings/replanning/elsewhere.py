"""Where bookings could go instead, in the schedule that a preview would make: asked for the few that are on show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bookings.drafts import Draft
from bookings.exceptions import RuleBroken
from bookings.lifecycle.actions import draft_of
from bookings.lifecycle.survey import check, survey
from bookings.models import Booking, ScheduleRevision
from bookings.models.booking import Attention
from bookings.replanning.revisions import change_of
from bookings.rules import phase_of
from bookings.search.nearest import REACH, nearest
from modules.exceptions import ModuleError
from modules.intervals import Span
from modules.models import Module
from modules.schedule import schedule_of

REACHES = (timedelta(days=30), timedelta(days=180), timedelta(days=400))
"""How far from a booking's own time is looked, one after the other: an undocking may slip by more than half a year."""

Windows = dict[UUID, list[dict[str, Any]]]


def nearest_windows(revision: ScheduleRevision, bookings: Sequence[Booking], *, at: datetime) -> Windows:
    """Up to four windows for each booking, the nearest first. Nothing is changed.

    Where the preview is not applied its change is made for as long as is searched, and undone; where it can no longer
    be made, nobody is offered anything.
    """
    found = Windows()
    rows = revision.bookings.filter(booking__in=bookings)
    after: dict[UUID, list[str]] = dict(rows.values_list("booking", "attention_after"))
    with transaction.atomic():
        undone = transaction.savepoint()
        try:
            if not revision.is_applied:
                change_of(revision, at=at)(reason=revision.reason, at=at, by=revision.author)
            for booking in bookings:
                flags = after.get(booking.pk, [])
                tried = (windows_for(booking, flags, at=at, reach=reach) for reach in REACHES)
                found[booking.pk] = next(filter(None, tried), [])
        except ModuleError:
            found = {}
        finally:
            transaction.savepoint_rollback(undone)
    return found


def windows_for(
    booking: Booking, attention: Sequence[str], *, at: datetime, reach: timedelta = REACH
) -> list[dict[str, Any]]:
    """The nearest windows that satisfy all that the booking asks for; `attention` are the flags it has, or would have.

    A booking that a slip has put into another phase may keep every rule there, but not what was agreed. So the phase in
    which it was agreed is searched first; and any only where the booking breaks something where it is.
    """
    draft, module = draft_of(booking), booking.module
    phases = {phase.pk: phase for phase in schedule_of(module.pk).phases}
    agreed = phases.get(booking.agreed_phase_id or booking.phase_id)
    here = phase_of(booking.span, phases.values())
    if agreed is not None and here is not None and here.pk != agreed.pk:
        within = Span(agreed.starts_at, agreed.ends_at or datetime.max.replace(tzinfo=UTC))
        found = nearest(draft, module, at=at, but=booking.pk, reach=reach, within=within)
        if found:
            return found
    if not _breaks_something(draft, module, attention, at):
        return []
    return nearest(draft, module, at=at, but=booking.pk, reach=reach)


def _breaks_something(draft: Draft, module: Module, attention: Sequence[str], at: datetime) -> bool:
    if {Attention.CONDITIONS_DRIFTED, Attention.OVER_CAPACITY} & set(attention):
        return True
    try:
        check(draft, survey(draft, module), at=at, lead=False)
    except RuleBroken:
        return True
    return False
