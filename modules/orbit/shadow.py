"""The module's own day and night.

Night is when the centre of the Sun stands behind the Earth, an ellipsoid without air (WGS 84, no
refraction). Stretching the polar axis by the flattening turns the ellipsoid into a sphere and leaves
straight lines straight, so that the question is exact and simple: does the line towards the stretched Sun
pass the centre closer than the equator's radius, on the far side? By how much it misses is the clearance,
negative at night, smooth, and zero at sunset and sunrise. The Sun's disc widens the edge into a penumbra
of some eight seconds; in it the module has its twilight. The night of the module is not night on the
ground below it.
"""

from collections.abc import Callable

import numpy as np

from modules.orbit.earth import EQUATOR_RADIUS_KM, FLATTENING, MU_KM3_S2
from modules.orbit.roots import positive_spans
from modules.orbit.sun import AU_KM, SUN_RADIUS_KM, SunTable
from modules.orbit.times import Bools, Floats, Indices
from modules.orbit.trajectory import Samples, Trajectory, sampled

SUN_SLOPE = SUN_RADIUS_KM / AU_KM
"""By how much the edge of the Sun's disc spreads per length behind the limb."""

Clearance = Callable[[Floats, Floats], Floats]


def clearance_km(positions_km: Floats, sun_km: Floats) -> Floats:
    """By how much the line to the Sun's centre clears the Earth, km; negative at night. Both (3, n), TEME."""
    return _clearance_and_depth(positions_km, sun_km)[0]


def _clearance_and_depth(positions_km: Floats, sun_km: Floats) -> tuple[Floats, Floats]:
    """The clearance, and how far behind the Earth's centre along the line from the Sun, km."""
    stretch = 1 / (1 - FLATTENING)
    x, y, z = positions_km[0], positions_km[1], positions_km[2] * stretch
    to_x, to_y, to_z = sun_km[0] - x, sun_km[1] - y, sun_km[2] * stretch - z
    towards = (x * to_x + y * to_y + z * to_z) / np.sqrt(to_x * to_x + to_y * to_y + to_z * to_z)
    depth = np.maximum(-towards, 0.0)
    return np.sqrt(x * x + y * y + z * z - depth * depth) - EQUATOR_RADIUS_KM, depth


def is_sunlit(positions_km: Floats, sun_km: Floats) -> Bools:
    """Whether the Sun's centre is in sight, (n,)."""
    return clearance_km(positions_km, sun_km) > 0


def nights(trajectory: Trajectory, start_s: float, end_s: float) -> Floats:
    """Orbital nights in [start, end), (n, 2), cut at its ends."""
    return _spans(trajectory, start_s, end_s, lambda position, sun: -clearance_km(position, sun))


def sun_events(trajectory: Trajectory, start_s: float, end_s: float) -> tuple[Floats, Floats]:
    """Sunrises and sunsets in [start, end), two rising arrays."""
    night = nights(trajectory, start_s, end_s)
    return night[night[:, 1] < end_s, 1], night[night[:, 0] > start_s, 0]


def umbras(trajectory: Trajectory, start_s: float, end_s: float) -> Floats:
    """Spans in which no part of the Sun's disc is in sight, (n, 2)."""
    return _spans(trajectory, start_s, end_s, _umbra)


def twilights(trajectory: Trajectory, start_s: float, end_s: float) -> Floats:
    """Spans in which a part of the Sun's disc is in sight and a part behind the Earth, (n, 2)."""
    shade = _spans(trajectory, start_s, end_s, _penumbra)
    dark = umbras(trajectory, start_s, end_s)
    edges = np.sort(np.concatenate([shade.ravel(), dark.ravel()]))
    spans = edges.reshape(-1, 2)
    return spans[spans[:, 1] > spans[:, 0]]


def _umbra(position: Floats, sun: Floats) -> Floats:
    clearance, depth = _clearance_and_depth(position, sun)
    return -clearance - SUN_SLOPE * depth


def _penumbra(position: Floats, sun: Floats) -> Floats:
    clearance, depth = _clearance_and_depth(position, sun)
    return np.where(depth > 0, SUN_SLOPE * depth - clearance, -clearance)


def _spans(trajectory: Trajectory, start_s: float, end_s: float, darkness: Clearance) -> Floats:
    samples = sampled(trajectory, start_s, end_s)
    sun = SunTable(*samples.span_s)

    def values(part: slice) -> Floats:
        return darkness(samples.positions_km[:, part], sun.at(samples.times_s[part]))[None]

    def evaluate(times_s: Floats, _rows: Indices) -> Floats:
        return darkness(samples.states(times_s)[0], sun.at(times_s))

    _, spans = positive_spans(values, evaluate, samples.times_s, slack_km(samples))
    return within(spans, start_s, end_s)


def slack_km(samples: Samples) -> float:
    """The most that a distance from the Earth can rise and come back between samples: twice ½·g·(step/2)²."""
    nearest_km = float(np.sqrt((samples.positions_km[:, ::16] ** 2).sum(axis=0).min())) * 0.9
    return MU_KM3_S2 / nearest_km**2 * samples.step_s**2 / 4


def within(spans: Floats, start_s: float, end_s: float) -> Floats:
    """The spans cut to [start, end), empty ones dropped."""
    cut = np.clip(spans, start_s, end_s)
    return cut[cut[:, 1] > cut[:, 0]]
