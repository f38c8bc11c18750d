"""The computation of one day's table from one source: nights, passes, coverage, or what the plane tells.

Everything is computed over whole UTC days, so that the answer does not depend on who asked for what first. `VERSION`
is raised whenever a result changes: what older versions computed is then left alone, and computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from modules.conditions.relays import Provider, coverage
from modules.conditions.sources import Source
from modules.orbit import (
    Place,
    Trajectory,
    beta_degrees,
    nights,
    passes,
    sampled,
)
from modules.orbit.exceptions import NotCovered
from modules.orbit.plane import plane_forecast
from modules.orbit.times import DAY_S

VERSION = 1

EPOCH_DAY = date(1970, 1, 1)
PASS_MARGIN_S = 1800.0

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is computed: its name in the store, the columns of its table, and how.

    `compute(source, trajectory, start_s, end_s)` gives the rows of a span of whole days; the first column is the time
    that says to which day a row belongs. `is_kept` is False for what is too special to store.
    """

    name: str
    columns: int
    compute: Callable[[Source, Trajectory, float, float], Table]
    is_kept: bool = True


def night_subject() -> Subject:
    """Spans of orbital night, cut at midnight."""
    return Subject("night", 2, lambda _, trajectory, start_s, end_s: _at_midnights(nights(trajectory, start_s, end_s)))


def beta_subject() -> Subject:
    """Beta by the trajectory itself, at noon or as near as it reaches."""
    return Subject("beta", 2, _betas)


def plane_subject() -> Subject:
    """By the plane, at noon: time, beta, its error, the night's length, its least and most, orbits a day."""
    return Subject("plane", 7, _plane)


def pass_subject(place: Place, min_elevation_degrees: float, *, is_kept: bool) -> Subject:
    """Passes of a day by their culmination: culmination, AOS, LOS, greatest elevation."""
    where = f"{place.latitude_degrees:.6f} {place.longitude_degrees:.6f} {min_elevation_degrees:.3f}"

    def compute(_: Source, trajectory: Trajectory, start_s: float, end_s: float) -> Table:
        found = passes(trajectory, place, start_s, end_s, min_elevation_degrees)
        table = np.column_stack([found.culmination_s, found.aos_s, found.los_s, found.max_elevation_degrees])
        return table[(found.culmination_s >= start_s) & (found.culmination_s < end_s)]

    return Subject(f"pass {where}", 4, compute, is_kept)


def downlink_subject(provider: Provider) -> Subject:
    """Spans in which the provider is in sight, cut at midnight."""
    return Subject(
        f"downlink {provider.fingerprint}",
        2,
        lambda _, trajectory, start_s, end_s: _at_midnights(coverage(provider, trajectory, start_s, end_s)),
    )


def compute_days(source: Source, subjects: Sequence[Subject], days: Sequence[date]) -> dict[str, dict[date, Table]]:
    """The tables of each subject for `days` (consecutive), as far as the source reaches."""
    first_s, last_s = (day_s(days[0]), day_s(days[-1]) + DAY_S)
    reach = source.reach_s
    start_s, end_s = max(first_s, reach[0]), min(last_s, reach[1])
    trajectory = source.trajectory()
    if any(subject.name != "plane" for subject in subjects):
        low, high = max(start_s - PASS_MARGIN_S, reach[0]), min(end_s + PASS_MARGIN_S, reach[1])
        trajectory = _sampled(trajectory, low, high)
    found = {}
    for subject in subjects:
        table = subject.compute(source, trajectory, start_s, end_s)
        found[subject.name] = _by_day(table, days)
    return found


def _sampled(trajectory: Trajectory, start_s: float, end_s: float) -> Trajectory:
    """Samples that serve every subject; what has decayed by then is left to fail where it is asked for."""
    try:
        return sampled(trajectory, start_s, end_s)
    except NotCovered:
        return trajectory


def _by_day(table: Table, days: Sequence[date]) -> dict[date, Table]:
    edges = np.searchsorted(table[:, 0], [day_s(day) for day in days] + [day_s(days[-1]) + DAY_S])
    return {day: table[edges[i] : edges[i + 1]] for i, day in enumerate(days)}


def day_s(day: date) -> float:
    """Midnight that begins the UTC day, `unix_s`."""
    return (day - EPOCH_DAY).days * DAY_S


def day_of(unix_s: float) -> date:
    return EPOCH_DAY + timedelta(days=int(unix_s // DAY_S))


def _at_midnights(spans: Table) -> Table:
    """The same time, each span cut at the midnights in it."""
    if not len(spans):
        return np.empty((0, 2))
    first, last = spans[0, 0] // DAY_S + 1, spans[-1, 1] // DAY_S
    midnights = np.arange(first, last + 1) * DAY_S
    inside = np.searchsorted(spans[:, 0], midnights, side="left") - 1
    cut = midnights[(inside >= 0) & (spans[inside, 0] < midnights) & (midnights < spans[inside, 1])]
    return np.stack([np.sort(np.append(spans[:, 0], cut)), np.sort(np.append(spans[:, 1], cut))], axis=1)


def _noons(start_s: float, end_s: float) -> Table:
    days = np.arange(start_s // DAY_S, np.ceil(end_s / DAY_S))
    return np.clip((days + 0.5) * DAY_S, start_s, np.nextafter(end_s, start_s))


def _betas(_: Source, trajectory: Trajectory, start_s: float, end_s: float) -> Table:
    noons = _noons(start_s, end_s)
    return np.stack([noons, beta_degrees(trajectory, noons)], axis=1)


def _plane(source: Source, _: Trajectory, start_s: float, end_s: float) -> Table:
    if source.elements is None:
        return np.empty((0, 7))
    noons = _noons(start_s, end_s)
    forecast = plane_forecast(source.elements.as_elements(), noons)
    return np.stack(
        [
            noons,
            forecast.beta_degrees,
            forecast.beta_error_degrees,
            forecast.night_seconds,
            forecast.night_seconds_least,
            forecast.night_seconds_most,
            np.full(len(noons), forecast.orbits_per_day),
        ],
        axis=1,
    )
