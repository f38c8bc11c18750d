"""How real elements age: one set's forecast against what a later set says of its own epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modules.orbit.elements import ElementSet
from modules.orbit.exceptions import OutOfRange
from modules.orbit.tiers import TABLE
from modules.orbit.times import DAY_S, Floats
from modules.orbit.trajectory import ElementTrajectory, Trajectory


@dataclass(frozen=True)
class ErrorGrowth:
    """Errors along the track, in seconds, of forecasts of one range of ages; `inside` its promise, 0 to 1."""

    from_days: float
    to_days: float
    promise_seconds: float
    count: int
    median_s: float
    ninetieth_percentile_s: float
    greatest_s: float
    inside: float


def along_track_s(forecast: Trajectory, truth: Trajectory, unix_s: Floats) -> Floats:
    """By how many seconds the forecast runs ahead of the truth at each time, (n,)."""
    (expected, _), (actual, velocity) = forecast.states(unix_s), truth.states(unix_s)
    ahead: Floats = ((expected - actual) * velocity).sum(axis=0) / (velocity * velocity).sum(axis=0)
    return ahead


def forecast_errors_s(sets: Sequence[ElementSet], longest_days: float) -> tuple[Floats, Floats]:
    """Age in days and error in seconds of every set's forecast for the epoch of every later one."""
    ordered = sorted(sets, key=lambda each: each.epoch_s)
    epochs_s = np.array([each.epoch_s for each in ordered])
    at_epoch = [ElementTrajectory(each).states(np.array([each.epoch_s])) for each in ordered]
    positions, velocities = (np.concatenate(each, axis=1) for each in zip(*at_epoch, strict=True))
    ages, errors = [], []
    for index, each in enumerate(ordered):
        later = (epochs_s > epochs_s[index]) & (epochs_s <= epochs_s[index] + longest_days * DAY_S)
        expected, _ = ElementTrajectory(each).states(epochs_s[later])
        velocity = velocities[:, later]
        off = ((expected - positions[:, later]) * velocity).sum(axis=0) / (velocity**2).sum(axis=0)
        ages.append((epochs_s[later] - epochs_s[index]) / DAY_S)
        errors.append(np.abs(off))
    return np.concatenate(ages), np.concatenate(errors)


def error_growth(sets: Sequence[ElementSet]) -> tuple[ErrorGrowth, ...]:
    """One line for each tier of the table that has clock times; OutOfRange where the sets are too few."""
    if len(sets) < 2:
        raise OutOfRange("Error growth needs at least two element sets.")
    promised = [row for row in TABLE if row.uncertainty_seconds is not None]
    ages, errors = forecast_errors_s(sets, promised[-1].elements_days)
    lines, from_days = [], 0.0
    for row in promised:
        its = errors[(ages > from_days) & (ages <= row.elements_days)]
        if len(its):
            lines.append(_line(its, from_days, row.elements_days, row.uncertainty_seconds or 0.0))
        from_days = row.elements_days
    return tuple(lines)


def _line(errors: Floats, from_days: float, to_days: float, promise_seconds: float) -> ErrorGrowth:
    median_s, ninetieth_s, greatest_s = (float(each) for each in np.percentile(errors, [50, 90, 100]))
    inside = float((errors <= promise_seconds).mean())
    return ErrorGrowth(from_days, to_days, promise_seconds, len(errors), median_s, ninetieth_s, greatest_s, inside)
