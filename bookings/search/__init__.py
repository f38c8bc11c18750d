"""Windows that satisfy everything, and why not.

A search lays a grid of candidate starts over the span and asks each requirement by itself where on the grid it is
met: flight rules, closures, what others have booked, capacity, the crew's day, and what the orbit gives. Windows are
what is left, greedily from the beginning; where nothing is left, each requirement says how much it rules out.
Everything is read first, in a fixed number of queries, so that the work in between is arithmetic on arrays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings import measures
from bookings.ratecards import card_for
from bookings.search.grid import Grid, greedy
from bookings.search.ground import survey, zones_of
from bookings.search.reasons import reasons, satisfied
from bookings.search.request import OFFER_STANDS, SearchRequest, check
from bookings.search.requirements import NO_TIME, Case, Requirement, requirements
from bookings.search.result import Reason, SearchResult, Window, Windows
from bookings.search.sky import of_the_orbit, outlook_of
from modules import marks

__all__ = [
    "OFFER_STANDS",
    "Reason",
    "SearchRequest",
    "SearchResult",
    "Window",
    "Windows",
    "check",
    "count",
    "find",
    "zones_of",
]


def find(request: SearchRequest, *, at: datetime, stands: timedelta = NO_TIME) -> SearchResult:
    """The windows that could be booked at `at`, and whose lead time is kept for as long as `stands` after it.

    Raises Invalid where the request makes no sense.
    """
    with measures.searching() as found:
        result = _find(request, at=at, stands=stands)
        found(bool(result.windows))
    return result


def count(request: SearchRequest, *, at: datetime, stands: timedelta = NO_TIME) -> int:
    """How many windows a search that nobody asked for would find; raises Invalid like `find`."""
    windows, _case, _asked = _look(request, at=at, stands=stands)
    return len(windows)


def _find(request: SearchRequest, *, at: datetime, stands: timedelta) -> SearchResult:
    windows, case, asked = _look(request, at=at, stands=stands)
    return SearchResult(windows, () if windows else reasons(case, asked))


def _look(request: SearchRequest, *, at: datetime, stands: timedelta) -> tuple[Windows, Case, list[Requirement]]:
    """The windows, and what they had to satisfy."""
    check(request)
    seen = marks.seen(request.module.slug, request.span)
    revision = seen.revision if seen else None
    zones = zones_of(request.module, request.zones, revision=revision)
    card = card_for(request.module, at, revision=revision)
    grid = Grid.over(request.span, request.duration, request.step_minutes)
    ground = survey(request.module, zones, request.span, at=at, weighed=request.asks_capacity, revision=revision)
    case = Case(request, grid, ground, [(zone,) for zone in zones], at, stands)
    outlook = outlook_of(request, seen=seen)
    asked = [*requirements(case), *of_the_orbit(case, outlook)]
    windows = Windows(case, [greedy(grid, mask) for mask in satisfied(case, asked)], card, outlook, seen)
    return windows, case, asked
