"""Mean orbital elements of one satellite at one epoch, in the sense of SGP4.

Elements are fitted with SGP4's own theory and WGS 72 constants, so they mean nothing in any other theory:
what is kept here is exactly what the file said, and `satrec` hands it to the compiled propagator.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

from sgp4.api import SGP4_ERRORS, WGS72, Satrec

from modules.orbit.exceptions import ElementsError
from modules.orbit.times import DAY_S, UNIX_EPOCH_JD

SGP4_EPOCH_JD = 2_433_281.5
"""1949-12-31T00:00:00Z, from which SGP4 counts the days of an epoch. The Julian date is formed first, though
that costs digits: SGP4's own reader does so, and its verification set is met to the last digit only thus."""

TLE_REVOLUTIONS_WRAP = 100_000
"""A TLE has five digits for the revolution number and starts again after 99,999."""

REV_DAY_PER_RADIAN_MINUTE = 1440.0 / math.tau
"""Divided by, not multiplied with: the last bit then agrees with SGP4's own reader of TLEs."""

MU_KM3_S2 = 398_600.8
EARTH_RADIUS_KM = 6_378.135
"""WGS 72, the constants with which elements are fitted."""

LOWEST_PERIGEE_KM = -100.0
"""Mean elements of a last revolution may dip below the ground; an orbit through the Earth does so by far."""


@dataclass(frozen=True)
class ElementSet:
    """One element set. Angles in degrees, equator and equinox of the epoch (TEME); `epoch_s` is `unix_s`.

    `mean_motion_dot` and `mean_motion_ddot` are as files give them (half and a sixth of the derivatives, in
    rev/day² and rev/day³), `bstar` per Earth radius. `object_id` is the international designator
    `1998-067A`, or empty. `nominal` marks a set made up to stand in until real ones exist.
    """

    name: str
    norad_id: int
    object_id: str
    epoch_s: float
    mean_motion_rev_day: float
    eccentricity: float
    inclination_degrees: float
    raan_degrees: float
    argument_of_perigee_degrees: float
    mean_anomaly_degrees: float
    bstar: float
    mean_motion_dot: float = 0.0
    mean_motion_ddot: float = 0.0
    element_set_number: int = 0
    revolution_field: int = 0
    nominal: bool = False

    @cached_property
    def satrec(self) -> Satrec:
        """The compiled propagator, started with these elements."""
        satrec = Satrec()
        # The catalogue number only labels, and SGP4 has no room for one of six digits.
        satrec.sgp4init(
            WGS72,
            "i",
            0,
            (self.epoch_s / DAY_S + UNIX_EPOCH_JD) - SGP4_EPOCH_JD,
            self.bstar,
            self.mean_motion_dot / (REV_DAY_PER_RADIAN_MINUTE * 1440.0),
            self.mean_motion_ddot / (REV_DAY_PER_RADIAN_MINUTE * 1440.0**2),
            self.eccentricity,
            math.radians(self.argument_of_perigee_degrees),
            math.radians(self.inclination_degrees),
            math.radians(self.mean_anomaly_degrees),
            self.mean_motion_rev_day / REV_DAY_PER_RADIAN_MINUTE,
            math.radians(self.raan_degrees),
        )
        return satrec

    @property
    def period_s(self) -> float:
        """Time of one revolution by the mean motion."""
        return DAY_S / self.mean_motion_rev_day

    @property
    def semi_major_axis_km(self) -> float:
        """By the mean motion, as of two bodies."""
        return math.cbrt(MU_KM3_S2 * (self.period_s / math.tau) ** 2)

    @property
    def perigee_km(self) -> float:
        """Height of the perigee above the equator's radius."""
        return self.semi_major_axis_km * (1.0 - self.eccentricity) - EARTH_RADIUS_KM

    @property
    def revolution(self) -> int:
        """Revolution number at the epoch, with the hundred thousands that a TLE drops put back.

        They follow from the years since launch, which the designator names; without one the field stands.
        """
        launched = re.match(r"(\d{4})-", self.object_id)
        if launched is None or self.revolution_field >= TLE_REVOLUTIONS_WRAP:
            return self.revolution_field
        years = 1970.0 + self.epoch_s / (365.25 * DAY_S) - (int(launched[1]) + 0.5)
        missing = years * 365.25 * self.mean_motion_rev_day - self.revolution_field
        return self.revolution_field + max(0, round(missing / TLE_REVOLUTIONS_WRAP)) * TLE_REVOLUTIONS_WRAP


def normalised_object_id(text: str) -> str:
    """A designator as `1998-067A`, from that, from `1998-067-A` or from a TLE's `98067A`; else as given."""
    words = text.strip().upper()
    found = re.fullmatch(r"(\d{4})-(\d{3})-?([A-Z]{1,3})", words) or re.fullmatch(r"(\d{2})(\d{3})([A-Z]{1,3})", words)
    if found is None:
        return words
    year = found[1] if len(found[1]) == 4 else str(four_digit_year(int(found[1])))
    return f"{year}-{found[2]}{found[3]}"


def four_digit_year(two_digits: int) -> int:
    """A TLE's year: 57 to 99 are the 1900s, since Sputnik 1 flew in 1957, and 00 to 56 the 2000s."""
    return two_digits + (1900 if two_digits >= 57 else 2000)


def checked(elements: ElementSet) -> ElementSet:
    """The same set where each element is possible and SGP4 can start from it; else ElementsError."""
    for label, value, low, high in _ranges(elements):
        if not low <= value <= high:
            raise ElementsError(f"The {label} {value:g} is outside {low:g} to {high:g}.")
    if elements.perigee_km < LOWEST_PERIGEE_KM:
        raise ElementsError(f"The elements describe no orbit: its perigee is {elements.perigee_km:.0f} km high.")
    error, _, _ = elements.satrec.sgp4_tsince(0.0)
    if elements.satrec.error or error:
        reason = SGP4_ERRORS.get(elements.satrec.error or error, "SGP4 refuses them")
        raise ElementsError(f"The elements describe no orbit: {reason}.")
    return elements


def _ranges(elements: ElementSet) -> tuple[tuple[str, float, float, float], ...]:
    return (
        ("mean motion", elements.mean_motion_rev_day, 0.05, 18.0),
        ("eccentricity", elements.eccentricity, 0.0, 0.999999),
        ("inclination", elements.inclination_degrees, 0.0, 180.0),
        ("right ascension of the node", elements.raan_degrees, 0.0, 360.0),
        ("argument of perigee", elements.argument_of_perigee_degrees, 0.0, 360.0),
        ("mean anomaly", elements.mean_anomaly_degrees, 0.0, 360.0),
        ("drag term", elements.bstar, -10.0, 10.0),
        ("catalogue number", elements.norad_id, 0, 999_999_999),
    )
