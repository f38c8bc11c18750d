"""NASA's published passes, from NASA's own ephemeris of those days.

A pass is published where the station is in full sunlight, and its elevations are rounded to whole degrees:
what is compared is by how much ours lies outside the half degree that rounding leaves.
"""

import csv
from datetime import datetime

import numpy as np
import pytest

from modules.orbit import (
    EphemerisTrajectory,
    Place,
    elevation_degrees,
    gaps,
    load_oem,
    nights,
    passes,
    sampled,
    twilights,
    union,
    unix_seconds,
)
from tests.modules.orbit.shared_data import SHARED_DATA, acceptance

pytestmark = acceptance

MINUTE_S = 60.0


@pytest.fixture(scope="module")
def trajectory():
    return EphemerisTrajectory(load_oem(SHARED_DATA / "ISS.OEM.2022-042.xml.gz"))


@pytest.fixture(scope="module")
def sightings():
    with (SHARED_DATA / "iss-sightings-2022-02.csv").open() as file:
        return list(csv.DictReader(file))


def sunlit_passes(trajectory, place):
    """The parts of passes above 10° in which the station is in full sunlight."""
    start_s, end_s = trajectory.span_s
    shade = union(np.concatenate([nights(trajectory, start_s, end_s), twilights(trajectory, start_s, end_s)]))
    for span in passes(trajectory, place, start_s, end_s).spans_s:
        yield from gaps(shade, *span)


def greatest_elevation(trajectory, place, low, high):
    return elevation_degrees(trajectory, place, np.linspace(low, high, 200)).max()


def test_every_published_pass_is_found(trajectory, sightings, record_property):
    off_degrees = []
    spans = {}
    for row in sightings:
        place = Place(float(row["latitude"]), float(row["longitude"]))
        if place not in spans:
            spans[place] = list(sunlit_passes(sampled(trajectory, *trajectory.span_s), place))
        published_s = unix_seconds(datetime.fromisoformat(row["start_utc_minute"]))
        near = [span for span in spans[place] if abs(span[0] - published_s - MINUTE_S / 2) < 1.5 * MINUTE_S]
        assert len(near) == 1, row
        found = greatest_elevation(trajectory, place, *near[0])
        off_degrees.append(max(0.0, abs(found - float(row["max_elevation_degrees"])) - 0.5))
    record_property("median_degrees", float(np.median(off_degrees)))
    record_property("greatest_degrees", float(max(off_degrees)))
    assert len(off_degrees) == 48
    assert np.median(off_degrees) < 0.2
    assert max(off_degrees) < 3.0
