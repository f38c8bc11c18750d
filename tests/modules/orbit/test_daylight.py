"""Day and night on the ground, against the almanac."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from modules.orbit import Daylight, Place, daylight_at, unix_seconds
from modules.orbit.daylight import sun_elevation_degrees

ROME = Place(41.9, 12.5)


def at(text: str) -> np.ndarray:
    return np.array([unix_seconds(datetime.fromisoformat(text).replace(tzinfo=UTC))])


@pytest.mark.parametrize(
    ("when", "degrees"),
    [
        ("2027-06-21 11:12", 90 - 41.9 + 23.44),  # the Sun in the south on the longest day
        ("2027-06-21 23:12", -(90 - 41.9 - 23.44)),  # and in the north, below
        ("2027-12-22 11:08", 90 - 41.9 - 23.44),
    ],
)
def test_the_sun_stands_as_high_as_the_seasons_say(when: str, degrees: float) -> None:
    assert sun_elevation_degrees(ROME, at(when))[0] == pytest.approx(degrees, abs=0.02)


@pytest.mark.parametrize(
    ("when", "light"),
    [
        # Rome, 21 June 2027: sunrise 03:34, sunset 18:48, civil dusk 19:21 UTC
        ("2027-06-21 03:30", Daylight.TWILIGHT),
        ("2027-06-21 03:39", Daylight.DAY),
        ("2027-06-21 18:43", Daylight.DAY),
        ("2027-06-21 18:54", Daylight.TWILIGHT),
        ("2027-06-21 19:28", Daylight.NIGHT),
    ],
)
def test_light_is_named_as_people_there_name_it(when: str, light: Daylight) -> None:
    assert daylight_at(ROME, at(when)) == [light]
