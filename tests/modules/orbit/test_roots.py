import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modules.orbit.roots import Brackets, around_the_middle, find_roots, positive_spans

TIMES_S = np.arange(0.0, 6001.0, 60.0)


def waves(periods, phases, levels):
    periods, phases, levels = (np.array(each)[:, None] for each in (periods, phases, levels))

    def at(times_s, rows):
        return (np.cos(2 * np.pi * (times_s - phases[rows, 0]) / periods[rows, 0])) - levels[rows, 0]

    def values(part):
        return np.cos(2 * np.pi * (TIMES_S[part] - phases) / periods) - levels

    return values, at


@given(st.lists(st.tuples(st.floats(900, 5000), st.floats(0, 5000), st.floats(-0.999, 0.999)), min_size=1, max_size=4))
def test_spans_of_a_wave_are_those_of_its_formula(rows):
    periods, phases, levels = (list(column) for column in zip(*rows, strict=True))
    slack = 1.0
    found_rows, spans = positive_spans(*waves(periods, phases, levels), TIMES_S, slack, row_count=len(rows))
    for row, (period, phase, level) in enumerate(rows):
        half = np.arccos(level) / (2 * np.pi) * period
        centres = phase + period * np.arange(-10, 12)
        expected = np.clip(np.stack([centres - half, centres + half], axis=1), 0.0, 6000.0)
        expected = expected[expected[:, 1] - expected[:, 0] > 1e-3]
        its = spans[found_rows == row]
        its = its[its[:, 1] - its[:, 0] > 1e-3]
        np.testing.assert_allclose(its, expected, atol=0.01)


def test_what_lies_between_two_samples_is_found_both_ways():
    width_s = 8.0
    level = np.cos(np.pi * width_s / 3000)
    found = positive_spans(*waves([3000.0, 3000.0], [1530.0, 30.0], [level, -level]), TIMES_S, 0.1, row_count=2)
    rows, spans = found
    assert len(spans[rows == 0]) == 2
    np.testing.assert_allclose(np.diff(spans[rows == 0])[:, 0], width_s, atol=0.001)
    holes = spans[rows == 1].ravel()[1:-1].reshape(-1, 2)
    np.testing.assert_allclose(np.diff(holes)[:, 0], width_s, atol=0.001)


def test_always_and_never():
    rows, spans = positive_spans(*waves([1e6, 1e6], [0.0, 0.0], [-2.0, 2.0]), TIMES_S, 0.1, row_count=2)
    assert rows.tolist() == [0]
    assert spans.tolist() == [[0.0, 6000.0]]


@given(
    st.lists(st.floats(1, 599) | st.sampled_from([270.0, 330.0]), min_size=1, max_size=4), st.sampled_from([1.0, -1.0])
)
def test_brackets_around_the_middle_hold_the_crossing_and_find_it(crossings, sign):
    at_s, rows = np.array(crossings), np.arange(len(crossings))

    def evaluate(times_s, rows):
        return sign * np.arctan((at_s[rows] - times_s) / 50)

    left, right = np.zeros(len(rows)), np.full(len(rows), 600.0)
    whole = Brackets(rows, left, right, evaluate(left, rows), evaluate(right, rows))
    narrow = around_the_middle(evaluate, whole)
    assert ((narrow.left_s <= at_s) & (at_s <= narrow.right_s)).all()
    width_s = narrow.right_s - narrow.left_s
    assert (width_s[(at_s > 270) & (at_s < 330)] < 60.01).all()
    np.testing.assert_array_equal(narrow.left_values, evaluate(narrow.left_s, rows))
    np.testing.assert_array_equal(narrow.right_values, evaluate(narrow.right_s, rows))
    np.testing.assert_allclose(find_roots(evaluate, narrow), at_s, atol=2e-4)
