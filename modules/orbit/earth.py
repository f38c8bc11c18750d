"""The Earth as a turning ellipsoid: WGS 84 and Greenwich mean sidereal time.

Vectors are component-major, shape (3, n), kilometres. Polar motion, 10 m at most, is left out.
"""

from dataclasses import dataclass

import numpy as np

from modules.orbit.exceptions import OutOfRange
from modules.orbit.times import DAY_S, J2000_UNIX_S, Floats

EQUATOR_RADIUS_KM = 6_378.137
FLATTENING = 1 / 298.257223563
POLAR_RADIUS_KM = EQUATOR_RADIUS_KM * (1 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)

MU_KM3_S2 = 398_600.4418
J2 = 1.082_626_68e-3
"""Gravity of WGS 84 / EGM 96."""

EARTH_RATE_RADIANS_S = 7.292_115_855_3e-5
"""The turning that `gmst_radians` gives, against TEME."""


@dataclass(frozen=True)
class Place:
    """A point on the ellipsoid, geodetic latitude north and longitude east in degrees, height 0."""

    latitude_degrees: float
    longitude_degrees: float

    def __post_init__(self) -> None:
        if not -90 <= self.latitude_degrees <= 90:
            raise OutOfRange(f"The latitude {self.latitude_degrees:g} is outside -90 to 90 degrees.")
        if not -180 <= self.longitude_degrees <= 360:
            raise OutOfRange(f"The longitude {self.longitude_degrees:g} is outside -180 to 360 degrees.")

    @property
    def up(self) -> Floats:
        """Unit vector of the vertical, Earth-fixed, shape (3,)."""
        latitude, longitude = np.radians([self.latitude_degrees, self.longitude_degrees])
        across = np.cos(latitude)
        return np.array([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)])

    @property
    def position_km(self) -> Floats:
        """Earth-fixed position, shape (3,)."""
        up = self.up
        prime_vertical_km = EQUATOR_RADIUS_KM / np.sqrt(1 - ECCENTRICITY_SQUARED * up[2] ** 2)
        position: Floats = prime_vertical_km * up * [1, 1, 1 - ECCENTRICITY_SQUARED]
        return position


def gmst_radians(unix_s: Floats) -> Floats:
    """Greenwich mean sidereal time (IAU 1982), 0 to 2π, UT1 taken to be UTC."""
    days = (unix_s - J2000_UNIX_S) / DAY_S
    t = days / 36_525
    # Whole turns are taken off the days first, which keeps the digits.
    turns = _fraction(days) + 0.779_057_273_264 + _fraction(0.002_737_909_350_795 * days)
    small = (0.093104 - 6.2e-6 * t) * t * t / DAY_S
    return _fraction(turns + small) * 2 * np.pi


def _fraction(turns: Floats) -> Floats:
    """What is left above the whole turns, 0 to 1; as `np.mod(turns, 1)`, in a fifth of its time."""
    left: Floats = turns - np.floor(turns)
    return left


def teme_to_earth_fixed(unix_s: Floats, *vectors: Floats) -> list[Floats]:
    """Each set of vectors (3, n) in TEME turned into the Earth-fixed frame at each time."""
    angle = gmst_radians(unix_s)
    cosine, sine = np.cos(angle), np.sin(angle)
    return [np.stack([cosine * x + sine * y, cosine * y - sine * x, z]) for x, y, z in vectors]


def geodetic(earth_fixed_km: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude and longitude in degrees (longitude -180 to 180), and altitude in km, of points (3, n).

    Bowring's formula (1976), once: exact to 0.001″ below geosynchronous height.
    """
    x, y, z = earth_fixed_km
    across = np.sqrt(x * x + y * y)
    sine, cosine = _unit(z * EQUATOR_RADIUS_KM, across * POLAR_RADIUS_KM)
    second = ECCENTRICITY_SQUARED / (1 - ECCENTRICITY_SQUARED)
    up_z, up_across = _unit(
        z + second * POLAR_RADIUS_KM * (sine * sine * sine),
        across - ECCENTRICITY_SQUARED * EQUATOR_RADIUS_KM * (cosine * cosine * cosine),
    )
    surface = EQUATOR_RADIUS_KM * np.sqrt(1 - ECCENTRICITY_SQUARED * up_z**2)
    altitude_km = across * up_across + z * up_z - surface
    return np.degrees(np.arctan2(up_z, up_across)), np.degrees(np.arctan2(y, x)), altitude_km


def _unit(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    length = np.sqrt(first * first + second * second)  # a fifth of hypot's time, and nothing here overflows
    return first / length, second / length
