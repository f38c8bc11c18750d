"""Light and passes against skyfield, for three real element sets and a week each."""

import numpy as np
import pytest

from modules.orbit import (
    ElementTrajectory,
    Place,
    beta_degrees,
    nights,
    parse_elements,
    passes,
    sun_events,
)
from tests.modules.orbit.shared_data import SHARED_DATA, acceptance
from tests.modules.orbit.skyfield_reference import Reference, needs_de421

pytestmark = [*acceptance, needs_de421, pytest.mark.slow]

WEEK_S = 7 * 86400.0
NEAR_LIMIT_DEGREES = 66.0
PLACES = {"Rome": (41.9, 12.5), "Quito": (-0.2, -78.5), "Ushuaia": (-54.8, -68.3), "Oslo": (59.9, 10.8)}
SETS = {"moderate beta": 0, "near the limit of nights": 216, "low beta": 300}


@pytest.fixture(scope="module", params=SETS.values(), ids=SETS)
def case(request):
    lines = (SHARED_DATA / "iss-2026-02-to-05.tle").read_text().splitlines()
    chosen = lines[3 * request.param : 3 * request.param + 3]
    (elements,) = parse_elements("\n".join(chosen).encode())
    start_s = np.ceil(elements.epoch_s)
    reference = Reference(*chosen)
    yield ElementTrajectory(elements), reference, start_s, start_s + WEEK_S
    reference.bodies.close()


def test_sunrises_and_sunsets(case, record_property):
    trajectory, reference, start_s, end_s = case
    rises_s, sets_s = sun_events(trajectory, start_s, end_s)
    expected_sets_s, expected_rises_s = reference.night_edges(start_s, end_s)
    assert (len(rises_s), len(sets_s)) == (len(expected_rises_s), len(expected_sets_s))
    for found, expected in ((rises_s, expected_rises_s), (sets_s, expected_sets_s)):
        off_s = np.abs(found - expected)
        allowed_s = np.where(np.abs(beta_degrees(trajectory, expected)) >= NEAR_LIMIT_DEGREES, 3.0, 1.0)
        record_property("worst_s", float(off_s.max()))
        assert (off_s <= allowed_s).all(), off_s.max()


@pytest.mark.parametrize("min_elevation", [0.0, 10.0])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_passes(case, place, min_elevation):
    trajectory, reference, start_s, end_s = case
    found = passes(trajectory, Place(*place), start_s, end_s, min_elevation)
    whole = (found.aos_s > start_s) & (found.los_s < end_s)
    rises_s, culminations_s, sets_s = reference.passes(*place, start_s, end_s, min_elevation)
    assert whole.sum() == len(rises_s) == len(sets_s)
    np.testing.assert_allclose(found.aos_s[whole], rises_s, rtol=0, atol=0.5)
    np.testing.assert_allclose(found.los_s[whole], sets_s, rtol=0, atol=0.5)
    # skyfield's finder stops some tenths of a second short; its elevations at our times tell more.
    edges_s = found.spans_s[whole].ravel()
    np.testing.assert_allclose(reference.elevation_degrees(*place, edges_s), min_elevation, rtol=0, atol=0.002)
    inner = culminations_s[(culminations_s > rises_s[0]) & (culminations_s < sets_s[-1])]
    np.testing.assert_allclose(found.culmination_s[whole], inner, rtol=0, atol=0.5)


@pytest.mark.parametrize("radius_km", [6371.0, 6378.137])
def test_a_spherical_earth_would_fail(case, radius_km):
    """By seconds, or by whole nights near the limit: skyfield's own `is_sunlit` has such an Earth."""
    trajectory, reference, start_s, _ = case
    end_s = start_s + WEEK_S / 4
    rises_s, _ = sun_events(trajectory, start_s, end_s)
    _, spherical_s = reference.night_edges(start_s, end_s, equator_km=radius_km, pole_km=radius_km)
    assert len(spherical_s) != len(rises_s) or np.abs(spherical_s - rises_s).max() > 1.0


def test_nights_last_as_published(case):
    trajectory, _, start_s, end_s = case
    longest_s = np.diff(nights(trajectory, start_s, end_s)).max()
    assert longest_s < 36.5 * 60
