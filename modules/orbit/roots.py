"""When a smooth function of time is positive, found on a grid without stepping over what is short.

A grid shows a change of sign only where the function keeps its sign until the next sample. What rises and
falls between two samples, as a night near the limit of nights or a pass that grazes the horizon, shows as
a sample that is higher than its neighbours and not far below zero. There the summit (or, the other way up,
the trough) is sought first, and if it has the other sign, it parts two crossings. All crossings of all
rows are then refined together, by secants kept inside their brackets, to a tenth of a millisecond.

A row is one function: one place of several, or one relay. `Values` gives the functions on a slice of the
grid, shape (rows, length); `Evaluate` gives them anywhere, `(times, rows) -> values`, all of shape (m,).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from modules.orbit.times import Bools, Floats, Indices

Values = Callable[[slice], Floats]
Evaluate = Callable[[Floats, Indices], Floats]

WINDOW_VALUES = 65_536
"""Values looked at together: few enough to stay in the processor's cache."""

TOLERANCE_S = 1e-4
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Brackets:
    """Pairs of times between which a row changes its sign, (m,) each."""

    rows: Indices
    left_s: Floats
    right_s: Floats
    left_values: Floats
    right_values: Floats

    def where(self, chosen: Bools) -> "Brackets":
        """Those that are chosen."""
        return Brackets(*(each[chosen] for each in vars(self).values()))


@dataclass(frozen=True)
class Triples:
    """Neighbourhoods of samples that may hide a hump, (m,) each; `signs` is -1 where it hangs down."""

    rows: Indices
    left_s: Floats
    right_s: Floats
    left_values: Floats
    right_values: Floats
    signs: Floats


Group = TypeVar("Group", Brackets, Triples)


def positive_spans(
    values: Values, evaluate: Evaluate, times_s: Floats, slack: float, row_count: int = 1
) -> tuple[Indices, Floats]:
    """Spans in which each row is positive: their rows (m,) and times (m, 2), by row and time.

    A span that is open at an end of the grid ends there. `slack` is the most by which a function can rise
    or fall and come back between two samples.
    """
    brackets, is_positive_first = _brackets(values, evaluate, times_s, slack, row_count)
    roots_s = find_roots(evaluate, brackets)
    return _spans(brackets.rows, roots_s, is_positive_first, times_s)


def find_roots(evaluate: Evaluate, brackets: Brackets) -> Floats:
    """The time of the crossing in each bracket, by secants of the last two points, or halving."""
    roots_s = np.empty(len(brackets.rows))
    active = np.arange(len(roots_s))
    low, high, at_low, at_high = _copies(brackets)
    before, at_before, now, at_now = low.copy(), at_low.copy(), high.copy(), at_high.copy()
    rows = brackets.rows
    for turn in range(80):
        if not len(active):
            break
        guess = _next_guess(turn, low, high, before, at_before, now, at_now)
        at_guess = evaluate(guess, rows)
        is_low_side = (at_guess > 0) == (at_low > 0)
        low, high = np.where(is_low_side, guess, low), np.where(is_low_side, high, guess)
        is_done = (np.abs(guess - now) < TOLERANCE_S) | (high - low < TOLERANCE_S) | (at_guess == 0)
        roots_s[active[is_done]] = guess[is_done]
        on = ~is_done
        active, rows, low, high, at_low = active[on], rows[on], low[on], high[on], at_low[on]
        before, at_before, now, at_now = now[on], at_now[on], guess[on], at_guess[on]
    return roots_s


def around_the_middle(evaluate: Evaluate, brackets: Brackets) -> Brackets:
    """Narrower brackets, of a tenth of the width where the crossing lies about the middle.

    There a function that bends towards its ends is straight, and secants need half as many steps.
    """
    width_s = brackets.right_s - brackets.left_s
    first_s = brackets.left_s + 0.45 * width_s
    side = _side(evaluate, brackets, first_s)
    is_after = side.left_s == first_s
    return _side(evaluate, side, np.where(is_after, first_s + width_s / 10, first_s - width_s / 10))


def _side(evaluate: Evaluate, brackets: Brackets, cut_s: Floats) -> Brackets:
    """The part of each bracket, before or after a time in it, in which the sign changes."""
    rows, left, right, at_left, at_right = vars(brackets).values()
    at_cut = evaluate(cut_s, rows)
    is_after = (at_cut > 0) == (at_left > 0)
    return Brackets(
        rows,
        np.where(is_after, cut_s, left),
        np.where(is_after, right, cut_s),
        np.where(is_after, at_cut, at_left),
        np.where(is_after, at_right, at_cut),
    )


def _copies(brackets: Brackets) -> tuple[Floats, Floats, Floats, Floats]:
    return brackets.left_s, brackets.right_s, brackets.left_values, brackets.right_values


def _next_guess(
    turn: int, low: Floats, high: Floats, before: Floats, at_before: Floats, now: Floats, at_now: Floats
) -> Floats:
    middle = (low + high) / 2
    if turn % 8 == 7:  # a secant may creep towards a flat crossing; halving does not
        return middle
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = now - at_now * (now - before) / (at_now - at_before)
    return np.where((guess > low) & (guess < high), guess, middle)


def _brackets(
    values: Values, evaluate: Evaluate, times_s: Floats, slack: float, row_count: int
) -> tuple[Brackets, Bools]:
    """Every bracket, and whether each row is positive at the first sample."""
    found: list[Brackets] = []
    humps: list[Triples] = []
    is_positive_first = np.zeros(0, dtype=np.bool_)
    length = max(1, WINDOW_VALUES // max(1, row_count))
    for first, window in _windows(values, len(times_s), length):
        if first == 0:
            is_positive_first = window[:, 0] > 0
        found.append(_sign_changes(window, times_s, first, length))
        humps += _near_humps(window, times_s, first, slack)
    found += _around_humps(evaluate, _joined(humps))
    return _joined(found), is_positive_first


def _joined(parts: list[Group]) -> Group:
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return type(parts[0])(*(np.concatenate(column) for column in columns))


def _windows(values: Values, count: int, length: int) -> Iterator[tuple[int, Floats]]:
    """The grid in parts that overlap by two samples, so that each neighbourhood lies whole in one."""
    for first in range(0, count - 1, length):
        yield first, values(slice(first, min(first + length + 2, count)))


def _sign_changes(window: Floats, times_s: Floats, first: int, length: int) -> Brackets:
    is_positive = window[:, : length + 1] > 0
    rows, left = marked(is_positive[:, 1:] != is_positive[:, :-1])
    at = left + first
    return Brackets(rows, times_s[at], times_s[at + 1], window[rows, left], window[rows, left + 1])


def marked(table: Bools) -> tuple[Indices, Indices]:
    """Rows and columns of what is true, by row: as `np.nonzero`, several times quicker for a table of few."""
    rows, columns = np.divmod(np.flatnonzero(table), table.shape[1])
    return rows, columns


def _near_humps(window: Floats, times_s: Floats, first: int, slack: float) -> list[Triples]:
    """Samples within `slack` of zero, and nearer to it than their neighbours: from below, and from above."""
    rows, columns = marked(np.abs(window) < slack)
    inner = (columns > 0) & (columns < window.shape[1] - 1)
    rows, columns = rows[inner], columns[inner]
    near = [window[rows, columns + shift] for shift in (-1, 0, 1)]
    return [_humps(rows, columns + first, times_s, near, sign) for sign in (1.0, -1.0)]


def _humps(rows: Indices, at: Indices, times_s: Floats, near: list[Floats], sign: float) -> Triples:
    """Those on the side of zero against `sign`; `near` is the value before, at and after each of the times `at`."""
    before, here, after = (sign * values for values in near)
    chosen = (here <= 0) & (here >= before) & (here > after)
    at = at[chosen]
    return Triples(
        rows[chosen],
        times_s[at - 1],
        times_s[at + 1],
        sign * before[chosen],
        sign * after[chosen],
        np.full(len(at), sign),
    )


def _around_humps(evaluate: Evaluate, humps: Triples) -> list[Brackets]:
    """Both sides of each hump that reaches to the other sign."""
    rows, signs = humps.rows, humps.signs
    top_s = _summits(evaluate, humps)
    top = evaluate(top_s, rows)
    is_across = signs * top > 0
    before = Brackets(rows, humps.left_s, top_s, humps.left_values, top)
    after = Brackets(rows, top_s, humps.right_s, top, humps.right_values)
    return [before.where(is_across), after.where(is_across)]


def _summits(evaluate: Evaluate, humps: Triples) -> Floats:
    """Time of the greatest value (the least, for sign -1) in each hump, by the golden section."""
    left, right = humps.left_s, humps.right_s
    while len(left) and (right - left).max() > TOLERANCE_S:
        width = GOLDEN * (right - left)
        low, high = right - width, left + width
        is_right = humps.signs * (evaluate(high, humps.rows) - evaluate(low, humps.rows)) > 0
        left, right = np.where(is_right, low, left), np.where(is_right, right, high)
    return (left + right) / 2


def _spans(rows: Indices, roots_s: Floats, is_positive_first: Bools, times_s: Floats) -> tuple[Indices, Floats]:
    """Pair the crossings of each row, closing what is open at the ends of the grid."""
    opens = np.flatnonzero(is_positive_first)
    counts = np.bincount(rows, minlength=len(is_positive_first)) + is_positive_first
    closes = np.flatnonzero(counts % 2)
    all_rows = np.concatenate([rows, opens, closes])
    all_times = np.concatenate([roots_s, np.full(len(opens), times_s[0]), np.full(len(closes), times_s[-1])])
    order = np.lexsort((all_times, all_rows))
    return all_rows[order][::2], all_times[order].reshape(-1, 2)
