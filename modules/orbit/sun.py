"""Where the Sun is seen from the centre of the Earth, to about two arcseconds.

This is the higher accuracy of Meeus, Astronomical Algorithms, chapter 25: the Earth's heliocentric
longitude and distance by the largest terms of VSOP87 (his appendix III; Bretagnon and Francou 1988), turned
round, with nutation and aberration. The Sun's latitude, at most 1.2″, is left out. An Almanac's low-precision
formula errs by 0.01°, which near the limit of orbital night, where the Sun grazes the Earth's limb for
minutes, is tens of seconds of sunset.
"""

import numpy as np

from modules.orbit.precession import ARCSECOND, mean_obliquity, nutation
from modules.orbit.times import Floats, centuries_tt

AU_KM = 149_597_870.7
SUN_RADIUS_KM = 695_700.0
KNOT_S = 3600.0

# Amplitude in 1e-8 rad or AU, phase in rad, rate in rad per Julian millennium; one table per power of time.
LONGITUDE_TERMS = (
    np.array(
        [
            (175347046, 0, 0), (3341656, 4.6692568, 6283.07585), (34894, 4.6261, 12566.1517),
            (3497, 2.7441, 5753.3849), (3418, 2.8289, 3.5231), (3136, 3.6277, 77713.7715),
            (2676, 4.4181, 7860.4194), (2343, 6.1352, 3930.2097), (1324, 0.7425, 11506.7698),
            (1273, 2.0371, 529.691), (1199, 1.1096, 1577.3435), (990, 5.233, 5884.927),
            (902, 2.045, 26.298), (857, 3.508, 398.149), (780, 1.179, 5223.694), (753, 2.533, 5507.553),
            (505, 4.583, 18849.228), (492, 4.205, 775.523), (357, 2.92, 0.067), (317, 5.849, 11790.629),
            (284, 1.899, 796.298), (271, 0.315, 10977.079), (243, 0.345, 5486.778), (206, 4.806, 2544.314),
            (205, 1.869, 5573.143), (202, 2.458, 6069.777), (156, 0.833, 213.299), (132, 3.411, 2942.463),
            (126, 1.083, 20.775), (115, 0.645, 0.98), (103, 0.636, 4694.003), (102, 0.976, 15720.839),
            (102, 4.267, 7.114),
        ]
    ),
    np.array(
        [
            (628331966747, 0, 0), (206059, 2.678235, 6283.07585), (4303, 2.6351, 12566.1517),
            (425, 1.59, 3.523), (119, 5.796, 26.298), (109, 2.966, 1577.344),
        ]
    ),
    np.array([(52919, 0, 0), (8720, 1.0721, 6283.0758), (309, 0.867, 12566.152)]),
)  # fmt: skip
DISTANCE_TERMS = (
    np.array(
        [
            (100013989, 0, 0), (1670700, 3.0984635, 6283.07585), (13956, 3.05525, 12566.1517),
            (3084, 5.1985, 77713.7715), (1628, 1.1739, 5753.3849), (1576, 2.8469, 7860.4194),
            (925, 5.453, 11506.77), (542, 4.564, 3930.21),
        ]
    ),
    np.array([(103019, 1.10749, 6283.07585), (1721, 1.0644, 12566.1517)]),
)  # fmt: skip
TO_FK5 = -0.09033 * ARCSECOND


def sun_teme_km(unix_s: Floats) -> Floats:
    """Apparent position of the Sun in TEME, km, shape (3, n)."""
    longitude, distance_km = _ecliptic(unix_s)
    shift, obliquity_change = nutation(unix_s)
    mean = mean_obliquity(unix_s)
    obliquity = mean + obliquity_change
    x = np.cos(longitude + shift)
    y, z = (factor * np.sin(longitude + shift) for factor in (np.cos(obliquity), np.sin(obliquity)))
    turn = shift * np.cos(mean)  # the equation of the equinoxes, from the true equinox back to TEME's
    direction = np.stack([np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x, z])
    position: Floats = distance_km * direction
    return position


class SunTable:
    """The Sun over a span, linear between hours: quick for many times, and wrong by 0.02″ at most."""

    def __init__(self, start_s: float, end_s: float) -> None:
        self._first_s = np.floor(start_s / KNOT_S) * KNOT_S
        count = int((end_s - self._first_s) / KNOT_S) + 3
        self._knots = sun_teme_km(self._first_s + KNOT_S * np.arange(count))

    def at(self, unix_s: Floats) -> Floats:
        """Apparent position of the Sun in TEME, km, (3, n); the times lie in the span."""
        place = (unix_s - self._first_s) / KNOT_S
        left = place.astype(np.intp)
        start = np.take(self._knots, left, axis=1)
        position: Floats = start + (place - left) * (np.take(self._knots, left + 1, axis=1) - start)
        return position


def _ecliptic(unix_s: Floats) -> tuple[Floats, Floats]:
    """Longitude with aberration, from the mean equinox of date, radians, and distance, km."""
    millennia = centuries_tt(unix_s) / 10
    distance_au = _series(DISTANCE_TERMS, millennia)
    longitude = _series(LONGITUDE_TERMS, millennia) + np.pi + TO_FK5
    return longitude - 20.4898 * ARCSECOND / distance_au, distance_au * AU_KM


def _series(tables: tuple[Floats, ...], millennia: Floats) -> Floats:
    """Sum of the terms of VSOP87, each table one power of time higher than the one before."""
    total = np.zeros_like(millennia)
    for power, table in enumerate(tables):
        for amplitude, phase, rate in table:
            total += amplitude * 1e-8 * np.cos(phase + rate * millennia) * millennia**power
    return total
