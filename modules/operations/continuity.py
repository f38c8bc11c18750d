"""Whether a new element set is fit to answer: plain arithmetic, no database.

That it is of the same orbit as the one before is judged by height, plane and shape (`modules.orbit.succession`); over
days too few for a burn to carry the module far, by the place in the orbit as well. What fails is shown to staff.
"""

from __future__ import annotations

import numpy as np

from modules.orbit import ElementSet, ElementTrajectory, succession
from modules.orbit.drift import along_track_s
from modules.orbit.exceptions import NotCovered
from modules.orbit.times import DAY_S

PLACE_S, PLACE_S_A_DAY, PLACE_DAYS = 120.0, 150.0, 3.0
"""150 s a day: a burn of 4 m/s, more than years of the ISS's reboosts show, right after the older set."""

USABLE_DAYS = 14.0

UNLIKE_KM, UNLIKE_DEGREES = 150.0, 5.0
"""A first real set need not be near the nominal one; it need only be no wholly different satellite's."""


def disagreement(previous: ElementSet, new: ElementSet) -> str:
    """What about `new` neither burn nor drag can explain; empty where nothing."""
    return succession.disagreement(previous, new) or _misplaced(previous, new)


def unlike(nominal: ElementSet, first: ElementSet) -> str:
    """Whether a first real set is of another kind of orbit than the one expected; empty where it is not."""
    height_km = abs(first.semi_major_axis_km - nominal.semi_major_axis_km)
    tilt_degrees = abs(first.inclination_degrees - nominal.inclination_degrees)
    if height_km <= UNLIKE_KM and tilt_degrees <= UNLIKE_DEGREES:
        return ""
    return (
        f"It is the first real set, and {height_km:.0f} km in height and {tilt_degrees:.0f}° in inclination "
        "from the orbit expected: is it of this module?"
    )


def _misplaced(previous: ElementSet, new: ElementSet) -> str:
    days = abs(new.epoch_s - previous.epoch_s) / DAY_S
    if days > PLACE_DAYS:
        return ""
    try:
        ahead_s = along_track_s(ElementTrajectory(previous), ElementTrajectory(new), np.array([new.epoch_s]))[0]
    except NotCovered:
        return ""
    if abs(ahead_s) <= PLACE_S + PLACE_S_A_DAY * days:
        return ""
    return f"The module would be {abs(ahead_s):.0f} s from where the set {days:.1f} days from it puts it."


def unusable(elements: ElementSet) -> str:
    """Why the set cannot serve for as long as clock times are told from one; empty where it can."""
    reach_s = elements.epoch_s + DAY_S * np.linspace(-USABLE_DAYS, USABLE_DAYS, 57)
    try:
        positions, _ = ElementTrajectory(elements).states(reach_s)
    except NotCovered as problem:
        return str(problem)
    return "" if np.isfinite(positions).all() else "It gives no orbit within two weeks of its epoch."
