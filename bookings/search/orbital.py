"""What a window must satisfy of the orbit: light, a pass, unbroken downlink, each as a mask over the grid.

Where clock times can be said, a night (or a day, a pass, a stretch of coverage) counts for the part that holds whatever
the error: in `good` and `indicative` stretches it is shortened at both ends by their uncertainty. A window that touches
a `statistical` stretch is judged by the plane alone: `guarantees` says what its length is sure to hold, wherever in the
orbit it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np

from bookings.conditions import Conditions, Lighting
from bookings.search import guarantees, orbital_sentences
from bookings.search.grid import Grid, Instants, Mask
from bookings.search.request import SearchRequest
from modules.conditions import DayPlane, Outlook
from modules.conditions.engine import Table, day_s
from modules.orbit.coverage import gaps
from modules.orbit.tiers import TABLE
from modules.orbit.times import DAY_S

SECOND_US = 1_000_000
PRECISE_S = TABLE[0].uncertainty_seconds or 0.0


@dataclass(frozen=True, slots=True)
class OrbitalRequirement:
    """Where on the grid one thing that is asked of the orbit is given, whatever the zone."""

    name: str
    mask: Mask
    detail: Callable[[], str]


def orbital_requirements(request: SearchRequest, grid: Grid, outlook: Outlook) -> list[OrbitalRequirement]:
    """A requirement for each thing that the request asks of the orbit."""
    wanted, window = request.conditions, request.duration
    asked: list[tuple[str, Mask, guarantees.Guarantee, Callable[[SearchRequest, Outlook], str]]] = []
    if wanted.lighting != Lighting.ANY:
        lit = _lit(grid, outlook, wanted, window)
        asked.append(("lighting", lit, partial(guarantees.lit, wanted), orbital_sentences.lighting))
    if wanted.wants_pass:
        passing = _passing(grid, outlook, wanted)
        asked.append(("pass", passing, guarantees.nothing, orbital_sentences.passing))
    if wanted.downlink_min is not None:
        covered = _containing(grid, held(outlook, outlook.covered), wanted.downlink_min)
        asked.append(("downlink", covered, guarantees.nothing, orbital_sentences.downlink))
    found = []
    for name, by_clock, is_sure, sentence in asked:
        mask = _with_statistics(grid, outlook, by_clock, partial(_sure, is_sure, window))
        said = partial(orbital_sentences.apart, name) if mask.any() else sentence
        found.append(OrbitalRequirement(name, mask, detail=partial(said, request, outlook)))
    return found


def _sure(guarantee: guarantees.Guarantee, window: timedelta, plane: DayPlane) -> bool:
    return guarantee(plane, window)


def _lit(grid: Grid, outlook: Outlook, wanted: Conditions, window: timedelta) -> Mask:
    if wanted.lighting == Lighting.NIGHT:
        return _containing(grid, held(outlook, outlook.nights), wanted.light_needed(window))
    if wanted.lighting == Lighting.DAY:
        return _containing(grid, held(outlook, days(outlook)), wanted.light_needed(window))
    return _holding(grid, outlook, outlook.sunrises if wanted.lighting == Lighting.SUNRISE else outlook.sunsets)


def _passing(grid: Grid, outlook: Outlook, wanted: Conditions) -> Mask:
    """Windows in which a whole pass lies, as much of it as is sure, and long enough."""
    sure = held(outlook, outlook.passes[:, 1:3])
    least_s = (wanted.pass_min or timedelta(0)).total_seconds()
    long_enough = sure[sure[:, 1] - sure[:, 0] >= least_s]
    mask = grid.nowhere()
    grid.allow_from_to(mask, _us(long_enough[:, 1]) - grid.window_us, _us(long_enough[:, 0]))
    return mask


def _containing(grid: Grid, spans: Table, least: timedelta) -> Mask:
    """Windows that share at least `least` with one of the spans."""
    least_s, least_us = least.total_seconds(), round(least.total_seconds() * SECOND_US)
    mask = grid.nowhere()
    if least_us > grid.window_us:
        return mask
    long_enough = spans[spans[:, 1] - spans[:, 0] >= least_s]
    firsts = _us(long_enough[:, 0]) + least_us - grid.window_us
    grid.allow_from_to(mask, firsts, _us(long_enough[:, 1]) - least_us)
    return mask


def _holding(grid: Grid, outlook: Outlook, instants_s: Table) -> Mask:
    """Windows in which one of the instants falls, whatever the error."""
    error_s = _counted_error(outlook, instants_s)
    mask = grid.nowhere()
    firsts = _us(instants_s + error_s) - grid.window_us + 1
    grid.allow_from_to(mask, firsts, _us(instants_s - error_s))
    return mask


def _with_statistics(grid: Grid, outlook: Outlook, by_clock: Mask, is_sure: Callable[[DayPlane], bool]) -> Mask:
    """By the clock where there is one; elsewhere only what the plane guarantees."""
    unclear = gaps(outlook.clock, outlook.stretches[0].starts_s, outlook.stretches[-1].ends_s)
    if not len(unclear):
        return by_clock
    clear, sure = grid.everywhere(), grid.nowhere()
    grid.forbid_touching(clear, _us(unclear[:, 0]), _us(unclear[:, 1]))
    for day, plane in outlook.planes.items():
        if is_sure(plane):
            begins = round(day_s(day) * SECOND_US)
            sure[grid.between(begins, begins + round(DAY_S * SECOND_US))] = True
    mask: Mask = np.where(clear, by_clock, sure)
    return mask


def held(outlook: Outlook, spans: Table) -> Table:
    """The part of each span that holds whatever the error; none of those too short to have any."""
    errors = _counted_error(outlook, spans)
    # Where our knowledge begins or ends there is no event whose time could be off.
    errors[np.isin(spans, outlook.clock.ravel())] = 0.0
    sure: Table = spans + errors * [1, -1]
    return sure[sure[:, 1] > sure[:, 0]]


def _counted_error(outlook: Outlook, instants_s: Table) -> Table:
    """By how much an instant may be off, as far as it counts: precise times count as they are."""
    errors = outlook.uncertainty_s(instants_s)
    errors[errors <= PRECISE_S] = 0.0
    return errors


def days(outlook: Outlook) -> Table:
    """Orbital day wherever there is a clock: what the nights leave of it."""
    parts = [gaps(outlook.nights, starts_s, ends_s) for starts_s, ends_s in outlook.clock]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _us(instants_s: Table) -> Instants:
    return np.round(instants_s * SECOND_US).astype(np.int64)
