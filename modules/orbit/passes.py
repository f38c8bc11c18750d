"""Passes over places on the ground: when the module rises above an elevation, culminates and sets.

Elevation is measured from the plane that is square to the vertical of the ellipsoid, without refraction.
The function whose sign is sought is not the elevation itself but the height above a cone about the
vertical, in kilometres: it is as smooth as the orbit and needs no inverse sine. The culmination is where the
elevation's rate is zero, again without its inverse sine. Many places are done together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modules.orbit.earth import Place, teme_to_earth_fixed
from modules.orbit.exceptions import OutOfRange
from modules.orbit.roots import Brackets, around_the_middle, find_roots, marked, positive_spans
from modules.orbit.shadow import slack_km
from modules.orbit.times import Floats, Indices
from modules.orbit.trajectory import Samples, Trajectory, earth_fixed, reach, sampled

LONGEST_PASS_S = 1200.0
"""How far beyond the span a pass is followed; in low orbit none lasts longer."""


@dataclass(frozen=True, eq=False)
class Passes:
    """The passes over one place, in order of time: arrays (n,) of `unix_s`, and degrees."""

    aos_s: Floats
    culmination_s: Floats
    los_s: Floats
    max_elevation_degrees: Floats

    def __len__(self) -> int:
        return len(self.aos_s)

    @property
    def spans_s(self) -> Floats:
        """From AOS to LOS, (n, 2)."""
        return np.stack([self.aos_s, self.los_s], axis=1)


def passes(
    trajectory: Trajectory, place: Place, start_s: float, end_s: float, min_elevation_degrees: float = 10.0
) -> Passes:
    """Every pass that has a part in [start, end), whole: its AOS may be before, its LOS after.

    Where the trajectory itself begins or ends in a pass, so does the pass. OutOfRange for an elevation
    outside 0 to below 90 degrees.
    """
    return passes_over(trajectory, [place], start_s, end_s, min_elevation_degrees)[0]


def passes_over(
    trajectory: Trajectory,
    places: Sequence[Place],
    start_s: float,
    end_s: float,
    min_elevation_degrees: float = 10.0,
) -> list[Passes]:
    """As `passes`, for each of many places at once."""
    if not 0 <= min_elevation_degrees < 90:
        raise OutOfRange(f"The elevation {min_elevation_degrees:g} is outside 0 to below 90 degrees.")
    samples = earth_fixed(sampled(trajectory, *reach(trajectory, start_s, end_s, LONGEST_PASS_S)))
    sight = _Sight(samples, places, min_elevation_degrees)
    rows, spans = sight.spans()
    chosen = (spans[:, 1] > start_s) & (spans[:, 0] < end_s)
    rows, spans = rows[chosen], spans[chosen]
    culminations = sight.culminations(rows, spans)
    elevations = sight.elevations_degrees(culminations, rows)
    table = np.column_stack([spans[:, 0], culminations, spans[:, 1], elevations])
    parts = np.split(table, np.searchsorted(rows, np.arange(1, len(places))))
    return [Passes(*part.T) for part in parts][: len(places)]


def elevation_degrees(trajectory: Trajectory, place: Place, unix_s: Floats) -> Floats:
    """Elevation above the place's horizon at each time, -90 to 90, (n,)."""
    (positions,) = teme_to_earth_fixed(unix_s, trajectory.states(unix_s)[0])
    sight = positions - place.position_km[:, None]
    elevation: Floats = np.degrees(np.arcsin(place.up @ sight / np.sqrt(_dot(sight, sight))))
    return elevation


class _Sight:
    """The lines of sight from places to one trajectory, all in the Earth-fixed frame."""

    def __init__(self, samples: Samples, places: Sequence[Place], min_elevation_degrees: float) -> None:
        self.samples = samples
        self.sites = np.array([place.position_km for place in places]).reshape(-1, 3)
        self.ups = np.array([place.up for place in places]).reshape(-1, 3)
        self.sine = float(np.sin(np.radians(min_elevation_degrees)))
        self._site_heights = (self.sites * self.ups).sum(axis=1)
        self._site_squares = (self.sites**2).sum(axis=1)
        self.slack = self._slack()

    def spans(self) -> tuple[Indices, Floats]:
        """When the trajectory is above the elevation: place of each span, and the spans."""
        return positive_spans(self._values, self._evaluate, self.samples.times_s, self.slack, row_count=len(self.sites))

    def culminations(self, rows: Indices, spans: Floats) -> Floats:
        """Time of the greatest elevation in each span; at an end of the span where it only rises or falls."""
        ends = [self._rates(spans[:, end], rows) for end in (0, 1)]
        times = np.where(ends[1] > 0, spans[:, 1], spans[:, 0])
        inner = (ends[0] > 0) & (ends[1] < 0)
        brackets = Brackets(rows, spans[:, 0], spans[:, 1], *ends).where(inner)
        times[inner] = find_roots(self._rates, around_the_middle(self._rates, brackets))
        return times

    def elevations_degrees(self, times_s: Floats, rows: Indices) -> Floats:
        """Elevation at each time above the place of its row."""
        sight = self.samples.positions(times_s) - self.sites[rows].T
        height = _dot(sight, self.ups[rows].T)
        elevation: Floats = np.degrees(np.arcsin(height / np.sqrt(_dot(sight, sight))))
        return elevation

    def _values(self, part: slice) -> Floats:
        """Height above the cone, (places, length); where it is below by more than `slack`, above the horizon's plane.

        The cone lies above that plane, so what is far below the plane is farther below the cone: its sign is sure, it
        hides no hump, and that is 19 of 20 samples whose distance need not be known.
        """
        positions = self.samples.positions_km[:, part]
        # einsum and not matmul: as quick for three components, and no threads that wait for each other.
        height: Floats = np.einsum("pi,it->pt", self.ups, positions)
        height -= self._site_heights[:, None]
        rows, columns = marked(height > -self.slack)
        sight = positions[:, columns] - self.sites[rows].T
        height[rows, columns] -= self.sine * np.sqrt(_dot(sight, sight))
        return height

    def _evaluate(self, times_s: Floats, rows: Indices) -> Floats:
        sight = self.samples.positions(times_s) - self.sites[rows].T
        height: Floats = _dot(sight, self.ups[rows].T) - self.sine * np.sqrt(_dot(sight, sight))
        return height

    def _rates(self, times_s: Floats, rows: Indices) -> Floats:
        """Has the sign of the elevation's rate."""
        sight, motion = self._lines(times_s, rows)
        up = self.ups[rows].T
        rate: Floats = _dot(motion, up) * _dot(sight, sight) - _dot(sight, up) * _dot(sight, motion)
        return rate

    def _lines(self, times_s: Floats, rows: Indices) -> tuple[Floats, Floats]:
        positions, velocities = self.samples.states(times_s)
        return positions - self.sites[rows].T, velocities

    def _slack(self) -> float:
        """As for a distance, and for the bend of the cone, which is sharpest close to the place."""
        speed_square = float(_dot(self.samples.velocities_km_s, self.samples.velocities_km_s).max())
        radius_km = float(np.sqrt(_dot(self.samples.positions_km, self.samples.positions_km).min()))
        nearest_km = max(radius_km - float(np.sqrt(self._site_squares.max(initial=0))), 100.0)
        return slack_km(self.samples) + self.sine * speed_square / nearest_km * self.samples.step_s**2 / 4


def _dot(first: Floats, second: Floats) -> Floats:
    product: Floats = first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
    return product
