"""When others may together ask for more than would leave enough: the worst that promotions can bring.

The same weighing as `bookings.capacity.check_capacity`, for every instant of a span at once. Between two edges of loads
the same ones are present, so each stretch is weighed once; and where even all of them together leave enough,
which is nearly always, nothing is weighed at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bookings.capacity import Load, worst
from bookings.search.grid import to_us


def overloads(others: Sequence[Load], measure: str, left: Decimal) -> list[tuple[int, int]]:
    """The half-open stretches (microseconds) in which `others` may come to ask for more than `left`."""
    edges = sorted(_edges(others), key=lambda edge: (edge[0], edge[2]))
    present: dict[int, Load] = {}
    together, found = Decimal(0), list[tuple[int, int]]()
    weighed: dict[frozenset[int], bool] = {}
    for at, (instant_us, index, begins) in enumerate(edges):
        weight = Decimal(getattr(others[index], measure))
        if begins:
            present[index] = others[index]
            together += weight
        else:
            del present[index]
            together -= weight
        until_us = edges[at + 1][0] if at + 1 < len(edges) else instant_us
        if together > left and instant_us < until_us:
            who = frozenset(present)
            if who not in weighed:
                weighed[who] = worst(list(present.values()), measure) > left
            if weighed[who]:
                found.append((instant_us, until_us))
    return found


def _edges(others: Sequence[Load]) -> list[tuple[int, int, bool]]:
    """Every beginning and end as (instant, whose, whether it begins)."""
    begins = [(to_us(load.span.starts_at), i, True) for i, load in enumerate(others)]
    return begins + [(to_us(load.span.ends_at), i, False) for i, load in enumerate(others)]
