"""The ground track: what the module flies over, how high, and whether in sunlight."""

from dataclasses import dataclass

import numpy as np

from modules.orbit.earth import geodetic, teme_to_earth_fixed
from modules.orbit.exceptions import OutOfRange
from modules.orbit.shadow import is_sunlit
from modules.orbit.sun import SunTable
from modules.orbit.times import Bools, Floats
from modules.orbit.trajectory import CHUNK, Samples, Trajectory

MOST_POINTS = 2_000_000


@dataclass(frozen=True, eq=False)
class GroundTrack:
    """Points (n,): `unix_s`, geodetic degrees (longitude -180 to 180), height above WGS 84, and light."""

    times_s: Floats
    latitude_degrees: Floats
    longitude_degrees: Floats
    altitude_km: Floats
    sunlit: Bools

    def __len__(self) -> int:
        return len(self.times_s)


def ground_track(trajectory: Trajectory, start_s: float, end_s: float, step_s: float = 60.0) -> GroundTrack:
    """Points every `step_s` from `start_s` to before `end_s`; OutOfRange for a step or count beyond sense."""
    if not step_s > 0 or (end_s - start_s) / step_s > MOST_POINTS:
        raise OutOfRange(f"A step of {step_s:g} s gives no points, or more than {MOST_POINTS}.")
    times_s: Floats = start_s + step_s * np.arange(max(0, np.ceil((end_s - start_s) / step_s - 1e-9)))
    parts = [_part(trajectory, times_s[first : first + CHUNK]) for first in range(0, len(times_s), CHUNK)]
    if not parts:
        nothing = np.empty(0)
        return GroundTrack(nothing, nothing, nothing, nothing, nothing > 0)
    columns = zip(*parts, strict=True)
    latitude, longitude, altitude_km, lit = (np.concatenate(column) for column in columns)
    return GroundTrack(times_s, latitude, longitude, altitude_km, lit > 0)


def _part(trajectory: Trajectory, times_s: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    positions = _positions(trajectory, times_s)
    lit = is_sunlit(positions, SunTable(float(times_s[0]), float(times_s[-1])).at(times_s))
    return *geodetic(teme_to_earth_fixed(times_s, positions)[0]), lit.astype(np.float64)


def _positions(trajectory: Trajectory, times_s: Floats) -> Floats:
    """Samples at these very times are taken as they are, not interpolated onto themselves."""
    if isinstance(trajectory, Samples):
        first = np.searchsorted(trajectory.times_s, times_s[0])
        same = slice(first, first + len(times_s))
        if np.array_equal(trajectory.times_s[same], times_s):
            return trajectory.positions_km[:, same]
    return trajectory.states(times_s)[0]
