"""The beta angle: how far the Sun stands out of the plane of the orbit.

It decides everything about light: near 0° a third of each orbit is night, beyond about 69° none. It moves
by some degrees a day, and outlives every clock time, since the plane is known long after the place in it
is lost.
"""

import numpy as np

from modules.orbit.sun import sun_teme_km
from modules.orbit.times import DAY_S, Floats
from modules.orbit.trajectory import Trajectory


def beta_degrees(trajectory: Trajectory, unix_s: Floats) -> Floats:
    """Angle of the Sun above the orbit's plane, on the side of its angular momentum, degrees, (n,)."""
    positions, velocities = trajectory.states(unix_s)
    return angle_from_plane_degrees(np.cross(positions, velocities, axis=0), sun_teme_km(unix_s))


def angle_from_plane_degrees(poles: Floats, vectors: Floats) -> Floats:
    """Angle of vectors (3, n) above the planes that are square to `poles` (3, n), degrees."""
    along = (poles * vectors).sum(axis=0)
    angle: Floats = np.degrees(np.arcsin(along / np.linalg.norm(poles, axis=0) / np.linalg.norm(vectors, axis=0)))
    return angle


def noons(start_s: float, end_s: float) -> Floats:
    """12:00 UTC of every UTC day that has a part in [start, end)."""
    days: Floats = np.arange(np.floor(start_s / DAY_S), np.ceil(end_s / DAY_S), dtype=np.float64)
    return (days + 0.5) * DAY_S


def betas(trajectory: Trajectory, start_s: float, end_s: float) -> tuple[Floats, Floats]:
    """One beta for each UTC day in [start, end): midday, or the nearest to it that the trajectory reaches."""
    first_s, last_s = trajectory.span_s
    times_s = np.clip(noons(start_s, end_s), first_s, last_s)
    return times_s, beta_degrees(trajectory, times_s)
