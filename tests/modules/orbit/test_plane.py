import numpy as np
import pytest

from modules.orbit import (
    ElementTrajectory,
    NominalOrbit,
    beta_degrees,
    betas,
    load_elements,
    nights,
    no_night_seasons,
    nominal_elements,
    plane_forecast,
)
from tests.modules.orbit.orbits import SOLSTICE_S, orbit
from tests.modules.orbit.shared_data import SHARED_DATA

DAY_S = 86_400.0


def test_nominal_elements_say_so():
    elements = nominal_elements(NominalOrbit(), SOLSTICE_S)
    assert elements.nominal
    assert (elements.inclination_degrees, elements.mean_motion_rev_day) == (51.64, 15.5)


@pytest.mark.parametrize("raan_degrees", [0.0, 60.0, 120.0, 160.0])
def test_near_the_epoch_the_plane_agrees_with_the_trajectory(raan_degrees):
    trajectory = orbit(raan_degrees)
    night = nights(trajectory, SOLSTICE_S, SOLSTICE_S + DAY_S)[1:-1]
    forecast = plane_forecast(trajectory.elements, night.mean(axis=1))
    lengths_s = np.diff(night)[:, 0]
    assert (np.abs(forecast.beta_degrees - beta_degrees(trajectory, forecast.times_s)) < 0.1).all()
    assert (forecast.night_seconds_least <= lengths_s).all()
    assert (lengths_s <= forecast.night_seconds_most).all()
    assert np.abs(forecast.night_seconds - lengths_s).max() < 30
    assert forecast.orbits_per_day == pytest.approx(15.5, abs=0.02)


def test_the_error_grows_and_bounds_hold_what_they_bound():
    elements = nominal_elements(NominalOrbit(), SOLSTICE_S)
    forecast = plane_forecast(elements, SOLSTICE_S + DAY_S * np.arange(400))
    assert (forecast.night_seconds_least <= forecast.night_seconds).all()
    assert (forecast.night_seconds <= forecast.night_seconds_most).all()
    assert forecast.beta_error_degrees[300:].mean() > 5 * forecast.beta_error_degrees[:30].mean()
    assert np.abs(forecast.beta_degrees).max() < 75.2
    assert (forecast.night_seconds < 36.5 * 60).all()


def test_seasons_without_night_lie_where_beta_is_beyond_the_limit():
    elements = nominal_elements(NominalOrbit(raan_degrees=180.0), SOLSTICE_S)
    seasons = no_night_seasons(elements, SOLSTICE_S - 10 * DAY_S, SOLSTICE_S + 390 * DAY_S)
    assert len(seasons) >= 2
    for season in seasons:
        assert 0.5 < (season.ends_s - season.starts_s) / DAY_S < 13
        middle = plane_forecast(elements, np.array([(season.starts_s + season.ends_s) / 2]))
        assert abs(middle.beta_degrees[0]) > 69
        assert middle.sunrises_per_day[0] == 0
        assert 0 < season.error_days < 10
    assert no_night_seasons(elements, SOLSTICE_S, SOLSTICE_S) == ()


def test_one_beta_a_day():
    times_s, degrees = betas(orbit(), SOLSTICE_S + 3600, SOLSTICE_S + 3 * DAY_S)
    assert ((times_s - SOLSTICE_S) / DAY_S).tolist() == [0.5, 1.5, 2.5]
    np.testing.assert_allclose(degrees, beta_degrees(orbit(), times_s))


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")
def test_three_months_of_real_planes_stay_inside_the_stated_error():
    sets = load_elements(SHARED_DATA / "iss-2026-02-to-05.tle")
    times_s = np.array([each.epoch_s for each in sets[::10]])
    forecast = plane_forecast(sets[0], times_s)
    actual = np.array([beta_degrees(ElementTrajectory(each), np.array([each.epoch_s]))[0] for each in sets[::10]])
    off_degrees = np.abs(forecast.beta_degrees - actual)
    assert (off_degrees <= forecast.beta_error_degrees + 0.03).all()
    assert off_degrees.max() < 0.2
