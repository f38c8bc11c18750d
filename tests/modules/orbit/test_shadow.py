import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.orbit import NotCovered, beta_degrees, nights, sampled, sun_events, twilights, umbras
from modules.orbit.shadow import is_sunlit
from modules.orbit.sun import sun_teme_km
from tests.modules.orbit.orbits import SOLSTICE_S, contains, orbit, seconds, true_spans

HALF_DAY_S = 43_200.0


def darkness(trajectory, start_s, end_s):
    times_s = seconds(start_s, end_s)
    return times_s, ~is_sunlit(trajectory.states(times_s)[0], sun_teme_km(times_s))


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 360), st.floats(0, 365), st.floats(15.0, 15.9))
def test_nights_are_the_dark_seconds(raan_degrees, day, mean_motion):
    start_s = SOLSTICE_S + day * 86400
    trajectory = orbit(raan_degrees, start_s, mean_motion_rev_day=mean_motion)
    found = nights(trajectory, start_s, start_s + HALF_DAY_S)
    times_s, is_dark = darkness(trajectory, start_s, start_s + HALF_DAY_S)
    near_edge = np.abs(times_s[:, None] - found.ravel()).min(axis=1, initial=np.inf) < 0.01
    assert (contains(found, times_s) == is_dark)[~near_edge].all()


def test_nights_of_seconds_near_the_limit_are_not_stepped_over():
    """The plane is turned through the limit of nights, so that nights shrink to nothing."""
    shortest_s = []
    for raan_degrees in np.arange(163.15, 163.7, 0.004):
        trajectory, end_s = orbit(raan_degrees), SOLSTICE_S + 12_000
        found = nights(trajectory, SOLSTICE_S, end_s)
        times_s, is_dark = darkness(trajectory, SOLSTICE_S, end_s)
        assert contains(found, times_s[is_dark]).all()
        whole = np.diff(found)[:, 0]
        assert true_spans(is_dark) <= len(found) <= true_spans(is_dark) + (whole < 1).sum()
        shortest_s += list(whole)
    assert (np.array(shortest_s) < 60).sum() >= 3


def test_sunrises_end_nights_and_sunsets_begin_them():
    end_s = SOLSTICE_S + 86400
    trajectory = orbit(60.0)
    night = nights(trajectory, SOLSTICE_S, end_s)
    rises_s, sets_s = sun_events(trajectory, SOLSTICE_S, end_s)
    assert set(rises_s) == set(night[:, 1]) - {end_s}
    assert set(sets_s) == set(night[:, 0]) - {SOLSTICE_S}


def test_nights_of_two_halves_join_to_those_of_the_whole():
    trajectory = orbit(60.0)
    middle_s, end_s = SOLSTICE_S + 30_000.0, SOLSTICE_S + 60_000.0
    whole = nights(trajectory, SOLSTICE_S, end_s)
    halves = np.concatenate([nights(trajectory, SOLSTICE_S, middle_s), nights(trajectory, middle_s, end_s)])
    edges = halves.ravel()
    np.testing.assert_allclose(edges[np.abs(edges - middle_s) > 1e-6], whole.ravel(), atol=1e-3)


def test_twilight_lies_around_sunrise_and_sunset():
    trajectory = orbit(60.0)
    start_s, end_s = SOLSTICE_S, SOLSTICE_S + 20_000.0
    rises_s, sets_s = sun_events(trajectory, start_s, end_s)
    spans = twilights(trajectory, start_s, end_s)
    assert contains(spans, np.concatenate([rises_s, sets_s])).all()
    assert len(spans) == len(rises_s) + len(sets_s)
    assert ((np.diff(spans) > 6) & (np.diff(spans) < 25)).all()
    assert len(umbras(trajectory, start_s, end_s)) == len(nights(trajectory, start_s, end_s))


def test_no_night_near_the_pole_of_the_sun():
    trajectory = orbit(180.0)
    assert abs(beta_degrees(trajectory, np.array([SOLSTICE_S]))[0]) > 71
    assert nights(trajectory, SOLSTICE_S, SOLSTICE_S + 86400).shape == (0, 2)


def test_a_flat_earth_matters():
    """The same night by a sphere of the equator's radius is seconds longer where the limb is near a pole."""
    times_s = seconds(SOLSTICE_S, SOLSTICE_S + 86400)
    positions, sun = orbit(150.0).states(times_s)[0], sun_teme_km(times_s)
    towards = (positions * (sun - positions)).sum(axis=0) / np.linalg.norm(sun - positions, axis=0)
    by_sphere = (towards < 0) & ((positions**2).sum(axis=0) - towards**2 < 6378.137**2)
    seconds_apart = (by_sphere != ~is_sunlit(positions, sun)).sum()
    assert seconds_apart > 30


def test_samples_serve_only_their_span():
    samples = sampled(orbit(), SOLSTICE_S, SOLSTICE_S + 6000)
    with pytest.raises(NotCovered, match="do not reach"):
        nights(samples, SOLSTICE_S - 600, SOLSTICE_S)
    with pytest.raises(NotCovered, match="do not reach"):
        samples.states(np.array([SOLSTICE_S + 7000]))
