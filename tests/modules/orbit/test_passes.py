import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.orbit import OutOfRange, Place, elevation_degrees, passes, passes_over, sampled
from tests.modules.orbit.orbits import SOLSTICE_S, contains, orbit, seconds

DAY_S = 86_400.0
ROME = Place(41.9, 12.5)
LATITUDES, LONGITUDES = st.floats(-70, 70), st.floats(-180, 180)


@settings(max_examples=25, deadline=None)
@given(LATITUDES, LONGITUDES, st.sampled_from([0.0, 10.0, 40.0, 75.0]), st.floats(0, 360))
def test_passes_are_the_seconds_above(latitude, longitude, min_elevation, raan):
    place, trajectory = Place(latitude, longitude), orbit(raan)
    found = passes(trajectory, place, SOLSTICE_S, SOLSTICE_S + DAY_S, min_elevation)
    times_s = seconds(SOLSTICE_S, SOLSTICE_S + DAY_S)
    elevations = elevation_degrees(trajectory, place, times_s)
    near_edge = np.abs(times_s[:, None] - found.spans_s.ravel()).min(axis=1, initial=np.inf) < 0.01
    assert (contains(found.spans_s, times_s) == (elevations > min_elevation))[~near_edge].all()
    for span, culmination_s, greatest in zip(
        found.spans_s, found.culmination_s, found.max_elevation_degrees, strict=True
    ):
        inside = (times_s > span[0]) & (times_s < span[1])
        assert span[0] <= culmination_s <= span[1]
        assert elevations[inside].max(initial=0.0) <= greatest + 1e-3


@settings(max_examples=20, deadline=None)
@given(LATITUDES, LONGITUDES)
def test_grazing_passes_are_found(latitude, longitude):
    place, trajectory = Place(latitude, longitude), orbit(30.0)
    samples = sampled(trajectory, SOLSTICE_S - 1200, SOLSTICE_S + DAY_S + 1200)
    for summit_s, summit in culminations(passes(samples, place, SOLSTICE_S, SOLSTICE_S + DAY_S, 0.0)):
        if 0.01 < summit < 85 and SOLSTICE_S < summit_s < SOLSTICE_S + DAY_S:
            just_under = passes(samples, place, SOLSTICE_S, SOLSTICE_S + DAY_S, summit - 0.002)
            assert np.abs(just_under.culmination_s - summit_s).min() < 0.5
            just_over = passes(samples, place, SOLSTICE_S, SOLSTICE_S + DAY_S, summit + 0.002)
            assert np.abs(just_over.culmination_s - summit_s).min(initial=np.inf) > 60


def culminations(found):
    return list(zip(found.culmination_s, found.max_elevation_degrees, strict=True))


def test_a_pass_across_the_edge_of_the_span_is_whole():
    whole = passes(orbit(), ROME, SOLSTICE_S, SOLSTICE_S + DAY_S)
    middle_s = float(whole.culmination_s[1])
    before = passes(orbit(), ROME, SOLSTICE_S, middle_s)
    after = passes(orbit(), ROME, middle_s, SOLSTICE_S + DAY_S)
    np.testing.assert_allclose(before.spans_s[-1], whole.spans_s[1], atol=0.01)
    np.testing.assert_allclose(after.spans_s[0], whole.spans_s[1], atol=0.01)


def test_many_places_give_what_each_gives_alone():
    places = [ROME, Place(-33.9, 151.2), Place(78.2, 15.6), Place(0.0, 0.0)]
    together = passes_over(orbit(), places, SOLSTICE_S, SOLSTICE_S + 3 * DAY_S)
    for place, found in zip(places, together, strict=True):
        alone = passes(orbit(), place, SOLSTICE_S, SOLSTICE_S + 3 * DAY_S)
        np.testing.assert_allclose(found.spans_s, alone.spans_s, atol=1e-3)
    assert len(together[2]) == 0
    assert passes_over(orbit(), [], SOLSTICE_S, SOLSTICE_S + DAY_S) == []


@pytest.mark.parametrize("elevation", [-1.0, 90.0, float("nan")])
def test_impossible_elevations_are_refused(elevation):
    with pytest.raises(OutOfRange, match="elevation"):
        passes(orbit(), ROME, SOLSTICE_S, SOLSTICE_S + DAY_S, elevation)


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 361), (float("nan"), 0)])
def test_impossible_places_are_refused(latitude, longitude):
    with pytest.raises(OutOfRange, match="outside"):
        Place(latitude, longitude)
