from dataclasses import replace

import numpy as np
import pytest

from modules.orbit import (
    ElementTrajectory,
    EphemerisTrajectory,
    NominalOrbit,
    NotCovered,
    along_track_s,
    load_oem,
    nominal_elements,
    parse_oem,
    sampled,
    unix_seconds,
)
from modules.orbit.trajectory import earth_fixed
from tests.modules.orbit import oem_text
from tests.modules.orbit.orbits import SOLSTICE_S, orbit, seconds
from tests.modules.orbit.shared_data import SHARED_DATA


def test_samples_between_minutes_are_within_a_metre():
    trajectory = orbit()
    samples = sampled(trajectory, SOLSTICE_S, SOLSTICE_S + 20_000)
    times_s = seconds(SOLSTICE_S, SOLSTICE_S + 20_000, 7.3)
    for made, expected, tolerance in zip(
        samples.states(times_s), trajectory.states(times_s), (1e-3, 1e-4), strict=True
    ):
        np.testing.assert_allclose(made, expected, rtol=0, atol=tolerance)


def test_the_earth_fixed_velocity_is_that_of_the_earth_fixed_position():
    fixed = earth_fixed(sampled(orbit(), SOLSTICE_S, SOLSTICE_S + 6000, step_s=0.5))
    by_difference = (fixed.positions_km[:, 2:] - fixed.positions_km[:, :-2]) / (2 * fixed.step_s)
    # SGP4's own velocities differ from the change of its positions by 2 cm/s.
    np.testing.assert_allclose(by_difference, fixed.velocities_km_s[:, 1:-1], rtol=0, atol=3e-5)


def test_a_decayed_orbit_says_so():
    elements = replace(nominal_elements(NominalOrbit(), SOLSTICE_S), bstar=0.01)
    with pytest.raises(NotCovered, match="decayed"):
        ElementTrajectory(elements).states(np.array([SOLSTICE_S + 400 * 86400]))


def test_an_ephemeris_ends_where_its_file_ends():
    trajectory = EphemerisTrajectory(parse_oem(oem_text.xml(oem_text.states())))
    start_s, end_s = trajectory.span_s
    trajectory.states(np.array([start_s, end_s]))
    for outside in (start_s - 1, end_s + 1):
        with pytest.raises(NotCovered, match="2027-12-28 00:00 to 2027-12-28 00:16 UTC"):
            trajectory.states(np.array([outside]))


def test_nothing_is_interpolated_across_a_burn():
    rows = oem_text.states(count=6)
    burn = (rows[3][0], [*rows[3][1][:3], *np.multiply(rows[3][1][3:], 1.001)])
    trajectory = EphemerisTrajectory(parse_oem(oem_text.xml([*rows[:4], burn, *rows[4:]], REF_FRAME="TEME")))
    burn_s = unix_seconds(rows[3][0])
    before, after = trajectory.states(np.array([burn_s - 1e-6, burn_s]))[1].T
    np.testing.assert_allclose(before, rows[3][1][3:], rtol=0, atol=1e-6)
    np.testing.assert_allclose(after, burn[1][3:], rtol=0, atol=1e-6)


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")
def test_a_left_out_state_is_met_within_metres():
    """Every second state is dropped, which makes the gaps twice and the error 64 times as large."""
    whole = load_oem(SHARED_DATA / "ISS.OEM.2022-042.xml.gz")
    rows = slice(0, 1001, 2)
    half = replace(
        whole,
        times_s=whole.times_s[rows],
        positions_km=whole.positions_km[rows],
        velocities_km_s=whole.velocities_km_s[rows],
        pieces=((0, 501),),
    )
    dropped = whole.times_s[1:1000:2]
    made, expected = (EphemerisTrajectory(each).states(dropped)[0] for each in (half, whole))
    assert np.linalg.norm(made - expected, axis=0).max() < 0.01


def test_along_track_seconds_are_signed():
    late = replace(nominal_elements(NominalOrbit(), SOLSTICE_S), epoch_s=SOLSTICE_S + 5)
    ahead = along_track_s(orbit(), ElementTrajectory(late), np.array([SOLSTICE_S + 100]))
    assert ahead == pytest.approx(5, abs=0.01)
