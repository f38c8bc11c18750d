import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.orbit import (
    ElementTrajectory,
    NominalOrbit,
    Place,
    gaps,
    load_elements,
    nominal_elements,
    passes,
    relay_coverage,
    station_coverage,
    union,
)
from modules.orbit.coverage import clearance_km
from tests.modules.orbit.orbits import SOLSTICE_S, contains, orbit, seconds
from tests.modules.orbit.shared_data import SHARED_DATA

END_S = SOLSTICE_S + 43_200


def relay(anomaly_degrees):
    still = NominalOrbit(0.5, 1.0027, 0.0001, mean_anomaly_degrees=anomaly_degrees)
    return ElementTrajectory(nominal_elements(still, SOLSTICE_S, "Relay"))


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 360), st.floats(0, 360), st.sampled_from([0.0, 100.0]))
def test_relay_coverage_is_the_seconds_in_sight(raan, anomaly, grazing_km):
    trajectory, satellite = orbit(raan), relay(anomaly)
    found = relay_coverage(trajectory, [satellite], SOLSTICE_S, END_S, grazing_km)
    times_s = seconds(SOLSTICE_S, END_S)
    sight = clearance_km(trajectory.states(times_s)[0], satellite.states(times_s)[0]) > grazing_km
    near_edge = np.abs(times_s[:, None] - found.ravel()).min(axis=1, initial=np.inf) < 0.01
    assert (contains(found, times_s) == sight)[~near_edge].all()


def test_two_relays_cover_what_either_covers():
    pair = [relay(0), relay(130)]
    each = [relay_coverage(orbit(), [one], SOLSTICE_S, END_S) for one in pair]
    both = relay_coverage(orbit(), pair, SOLSTICE_S, END_S)
    np.testing.assert_allclose(both, union(np.concatenate(each)), atol=0.01)
    assert relay_coverage(orbit(), [], SOLSTICE_S, END_S).shape == (0, 2)


def test_stations_cover_their_passes():
    places = [Place(41.9, 12.5), Place(48.9, 2.3)]
    found = station_coverage(orbit(), places, SOLSTICE_S, END_S, 5.0)
    each = [passes(orbit(), place, SOLSTICE_S, END_S, 5.0).spans_s for place in places]
    np.testing.assert_allclose(found, np.clip(union(np.concatenate(each)), SOLSTICE_S, END_S), atol=0.01)
    assert station_coverage(orbit(), [], SOLSTICE_S, END_S).shape == (0, 2)


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=8)


@given(SPANS)
def test_union_and_gaps_share_out_the_time(pairs):
    spans = np.array([(low, low + length) for low, length in pairs], dtype=float).reshape(-1, 2)
    joined, holes = union(spans), gaps(union(spans), 0.0, 80.0)
    half_seconds = np.arange(0.25, 80, 0.5)
    covered = ((half_seconds[:, None] >= spans[:, 0]) & (half_seconds[:, None] < spans[:, 1])).any(axis=1)
    assert (contains(joined, half_seconds) == covered).all()
    assert (contains(holes, half_seconds) == ~covered).all()
    assert (joined[1:, 0] > joined[:-1, 1]).all()


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")
@pytest.mark.parametrize(
    ("names", "least", "most"),
    [
        (("TDRS 6", "TDRS 11"), 0.90, 0.935),
        (("TDRS 8", "TDRS 12"), 0.90, 0.935),
        (("TDRS 7", "TDRS 11", "TDRS 12"), 0.99, 1.0),
    ],
)
def test_relays_cover_as_much_as_published(names, least, most):
    """Two relays 90 to 93 % with one gap of minutes an orbit, three near all."""
    module = ElementTrajectory(load_elements(SHARED_DATA / "iss-2026-02-to-05.tle")[-1])
    relays = load_elements(SHARED_DATA / "tdrs_2026-05-30.tle", one_satellite=False)
    chosen = [ElementTrajectory(each) for each in relays if each.name in names]
    start_s = module.elements.epoch_s
    found = relay_coverage(module, chosen, start_s, start_s + 3 * 86400)
    assert least < (found[:, 1] - found[:, 0]).sum() / (3 * 86400) <= most
    holes = np.diff(gaps(found, start_s, start_s + 3 * 86400))
    assert len(holes) <= 3 * 15.6 + 1
    assert (holes < 14 * 60).all()
