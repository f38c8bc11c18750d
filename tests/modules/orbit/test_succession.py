from dataclasses import replace
from itertools import pairwise

import pytest

from modules.orbit import NominalOrbit, disagreement, load_elements, nominal_elements
from tests.modules.orbit.orbits import SOLSTICE_S
from tests.modules.orbit.shared_data import SHARED_DATA

FIRST = nominal_elements(NominalOrbit(), SOLSTICE_S)
CHANGES = {
    "nothing": ({}, None),
    "reboost": ({"mean_motion_rev_day": 15.49}, None),
    "other satellite": ({"norad_id": 5}, "satellite 5"),
    "other height": ({"mean_motion_rev_day": 15.3}, "height differs by"),
    "a fall": ({"mean_motion_rev_day": 15.52}, "height differs by"),
    "other inclination": ({"inclination_degrees": 52.0}, "inclination differs by 0.36"),
    "other plane": ({"raan_degrees": 3.0}, "plane lies 3.0°"),
    "other shape": ({"eccentricity": 0.01}, "eccentricity differs by 0.0095"),
}


@pytest.mark.parametrize(("changes", "says"), CHANGES.values(), ids=CHANGES)
def test_what_can_follow(changes, says):
    reason = disagreement(FIRST, replace(FIRST, **changes))
    assert reason is None if says is None else says in reason


def test_the_node_is_carried_on():
    later = replace(FIRST, epoch_s=SOLSTICE_S + 10 * 86400)
    assert "plane lies" in disagreement(FIRST, later)
    assert disagreement(FIRST, replace(later, raan_degrees=360 - 49.9)) is None


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")
def test_real_sets_follow_each_other():
    sets = load_elements(SHARED_DATA / "iss-2026-02-to-05.tle")
    assert [disagreement(old, new) for old, new in pairwise(sets)] == [None] * 316
    assert disagreement(sets[0], sets[-1]) is None
    assert disagreement(sets[-1], sets[0]) is None
