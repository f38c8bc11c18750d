"""The nearest free windows to one that cannot be had: earlier, later, and elsewhere at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from bookings.conditions import parse
from bookings.drafts import Draft
from bookings.search.grid import Grid, Mask, from_us, to_us
from bookings.search.ground import survey
from bookings.search.reasons import satisfied
from bookings.search.request import SearchRequest
from bookings.search.requirements import Case, Target, requirements, waking
from bookings.search.sky import of_the_orbit, outlook_of
from modules.intervals import Span
from modules.models import Module, Phase, Zone
from modules.schedule import schedule_of

REACH = timedelta(days=30)
MOST = 4


def nearest(
    draft: Draft,
    module: Module,
    *,
    at: datetime,
    but: UUID | None = None,
    reach: timedelta = REACH,
    within: Span | None = None,
) -> list[dict[str, Any]]:
    """Up to four windows like `draft` that can be booked as given, the nearest in time first.

    All its zones together at the nearest earlier and later time; and, where it asks for one zone, other zones at
    its own time. `but` names the booking that would move there; `reach` is how far before and after is looked, and
    `within` what the windows must lie in.
    """
    everywhere = schedule_of(module.pk).zones
    own = tuple(zone for zone in everywhere if zone.slug in draft.zones)
    others = [zone for zone in everywhere if len(own) == 1 and zone not in own]
    if not own:
        return []
    case = _case(draft, module, [own, *((zone,) for zone in others)], everywhere, at, but, reach)
    masks = satisfied(case, [*requirements(case), *of_the_orbit(case, outlook_of(case.request))])
    if within is not None:
        _forbid_outside(case.grid, masks, within)
    here = int(case.grid.first_at(to_us(draft.span.starts_at)))
    elsewhere = [(0, here, target) for target, mask in zip(case.targets[1:], masks[1:], strict=True) if mask[here]]
    found = sorted([*elsewhere, *_about(masks[0], here, own)], key=lambda window: window[0])
    return [_offer(case.grid, position, target) for _, position, target in found[:MOST]]


def _forbid_outside(grid: Grid, masks: Sequence[Mask], within: Span) -> None:
    first = int(grid.first_at(to_us(within.starts_at)))
    end = int(grid.first_after(to_us(within.ends_at) - grid.window_us))
    for mask in masks:
        mask[:first] = mask[end:] = False


def _about(mask: Mask, here: int, target: Target) -> list[tuple[int, int, Target]]:
    """The nearest allowed positions before and after `here`, as (distance, position, target)."""
    earlier, later = np.flatnonzero(mask[:here]), np.flatnonzero(mask[here + 1 :])
    found = []
    if len(earlier):
        found.append((here - int(earlier[-1]), int(earlier[-1]), target))
    if len(later):
        found.append((int(later[0]) + 1, here + 1 + int(later[0]), target))
    return found


def _case(
    draft: Draft,
    module: Module,
    targets: Sequence[Target],
    zones: Sequence[Zone],
    at: datetime,
    but: UUID | None,
    reach: timedelta,
) -> Case:
    span = Span(
        max(draft.span.starts_at - reach, min(at, draft.span.starts_at)),
        draft.span.ends_at + reach,
    )
    ground = survey(module, zones, span, at=at, but=but)
    request = SearchRequest(
        module=module,
        activity=draft.activity,
        duration=draft.span.duration,
        span=span,
        crew=draft.crew,
        power_kw=draft.power_kw,
        downlink_mbps=draft.downlink_mbps,
        crew_awake=is_awake(draft.span, ground.phases),
        conditions=parse(draft.conditions),
    )
    return Case(request, Grid.over(span, request.duration, 1), ground, targets, at)


def is_awake(span: Span, phases: Sequence[Phase]) -> bool:
    """Whether the span lies in one waking day of the crew: then so should what is offered instead."""
    for phase in phases:
        if phase.is_bookable and Span(phase.starts_at, phase.ends_at or span.ends_at).overlaps(span):
            wake_us, awake_us = waking(phase.rules.crew_wake, phase.rules.crew_sleep)
            midnight = span.starts_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            wakes = [from_us(to_us(midnight) + wake_us) - timedelta(days=back) for back in (0, 1)]
            return any(Span(w, w + timedelta(microseconds=awake_us)).covers(span) for w in wakes)
    return False


def _offer(grid: Grid, position: int, target: Target) -> dict[str, Any]:
    starts_at = grid.start(position)
    ends_at = starts_at + timedelta(microseconds=grid.window_us)
    return {
        "zones": [zone.slug for zone in target],
        "starts_at": _written(starts_at),
        "ends_at": _written(ends_at),
    }


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
