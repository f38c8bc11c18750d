import numpy as np
import pytest

from modules.orbit import OutOfRange, ground_track, nights, sampled
from tests.modules.orbit.orbits import SOLSTICE_S, contains, orbit


def test_points_and_light():
    start_s, end_s = SOLSTICE_S, SOLSTICE_S + 86_400
    track = ground_track(orbit(), start_s, end_s, step_s=30)
    assert len(track) == 2880
    assert track.times_s[-1] < end_s
    assert np.abs(track.latitude_degrees).max() == pytest.approx(51.8, abs=0.2)
    assert track.longitude_degrees.min() >= -180
    assert track.longitude_degrees.max() <= 180
    assert 395 < track.altitude_km.min() < track.altitude_km.max() < 445
    assert (track.sunlit == ~contains(nights(orbit(), start_s, end_s), track.times_s)).all()


def test_samples_give_the_same_track():
    start_s, end_s = SOLSTICE_S, SOLSTICE_S + 6000
    exact = ground_track(orbit(), start_s, end_s)
    for margin_s in (0.0, 90.0):
        samples = sampled(orbit(), start_s - margin_s, end_s)
        np.testing.assert_allclose(
            ground_track(samples, start_s, end_s).latitude_degrees, exact.latitude_degrees, atol=1e-4
        )


@pytest.mark.parametrize("step_s", [0.0, -1.0, 1e-6, float("nan")])
def test_senseless_steps_are_refused(step_s):
    with pytest.raises(OutOfRange, match="step"):
        ground_track(orbit(), SOLSTICE_S, SOLSTICE_S + 6000, step_s)


def test_an_empty_span_has_no_points():
    assert len(ground_track(orbit(), SOLSTICE_S, SOLSTICE_S)) == 0
