"""Sun, sidereal time, precession and geodesy, against printed examples and skyfield."""

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.orbit import Place, unix_seconds
from modules.orbit.earth import EARTH_RATE_RADIANS_S, geodetic, gmst_radians, teme_to_earth_fixed
from modules.orbit.precession import ARCSECOND, eme2000_to_teme, mean_obliquity, nutation
from modules.orbit.sun import SunTable, sun_teme_km
from modules.orbit.times import DAY_S, parse_epoch, tt_minus_utc_s
from tests.modules.orbit.skyfield_reference import needs_de421

YEARS_S = np.linspace(
    unix_seconds(datetime(2020, 1, 1, tzinfo=UTC)), unix_seconds(datetime(2045, 1, 1, tzinfo=UTC)), 4000
)


def at(*moment):
    return np.array([unix_seconds(datetime(*moment, tzinfo=UTC))])


def test_sidereal_time_of_meeus():
    """Astronomical Algorithms, example 12.b: 1987 April 10, 19h21m00s UT, mean sidereal time 8h34m57.0896s."""
    hours = np.degrees(gmst_radians(at(1987, 4, 10, 19, 21))) / 15
    assert hours[0] == pytest.approx(8 + 34 / 60 + 57.0896 / 3600, abs=1e-4 / 3600 * 10)


def test_sidereal_time_runs_at_the_rate_of_the_earth():
    times_s = at(2027, 3, 1) + np.array([0.0, 1000.0])
    assert np.diff(gmst_radians(times_s))[0] / 1000 == pytest.approx(EARTH_RATE_RADIANS_S, rel=1e-9)


def test_nutation_of_meeus():
    """Example 22.a: 1987 April 10, 0h TD: -3.788″ in longitude, +9.443″ in obliquity, ε₀ 23°26'27.407″."""
    moment = at(1987, 4, 10) - tt_minus_utc_s(at(1987, 4, 10))
    longitude, obliquity = (each[0] / ARCSECOND for each in nutation(moment))
    assert (longitude, obliquity) == (pytest.approx(-3.788, abs=0.03), pytest.approx(9.443, abs=0.03))
    assert np.degrees(mean_obliquity(moment))[0] == pytest.approx(23 + 26 / 60 + 27.407 / 3600, abs=1e-6)


def test_terrestrial_time():
    assert tt_minus_utc_s(at(2026, 1, 1))[0] == pytest.approx(69.184)
    assert tt_minus_utc_s(at(2016, 12, 31))[0] == pytest.approx(68.184)
    assert tt_minus_utc_s(at(1960, 1, 1))[0] == pytest.approx(42.184)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-042T12:00:00.000Z", datetime(2022, 2, 11, 12, tzinfo=UTC)),
        ("2022-02-11T12:08:41.500", datetime(2022, 2, 11, 12, 8, 41, 500_000, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2024-366T00:00:00", datetime(2024, 12, 31, tzinfo=UTC)),
    ],
)
def test_epochs(text, moment):
    assert parse_epoch(text) == unix_seconds(moment)


@pytest.mark.parametrize("text", ["2023-366T00:00:00", "2023-02-30T00:00:00", "2023-01-01", "now", "2023-000T00:00:00"])
def test_what_is_no_epoch(text):
    with pytest.raises(ValueError, match="is not a"):
        parse_epoch(text)


def test_matrices_turn_and_do_not_stretch():
    turns = eme2000_to_teme(YEARS_S[::100])
    np.testing.assert_allclose(turns @ turns.transpose(0, 2, 1), np.broadcast_to(np.eye(3), turns.shape), atol=1e-14)
    degrees = np.degrees(np.arccos((np.trace(turns, axis1=1, axis2=2) - 1) / 2))
    assert (degrees < 0.63).all()


def test_the_table_of_the_sun_is_the_sun():
    times_s = YEARS_S[0] + np.arange(0.0, 20 * DAY_S, 1234.5)
    table, exact = SunTable(times_s[0], times_s[-1]).at(times_s), sun_teme_km(times_s)
    assert np.linalg.norm(table - exact, axis=0).max() / 1.5e8 < 0.05 * ARCSECOND


@given(st.floats(-89.999, 89.999), st.floats(-179.999, 180), st.floats(0, 2000))
def test_geodetic_undoes_places(latitude, longitude, altitude_km):
    place = Place(latitude, longitude)
    found = geodetic((place.position_km + altitude_km * place.up)[:, None])
    assert [float(each[0]) for each in found] == pytest.approx([latitude, longitude, altitude_km], abs=1e-5)


@pytest.fixture(scope="module")
def skyfield():
    from skyfield.api import load, load_file  # noqa: PLC0415 - absent in production

    bodies = load_file(Path(find_spec("skyfield_data").origin).parent / "data" / "de421.bsp")
    scale = load.timescale(builtin=True)
    yield bodies, scale.tt_jd((YEARS_S + tt_minus_utc_s(YEARS_S)) / DAY_S + 2_440_587.5)
    bodies.close()


@needs_de421
def test_the_sun_is_within_four_thousandths_of_a_degree(skyfield, record_property):
    from skyfield.sgp4lib import TEME  # noqa: PLC0415 - only where skyfield is there

    bodies, times = skyfield
    expected = bodies["earth"].at(times).observe(bodies["sun"]).apparent().frame_xyz(TEME).km
    found = sun_teme_km(YEARS_S)
    across = np.cross(found, expected, axis=0) / np.linalg.norm(found, axis=0) / np.linalg.norm(expected, axis=0)
    worst_degrees = np.degrees(np.linalg.norm(across, axis=0).max())
    record_property("worst_degrees", float(worst_degrees))
    assert worst_degrees < 0.001
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), np.linalg.norm(expected, axis=0), rtol=3e-5)


@needs_de421
def test_frames_are_within_metres(skyfield):
    from skyfield.framelib import itrs  # noqa: PLC0415 - only where skyfield is there
    from skyfield.positionlib import ICRF  # noqa: PLC0415 - only where skyfield is there
    from skyfield.sgp4lib import TEME  # noqa: PLC0415 - only where skyfield is there

    _, times = skyfield
    fixed_km = np.tile(np.array([[4000.0], [-3000.0], [4600.0]]), len(YEARS_S))
    position = ICRF(fixed_km / 149_597_870.7, t=times, center=399)
    teme = np.einsum("nij,jn->in", eme2000_to_teme(YEARS_S), fixed_km)
    assert np.linalg.norm(teme - position.frame_xyz(TEME).km, axis=0).max() < 0.01
    ours = teme_to_earth_fixed(YEARS_S + times.dut1, teme)[0]
    assert np.linalg.norm(ours - position.frame_xyz(itrs).km, axis=0).max() < 0.01
