"""Where something is at any time: by its elements, by an ephemeris, or by samples of either.

All give positions and velocities in TEME, kilometres and kilometres per second, component-major (3, n).
An ephemeris, a state every few minutes, is interpolated by a quintic in each interval, matched to position,
velocity and acceleration at both ends; the acceleration is the Earth's with its flattening, which leaves
centimetres over four minutes and needs nothing from beyond a burn. Samples a minute apart are interpolated
by a cubic, matched to position and velocity, which leaves half a metre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from modules.orbit.earth import EARTH_RATE_RADIANS_S, EQUATOR_RADIUS_KM, J2, MU_KM3_S2, teme_to_earth_fixed
from modules.orbit.elements import ElementSet
from modules.orbit.exceptions import NotCovered
from modules.orbit.oem import Ephemeris
from modules.orbit.precession import eme2000_to_teme
from modules.orbit.times import Bools, Floats, Indices, julian_day, utc_datetime

CHUNK = 65_536
"""Times computed at once, which bounds memory: a year of minutes needs 25 MB a vector otherwise."""

STEP_S = 60.0


class Trajectory(Protocol):
    """Anything that has a position at a time."""

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last time with a position, `unix_s`; infinite where there is no end."""

    def states(self, unix_s: Floats) -> tuple[Floats, Floats]:
        """Positions and velocities in TEME, (3, n) each; NotCovered where a time has none."""


@dataclass(frozen=True)
class ElementTrajectory:
    """The orbit of one element set, by SGP4, as far as SGP4 goes."""

    elements: ElementSet

    @property
    def span_s(self) -> tuple[float, float]:
        """Endless; how far it can be trusted is a matter of tiers."""
        return -np.inf, np.inf

    def states(self, unix_s: Floats) -> tuple[Floats, Floats]:
        """By `sgp4_array`; NotCovered where the orbit has decayed."""
        positions, velocities = np.empty((3, len(unix_s))), np.empty((3, len(unix_s)))
        for first in range(0, len(unix_s), CHUNK):
            part = slice(first, first + CHUNK)
            errors, position, velocity = self.elements.satrec.sgp4_array(*julian_day(unix_s[part]))
            if errors.any():
                raise NotCovered(_decayed(self.elements, unix_s[part][errors != 0][0]))
            positions[:, part], velocities[:, part] = position.T, velocity.T
        return positions, velocities


def _decayed(elements: ElementSet, unix_s: float) -> str:
    days = (unix_s - elements.epoch_s) / 86_400
    return f"The elements give no orbit {days:.0f} days from their epoch: it has decayed by then."


class EphemerisTrajectory:
    """The orbit of an operator's ephemeris, inside its span."""

    def __init__(self, ephemeris: Ephemeris) -> None:
        self.ephemeris = ephemeris
        self._times_s = ephemeris.times_s
        positions, velocities = ephemeris.positions_km.T, ephemeris.velocities_km_s.T
        if ephemeris.frame == "EME2000":
            turn = eme2000_to_teme(ephemeris.times_s)
            positions, velocities = (np.einsum("nij,jn->in", turn, each) for each in (positions, velocities))
        self._positions, self._velocities = positions, velocities
        self._accelerations = _gravity(positions)
        self._is_gap = _gaps(ephemeris)

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last epoch of the file."""
        return self.ephemeris.start_s, self.ephemeris.stop_s

    def states(self, unix_s: Floats) -> tuple[Floats, Floats]:
        """By quintic interpolation; NotCovered outside the file or between its segments."""
        left = np.searchsorted(self._times_s, unix_s, side="right") - 1
        # The last epoch is reached from its left; at a burn's double epoch the later state holds.
        left = np.where(unix_s == self._times_s[-1], len(self._times_s) - 2, left)
        inside = (left >= 0) & (left < len(self._times_s) - 1)
        if not inside.all() or self._is_gap[left].any():
            raise NotCovered(_outside(self.ephemeris))
        return self._interpolate(unix_s, left)

    def _interpolate(self, unix_s: Floats, left: Indices) -> tuple[Floats, Floats]:
        right = left + 1
        span = self._times_s[right] - self._times_s[left]
        return _quintic(
            (unix_s - self._times_s[left]) / span,
            span,
            [each[:, left] for each in (self._positions, self._velocities, self._accelerations)],
            [each[:, right] for each in (self._positions, self._velocities, self._accelerations)],
        )


def _gaps(ephemeris: Ephemeris) -> Bools:
    """For each row whether the next row is not of the same piece."""
    is_gap = np.ones(len(ephemeris.times_s), dtype=np.bool_)
    for first, stop in ephemeris.pieces:
        is_gap[first : stop - 1] = False
    return is_gap


def _outside(ephemeris: Ephemeris) -> str:
    first, last = (f"{utc_datetime(each):%Y-%m-%d %H:%M}" for each in (ephemeris.start_s, ephemeris.stop_s))
    return f"The ephemeris covers {first} to {last} UTC, not all of the time asked for."


def _gravity(positions_km: Floats) -> Floats:
    """Acceleration by the Earth's mass and flattening, km/s²."""
    radius = np.linalg.norm(positions_km, axis=0)
    polar = 5 * (positions_km[2] / radius) ** 2
    flattening = 1.5 * J2 * (EQUATOR_RADIUS_KM / radius) ** 2
    factors = 1 + flattening * np.stack([1 - polar, 1 - polar, 3 - polar])
    acceleration: Floats = -MU_KM3_S2 / radius**3 * positions_km * factors
    return acceleration


def _quintic(u: Floats, span: Floats, left: Sequence[Floats], right: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Position and velocity at the fraction `u` of an interval, from three derivatives at both its ends."""
    start, slope, bend = left[0], left[1] * span, left[2] * span**2 / 2
    # What a parabola from the left end misses at the right end, in value, slope and bend.
    value = right[0] - start - slope - bend
    rise = right[1] * span - slope - 2 * bend
    turn = right[2] * span**2 / 2 - bend
    c3, c4, c5 = 10 * value - 4 * rise + turn, -15 * value + 7 * rise - 2 * turn, 6 * value - 3 * rise + turn
    position = start + u * (slope + u * (bend + u * (c3 + u * (c4 + u * c5))))
    velocity = (slope + u * (2 * bend + u * (3 * c3 + u * (4 * c4 + u * 5 * c5)))) / span
    return position, velocity


@dataclass(frozen=True, eq=False)
class Samples:
    """A trajectory on an even grid: itself a trajectory, quick where many things are asked of one span.

    `times_s` (n,), `positions_km` and `velocities_km_s` (3, n); `step_s` apart.
    """

    times_s: Floats
    positions_km: Floats
    velocities_km_s: Floats
    step_s: float

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last sample."""
        return float(self.times_s[0]), float(self.times_s[-1])

    def states(self, unix_s: Floats) -> tuple[Floats, Floats]:
        """By cubic interpolation; NotCovered outside the grid."""
        left, u = self._place(unix_s)
        start, slope, c2, c3 = self._cubic(left)
        position = start + u * (slope + u * (c2 + u * c3))
        velocity = (slope + u * (2 * c2 + u * 3 * c3)) / self.step_s
        return position, velocity

    def positions(self, unix_s: Floats) -> Floats:
        """As `states`, without the velocities."""
        left, u = self._place(unix_s)
        start, slope, c2, c3 = self._cubic(left)
        position: Floats = start + u * (slope + u * (c2 + u * c3))
        return position

    def _place(self, unix_s: Floats) -> tuple[Indices, Floats]:
        """The sample before each time, and the part of a step since."""
        place = (unix_s - self.times_s[0]) / self.step_s
        if len(place) and (place.min() < -1e-9 or place.max() > len(self.times_s) - 1 + 1e-9):
            raise NotCovered("The samples do not reach all of the time asked for.")
        left = np.clip(place.astype(np.intp), 0, len(self.times_s) - 2)
        return left, place - left

    def _cubic(self, left: Indices) -> tuple[Floats, Floats, Floats, Floats]:
        """The cubic of each interval, by the powers of the part of a step."""
        start, slope = self._take(left)
        end, end_slope = self._take(left + 1)
        value, rise = end - start - slope, end_slope - slope
        return start, slope, 3 * value - rise, rise - 2 * value

    def _take(self, index: Indices) -> tuple[Floats, Floats]:
        """Positions, and velocities as way in one step."""
        row = np.ascontiguousarray(self._rows.take(index, axis=0).T)
        return row[:3], row[3:]

    @cached_property
    def _rows(self) -> Floats:
        """Position and way in one step of each sample side by side, (n, 6): what is taken together lies together."""
        rows = np.empty((len(self.times_s), 6))
        rows[:, :3] = self.positions_km.T
        np.multiply(self.velocities_km_s.T, self.step_s, out=rows[:, 3:])
        return rows


def sampled(trajectory: Trajectory, start_s: float, end_s: float, step_s: float = STEP_S) -> Samples:
    """The trajectory on a grid that reaches from `start_s` to `end_s` or just beyond; NotCovered as it says.

    Where samples are given that reach so far, they are only cut, so that one sampling serves many questions.
    """
    if isinstance(trajectory, Samples) and trajectory.step_s <= step_s:
        return _cut(trajectory, start_s, end_s)
    times_s, step_s = _grid(trajectory, start_s, end_s, step_s)
    return Samples(times_s, *trajectory.states(times_s), step_s)


def _grid(trajectory: Trajectory, start_s: float, end_s: float, step_s: float) -> tuple[Floats, float]:
    """Times and their step; the last lies beyond `end_s` unless the trajectory ends before."""
    last_s = trajectory.span_s[1]
    count = max(2, int(np.ceil((end_s - start_s) / step_s)) + 1)
    if start_s + (count - 1) * step_s > last_s >= end_s:
        step_s = (end_s - start_s) / (count - 1)
    times_s: Floats = np.minimum(start_s + step_s * np.arange(count, dtype=np.float64), last_s)
    return times_s, step_s


def _cut(samples: Samples, start_s: float, end_s: float) -> Samples:
    first, last = samples.span_s
    if start_s < first - 1e-6 or end_s > last + 1e-6:
        raise NotCovered("The samples do not reach all of the time asked for.")
    low = int((start_s - first) / samples.step_s)
    high = int(np.ceil((end_s - first) / samples.step_s)) + 1
    part = slice(low, max(high, low + 2))
    return Samples(
        samples.times_s[part], samples.positions_km[:, part], samples.velocities_km_s[:, part], samples.step_s
    )


def earth_fixed(samples: Samples) -> Samples:
    """The same samples in the Earth-fixed frame, velocities as seen from the turning Earth."""
    position, velocity = teme_to_earth_fixed(samples.times_s, samples.positions_km, samples.velocities_km_s)
    velocity[0] += EARTH_RATE_RADIANS_S * position[1]
    velocity[1] -= EARTH_RATE_RADIANS_S * position[0]
    return Samples(samples.times_s, position, velocity, samples.step_s)


def reach(trajectory: Trajectory, start_s: float, end_s: float, margin_s: float) -> tuple[float, float]:
    """The span widened by a margin on both sides, as far as the trajectory itself reaches."""
    first, last = trajectory.span_s
    return min(start_s, max(start_s - margin_s, first)), max(end_s, min(end_s + margin_s, last))
