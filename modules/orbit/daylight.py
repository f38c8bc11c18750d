"""Day and night on the ground, which are not those of the module: it may be in sunlight high over a city at night."""

from __future__ import annotations

import enum

import numpy as np

from modules.orbit.earth import Place, teme_to_earth_fixed
from modules.orbit.sun import sun_teme_km
from modules.orbit.times import Floats

SUNSET_DEGREES = -0.833
"""Where the Sun's upper limb, lifted by the air, is on the horizon: as almanacs give sunrise and sunset."""
CIVIL_TWILIGHT_DEGREES = -6.0


class Daylight(enum.StrEnum):
    """What people at a place call the light around them; twilight is civil twilight."""

    DAY = "day"
    TWILIGHT = "twilight"
    NIGHT = "night"


def sun_elevation_degrees(place: Place, unix_s: Floats) -> Floats:
    """How high the centre of the Sun stands over the place's horizon, without the air; shape (n,)."""
    (sun_km,) = teme_to_earth_fixed(unix_s, sun_teme_km(unix_s))
    elevation: Floats = np.degrees(np.arcsin(place.up @ sun_km / np.linalg.norm(sun_km, axis=0)))
    return elevation


def daylight_at(place: Place, unix_s: Floats) -> list[Daylight]:
    """The light at the place at each instant."""
    return [_named(elevation) for elevation in sun_elevation_degrees(place, unix_s).tolist()]


def _named(elevation_degrees: float) -> Daylight:
    if elevation_degrees >= SUNSET_DEGREES:
        return Daylight.DAY
    return Daylight.TWILIGHT if elevation_degrees >= CIVIL_TWILIGHT_DEGREES else Daylight.NIGHT
