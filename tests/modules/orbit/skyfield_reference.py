"""The same questions asked of skyfield with the ephemeris de421, sharing no code with what is tested.

skyfield's own `is_sunlit` has a spherical Earth, so the shadow is worked out here from skyfield's positions:
the line from the module to the Sun is put into the equation of the ellipsoid, and it is night where that
has a root ahead. The polar axis is that of date.
"""

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

needs_de421 = pytest.mark.skipif(
    find_spec("skyfield_data") is None, reason="de421 comes with the package skyfield-data, which is absent"
)
EQUATOR_KM, POLE_KM = 6378.137, 6356.752314245


class Reference:
    """One element set, by skyfield."""

    def __init__(self, name, first, second):
        from skyfield.api import EarthSatellite, load, load_file  # noqa: PLC0415 - absent in production

        package = Path(find_spec("skyfield_data").origin).parent
        self.bodies = load_file(package / "data" / "de421.bsp")
        self.scale = load.timescale(builtin=True)
        self.satellite = EarthSatellite(first, second, name, self.scale)

    def time(self, unix_s):
        return self.scale.from_datetime(datetime.fromtimestamp(unix_s, tz=UTC))

    def shadow(self, equator_km=EQUATOR_KM, pole_km=POLE_KM):
        """A function of skyfield times that is true at night."""
        from skyfield.framelib import true_equator_and_equinox_of_date as frame  # noqa: PLC0415 - only where skyfield is there

        axes = np.array([[equator_km], [equator_km], [pole_km]])

        def is_night(t):
            place = self.satellite.at(t).frame_xyz(frame).km / axes
            sun = self.bodies["earth"].at(t).observe(self.bodies["sun"]).apparent().frame_xyz(frame).km / axes
            return has_root_ahead(place, sun - place)

        is_night.step_days = 15 / 86400
        return is_night

    def night_edges(self, start_s, end_s, **earth):
        """Times (`unix_s`) at which night begins and ends: sunsets, sunrises."""
        from skyfield.almanac import find_discrete  # noqa: PLC0415 - only where skyfield is there

        times, is_night = find_discrete(self.time(start_s), self.time(end_s), self.shadow(**earth))
        unix_s, is_sunset = unix_seconds(times), is_night.astype(bool)
        return unix_s[is_sunset], unix_s[~is_sunset]

    def elevation_degrees(self, latitude, longitude, unix_s):
        from skyfield.api import wgs84  # noqa: PLC0415 - only where skyfield is there

        sight = self.satellite - wgs84.latlon(latitude, longitude)
        return np.array([sight.at(self.time(each)).altaz()[0].degrees for each in unix_s])

    def passes(self, latitude, longitude, start_s, end_s, min_elevation):
        """Times of AOS, culmination and LOS, each (n,), of the passes that lie whole in the span."""
        from skyfield.api import wgs84  # noqa: PLC0415 - only where skyfield is there

        times, events = self.satellite.find_events(
            wgs84.latlon(latitude, longitude), self.time(start_s), self.time(end_s), min_elevation
        )
        unix_s = unix_seconds(times)
        rises, sets = unix_s[events == 0], unix_s[events == 2]
        sets = sets[sets > rises[0]]
        return rises[: len(sets)], unix_s[events == 1], sets


def has_root_ahead(start, way):
    """Whether the ray meets the unit sphere."""
    a, b, c = (way * way).sum(axis=0), (start * way).sum(axis=0), (start * start).sum(axis=0) - 1
    return (b * b > a * c) & (b < 0)


def unix_seconds(times):
    return np.array([moment.timestamp() for moment in times.utc_datetime()])
