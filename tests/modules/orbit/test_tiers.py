from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.orbit import Tier, error_growth, load_elements, tier_at, tier_spans
from tests.modules.orbit.shared_data import SHARED_DATA

DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("days", "tier", "uncertainty"),
    [
        (0, "precise", 10), (2, "precise", 10), (2.01, "good", 120), (5, "good", 120), (5.01, "indicative", 600),
        (14, "indicative", 600), (14.01, "statistical", None), (4000, "statistical", None), (-4, "good", 120),
    ],
)  # fmt: skip
def test_the_tiers_of_elements(days, tier, uncertainty):
    row = tier_at(days * DAY_S, 0.0)
    assert (row.tier, row.uncertainty_seconds) == (tier, uncertainty)


def test_an_ephemeris_reaches_further():
    for days in (1, 3, 6, 10, 15, 20):
        by_elements, by_ephemeris = tier_at(days * DAY_S, 0.0), tier_at(days * DAY_S, 0.0, source="ephemeris")
        assert list(Tier).index(by_ephemeris.tier) <= list(Tier).index(by_elements.tier)
    assert tier_at(15 * DAY_S, 0.0, source="ephemeris").tier == Tier.GOOD


@pytest.mark.parametrize(
    ("reboost_days", "tier"),
    [(0.5, "good"), (1.0, "good"), (1.5, "precise"), (-0.5, "precise")],
)
def test_a_reboost_between_epoch_and_time_lowers_the_tier(reboost_days, tier):
    assert tier_at(DAY_S, 0.0, [reboost_days * DAY_S]).tier == tier


def test_nothing_is_below_statistical():
    assert tier_at(20 * DAY_S, 0.0, [DAY_S]).tier == Tier.STATISTICAL


def test_spans_by_tier():
    spans = tier_spans(0.0, 20 * DAY_S, 3 * DAY_S, [6 * DAY_S])
    assert [(each.starts_s / DAY_S, each.ends_s / DAY_S, str(each.tier)) for each in spans] == [
        (0, 1, "good"),
        (1, 5, "precise"),
        (5, 6, "good"),
        (6, 8, "indicative"),
        (8, 20, "statistical"),
    ]


@given(st.floats(-40, 40), st.floats(0.01, 60), st.lists(st.floats(-40, 60), max_size=4), st.floats(0, 1))
def test_spans_share_out_the_time_and_agree_with_the_table(start, length, reboosts, fraction):
    start_s, end_s = start * DAY_S, (start + length) * DAY_S
    reboosts_s = [each * DAY_S for each in reboosts]
    spans = tier_spans(start_s, end_s, 0.0, reboosts_s)
    assert (spans[0].starts_s, spans[-1].ends_s) == (start_s, end_s)
    for before, after in pairwise(spans):
        assert before.ends_s == after.starts_s
        assert before.tier != after.tier
    for span in spans:
        inside = span.starts_s + (0.001 + 0.998 * fraction) * (span.ends_s - span.starts_s)
        assert tier_at(inside, 0.0, reboosts_s).tier == span.tier


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA}")
def test_real_elements_age_within_the_promises(record_property):
    sets = load_elements(SHARED_DATA / "iss-2026-02-to-05.tle")
    assert len(sets) == 317
    lines = error_growth(sets)
    for line in lines:
        record_property(f"{line.from_days:g} to {line.to_days:g} days", float(line.inside))
        assert line.count > 1000
        assert line.inside >= 0.92
    assert lines[0].ninetieth_percentile_s < 1
