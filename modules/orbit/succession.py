"""Whether a new element set can follow an old one of the same satellite.

A reboost changes the height by kilometres and leaves the plane alone; drag takes some hundred metres a day.
What differs by more is another satellite's set, a wrong one, or an accident, and is for staff to look at.
The limits are generous: over 316 real successions, two reboosts among them, a fifth of each was not reached.
"""

import math

from modules.orbit.elements import ElementSet
from modules.orbit.plane import NODE_ERROR_DEGREES_PER_DAY
from modules.orbit.times import DAY_S

RISE_KM = 12.0
"""A burn of 7 m/s, several times a usual reboost."""

FALL_KM, FALL_KM_PER_DAY = 1.0, 1.0
INCLINATION_DEGREES = 0.1
NODE_DEGREES = 0.25
ECCENTRICITY = 0.005


def disagreement(previous: ElementSet, new: ElementSet) -> str | None:
    """Why `new` cannot follow `previous`, as one line; None where it can."""
    if new.norad_id != previous.norad_id:
        return f"It is of satellite {new.norad_id}, not {previous.norad_id}."
    days = abs(new.epoch_s - previous.epoch_s) / DAY_S
    return _height(previous, new, days) or _plane(previous, new, days) or _shape(previous, new)


def _height(previous: ElementSet, new: ElementSet, days: float) -> str | None:
    rise_km = new.semi_major_axis_km - previous.semi_major_axis_km
    if new.epoch_s < previous.epoch_s:
        rise_km = -rise_km
    if -FALL_KM - FALL_KM_PER_DAY * days <= rise_km <= RISE_KM:
        return None
    return f"Its height differs by {rise_km:+.1f} km over {days:.1f} days, more than reboosts or drag explain."


def _plane(previous: ElementSet, new: ElementSet, days: float) -> str | None:
    tilt_degrees = abs(new.inclination_degrees - previous.inclination_degrees)
    if tilt_degrees > INCLINATION_DEGREES:
        return f"Its inclination differs by {tilt_degrees:.2f}°, which no reboost does."
    stray_degrees = abs(_stray_degrees(previous, new))
    if stray_degrees > NODE_DEGREES + 2 * NODE_ERROR_DEGREES_PER_DAY * days:
        return f"Its plane lies {stray_degrees:.1f}° from where the last set puts it."
    return None


def _stray_degrees(previous: ElementSet, new: ElementSet) -> float:
    """By how much the new node is off the old one carried on, -180 to 180."""
    turned = previous.satrec.nodedot * (new.epoch_s - previous.epoch_s) / 60
    off = new.raan_degrees - previous.raan_degrees - math.degrees(turned)
    return math.remainder(off, 360.0)


def _shape(previous: ElementSet, new: ElementSet) -> str | None:
    change = abs(new.eccentricity - previous.eccentricity)
    return f"Its eccentricity differs by {change:.4f}." if change > ECCENTRICITY else None
