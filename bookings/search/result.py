"""What a search finds: windows, each worked out in full only when it is looked at, or the reasons for none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

import numpy as np

from bookings import pricing
from bookings.drafts import Draft
from bookings.models import RateCard
from bookings.search.grid import Instants, to_us
from bookings.search.inside import inside
from bookings.search.requirements import Case
from bookings.search.sky import outlook_for
from modules.conditions import Outlook
from modules.intervals import Span
from modules.marks import Seen
from modules.models import Phase, Zone

AT_ONCE = 100
NOBODY = UUID(int=0)  # a window is priced for whoever comes


@dataclass(frozen=True, slots=True)
class Window:
    """One window that can be booked as given."""

    zone: Zone
    span: Span
    phase: Phase
    price: pricing.Quote
    conditions: dict[str, Any]
    tier: str
    uncertainty_seconds: float | None
    outlook: Outlook  # the orbit over this window and those around it


@dataclass(frozen=True, slots=True)
class Reason:
    """How much of the span one requirement alone rules out, and how many windows there were without it."""

    requirement: str
    excluded_seconds: float
    detail: str
    windows_without: int

    def as_json(self) -> dict[str, Any]:
        return {
            "requirement": self.requirement,
            "excluded_seconds": self.excluded_seconds,
            "detail": self.detail,
            "windows_without": self.windows_without,
        }


class Windows(Sequence[Window]):
    """Windows in order of start, then of zone. Finding thousands is cheap: each is priced when it is asked for.

    `outlook` is the orbit over the whole span, where the search has looked it up already.
    """

    def __init__(
        self,
        case: Case,
        positions: Sequence[Instants],
        card: RateCard,
        outlook: Outlook | None,
        seen: Seen | None = None,
    ) -> None:
        self._case, self._card, self._outlook, self._seen = case, card, outlook, seen
        self._rates = list(card.rates.all())
        self._seasonal = [rate for rate in self._rates if rate.season is not None]
        self._prices: dict[tuple[int, str, tuple[int, ...]], pricing.Quote] = {}
        zones = np.repeat(np.arange(len(positions)), [len(found) for found in positions])
        starts = np.concatenate([np.empty(0, dtype=np.int64), *positions])
        order = np.lexsort((zones, starts))
        self._found = list(zip(starts[order].tolist(), zones[order].tolist(), strict=True))

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Window: ...
    @overload
    def __getitem__(self, index: slice) -> list[Window]: ...
    def __getitem__(self, index: int | slice) -> Window | list[Window]:
        if isinstance(index, slice):
            return self._page(self._found[index])
        return self._page([self._found[index]])[0]

    def __iter__(self) -> Iterator[Window]:
        for first in range(0, len(self), AT_ONCE):
            yield from self[first : first + AT_ONCE]

    def after(self, starts_at: datetime, zone: str) -> int:
        """The index of the first window that follows one at `starts_at` in `zone`: where a page goes on."""
        grid, slugs = self._case.grid, [target[0].slug for target in self._case.targets]
        place = slugs.index(zone) if zone in slugs else len(slugs)
        return bisect_right(self._found, ((to_us(starts_at) - grid.origin_us) / grid.step_us, place))

    def _page(self, found: Sequence[tuple[int, int]]) -> list[Window]:
        """The windows of a page, the orbit over all of them looked up once."""
        if not found:
            return []
        request, grid = self._case.request, self._case.grid
        hull = Span(grid.start(found[0][0]), grid.start(found[-1][0]) + request.duration)
        outlook = self._outlook or outlook_for(request.module, hull, request.conditions, downlink=True, seen=self._seen)
        return [self._window(outlook, *window) for window in found]

    def _window(self, outlook: Outlook, position: int, target: int) -> Window:
        case = self._case
        starts_at = case.grid.start(position)
        span, zone = Span(starts_at, starts_at + case.request.duration), case.targets[target][0]
        phase = next(phase for phase in reversed(case.ground.phases) if phase.starts_at <= starts_at)
        orbit = inside(outlook, span, with_passes=case.request.conditions.wants_pass)
        return Window(
            zone=zone,
            span=span,
            phase=phase,
            price=self._price(span, zone, phase),
            conditions=orbit.conditions,
            tier=orbit.tier,
            uncertainty_seconds=orbit.uncertainty_seconds,
            outlook=outlook,
        )

    def _price(self, span: Span, zone: Zone, phase: Phase) -> pricing.Quote:
        """Windows of one search differ in price by their zone, phase and season alone: each price is told once."""
        seasonal = tuple(rate.pk for rate in pricing.in_season(self._seasonal, span)) if self._seasonal else ()
        key = (zone.pk, phase.kind, seasonal)
        if key not in self._prices:
            self._prices[key] = self._quote(span, zone, phase)
        return self._prices[key]

    def _quote(self, span: Span, zone: Zone, phase: Phase) -> pricing.Quote:
        request = self._case.request
        draft = Draft(
            production_id=NOBODY,
            zones=(zone.slug,),
            activity=request.activity,
            span=span,
            crew=request.crew,
            power_kw=request.power_kw,
            downlink_mbps=request.downlink_mbps,
            media_return_kg=request.media_return_kg,
        )
        return pricing.quote(draft, zones=[zone], phase_kind=phase.kind, rates=self._rates, card=self._card)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The windows found; where there are none, `why`: what rules out most comes first."""

    windows: Windows
    why: tuple[Reason, ...] = ()
