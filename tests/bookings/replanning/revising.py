"""Changes of the schedule, previewed, carried out and taken back as staff do it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from bookings import replanning
from bookings.models import RevisedBooking, ScheduleRevision
from modules import operations
from modules.models import (
    FlightRules,
    Module,
    Phase,
    PhaseRevision,
)
from tests.bookings import invariants
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")
REASON = "Progress docks."


def closing(world: World, window=WINDOW, zones: tuple[str, ...] = ()) -> partial[Any]:
    return partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        zones=list(world.module.zones.filter(slug__in=zones)),
    )


def slipping(world: World, day: str) -> partial[Any]:
    docked = Phase.objects.get(module=world.module, kind="docked")
    until = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return partial(
        operations.revise_phase,
        phase_id=docked.pk,
        starts_at=docked.starts_at,
        ends_at=until,
        certainty="planned",
    )


def limiting(**changes: Any) -> partial[Any]:
    docked = Phase.objects.get(kind="docked")
    return partial(operations.change_rules, phase_id=docked.pk, changes=changes)


def preview(world: World, change: partial[Any], *, at: datetime = NOW) -> ScheduleRevision:
    return replanning.preview(world.module, change, reason=REASON, actor=world.staff, at=at)


def carry_out(world: World, revision: ScheduleRevision, *, at: datetime = NOW) -> ScheduleRevision:
    return replanning.apply_preview(revision.pk, actor=world.staff, at=at)


def take_back(world: World, revision: ScheduleRevision) -> ScheduleRevision:
    back = replanning.preview_return(revision.pk, reason="It was wrong.", actor=world.staff, at=NOW)
    return carry_out(world, back)


def shown(revision: ScheduleRevision) -> dict[str, tuple[str, list[str]]]:
    rows = RevisedBooking.objects.filter(revision=revision).select_related("booking")
    return {row.booking.reference: (row.outcome, row.attention_after) for row in rows}


def everything() -> list[Any]:
    """All that a revision could have an effect on, the record of revisions left out."""
    kept = (Phase, FlightRules, PhaseRevision, Module)
    return [invariants.snapshot(), *(list(model.objects.order_by("pk").values()) for model in kept)]
