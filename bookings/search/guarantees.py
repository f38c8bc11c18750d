"""What a window of some length is sure to hold where only the orbit's plane is known: plain arithmetic.

A window at least one orbit long holds one whole night and the whole of the day between two nights, a sunrise and a
sunset, wherever in the orbit it starts; the night is counted at its least length within the error of the forecast.
A night cut by the window's ends may come in two parts, at its beginning and its end: how it falls is told once there
are clock times, and a booking is then looked at again. A shorter window can still be too long to miss the dark: what
is left of it after the longest day is shared by the nights on both sides, and half of it is in one piece.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bookings.conditions import Conditions, Lighting
from modules.conditions import DayPlane

Guarantee = Callable[[DayPlane, timedelta], bool]


def lit(wanted: Conditions, plane: DayPlane, window: timedelta) -> bool:
    """Whether the light asked for is sure in a window of this length."""
    window_s, needed_s = window.total_seconds(), wanted.light_needed(window).total_seconds()
    if wanted.lighting == Lighting.NIGHT:
        return sure_seconds(window_s, plane.night_seconds_least, plane.orbit_seconds) >= needed_s
    if wanted.lighting == Lighting.DAY:
        if plane.night_seconds_most <= 0:
            return window_s >= needed_s
        day_s = plane.orbit_seconds - plane.night_seconds_most
        return sure_seconds(window_s, day_s, plane.orbit_seconds) >= needed_s
    return plane.night_seconds_least > 0 and window_s >= plane.orbit_seconds


def sure_seconds(window_s: float, part_s: float, orbit_s: float) -> float:
    """How much of a part that each orbit has once is sure to lie in a window, wherever it starts."""
    if window_s >= orbit_s:
        return part_s
    return max(0.0, (window_s - (orbit_s - part_s)) / 2)


def nothing(plane: DayPlane, window: timedelta) -> bool:
    """Passes and downlink hang on the place in the orbit: the plane guarantees none."""
    return False
