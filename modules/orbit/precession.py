"""The slow motions of the Earth's axis: precession, nutation and what follows from them.

Three frames matter. EME2000 is the mean equator and equinox of J2000, in which operators give ephemerides.
The true frame of date has the true equator and equinox of the moment, in which the Sun is seen. TEME has
the true equator and a mean equinox, in which SGP4 works; it differs from the true frame by the equation of
the equinoxes about the axis alone, and from the Earth-fixed frame by Greenwich mean sidereal time alone.
Everything here is brought to TEME. Precession is that of the IAU 1976 (Lieske), nutation the largest terms
of the IAU 1980 series, to 0.03″, a metre in low orbit.
"""

import numpy as np

from modules.orbit.times import Floats, centuries_tt

ARCSECOND = np.pi / 648_000.0

NUTATION_TERMS = np.array(
    [
        # l  l'  F  D  Ω   Δψ in 0.0001″, Δε in 0.0001″
        (0, 0, 0, 0, 1, -171996, 92025),
        (0, 0, 2, -2, 2, -13187, 5736),
        (0, 0, 2, 0, 2, -2274, 977),
        (0, 0, 0, 0, 2, 2062, -895),
        (0, 1, 0, 0, 0, 1426, 54),
        (1, 0, 0, 0, 0, 712, -7),
        (0, 1, 2, -2, 2, -517, 224),
        (0, 0, 2, 0, 1, -386, 200),
        (1, 0, 2, 0, 2, -301, 129),
        (0, -1, 2, -2, 2, 217, -95),
        (1, 0, 0, -2, 0, -158, -1),
        (0, 0, 2, -2, 1, 129, -70),
        (-1, 0, 2, 0, 2, 123, -53),
    ],
    dtype=float,
)


def nutation(unix_s: Floats) -> tuple[Floats, Floats]:
    """Nutation in longitude and in obliquity, radians, each of the shape of the times."""
    arguments = _fundamental_arguments(centuries_tt(unix_s)).T @ NUTATION_TERMS[:, :5].T
    scale = 1e-4 * ARCSECOND
    return np.sin(arguments) @ NUTATION_TERMS[:, 5] * scale, np.cos(arguments) @ NUTATION_TERMS[:, 6] * scale


def _fundamental_arguments(t: Floats) -> Floats:
    """l, l', F, D and Ω of Moon and Sun (IAU 1980), radians, shape (5, n)."""
    return np.radians(
        [
            134.96298139 + (477198.86739806 + 0.0086972 * t) * t,
            357.52772333 + (35999.05034 - 0.0001603 * t) * t,
            93.27191028 + (483202.01753806 - 0.0036825 * t) * t,
            297.85036306 + (445267.11148 - 0.0019142 * t) * t,
            125.04452222 + (-1934.13626083 + 0.0020708 * t) * t,
        ]
    )


def mean_obliquity(unix_s: Floats) -> Floats:
    """Angle between the ecliptic and the mean equator of date (IAU 1980), radians."""
    t = centuries_tt(unix_s)
    return (84381.448 - (46.8150 + (0.00059 - 0.001813 * t) * t) * t) * ARCSECOND


def equation_of_equinoxes(unix_s: Floats) -> Floats:
    """By how much the true equinox precedes the mean one along the equator, radians."""
    longitude, _ = nutation(unix_s)
    return longitude * np.cos(mean_obliquity(unix_s))


def eme2000_to_teme(unix_s: Floats) -> Floats:
    """Matrices, shape (n, 3, 3), that take vectors in EME2000 to TEME at each time."""
    longitude, obliquity_change = nutation(unix_s)
    obliquity = mean_obliquity(unix_s)
    to_true = _about_x(-obliquity - obliquity_change) @ _about_z(-longitude) @ _about_x(obliquity)
    return _about_z(longitude * np.cos(obliquity)) @ to_true @ _precession(unix_s)


def _precession(unix_s: Floats) -> Floats:
    t = centuries_tt(unix_s)
    zeta = (2306.2181 + (0.30188 + 0.017998 * t) * t) * t * ARCSECOND
    z = (2306.2181 + (1.09468 + 0.018203 * t) * t) * t * ARCSECOND
    theta = (2004.3109 - (0.42665 + 0.041833 * t) * t) * t * ARCSECOND
    return _about_z(-z) @ _about_y(theta) @ _about_z(-zeta)


def _about_x(angle: Floats) -> Floats:
    return _turns(angle, 1, 2)


def _about_y(angle: Floats) -> Floats:
    return _turns(angle, 2, 0)


def _about_z(angle: Floats) -> Floats:
    return _turns(angle, 0, 1)


def _turns(angle: Floats, first: int, second: int) -> Floats:
    """Rotations of the frame by `angle`, from axis `first` towards axis `second`."""
    matrices = np.zeros((len(angle), 3, 3))
    matrices[:] = np.eye(3)
    matrices[:, first, first] = matrices[:, second, second] = np.cos(angle)
    matrices[:, first, second] = np.sin(angle)
    matrices[:, second, first] = -np.sin(angle)
    return matrices
