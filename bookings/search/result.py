"""What a search finds: windows, each worked out in full only when it is looked at, or the reasons for none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload
from uuid import UUID

import numpy as np

from bookings import pricing
from bookings.drafts import Draft
from bookings.models import RateCard
from bookings.search.grid import Instants, to_us
from bookings.search.requirements import Case
from modules.intervals import Span
from modules.models import Phase, Zone

NOBODY = UUID(int=0)  # a window is priced for whoever comes


@dataclass(frozen=True, slots=True)
class Window:
    """One window that can be booked as given."""

    zone: Zone
    span: Span
    phase: Phase
    price: pricing.Quote
    conditions: dict[str, Any] = field(default_factory=dict)
    tier: str | None = None
    uncertainty_seconds: int | None = None


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
    """Windows in order of start, then of zone. Finding thousands is cheap: each is priced when it is asked for."""

    def __init__(self, case: Case, positions: Sequence[Instants], card: RateCard) -> None:
        self._case, self._card = case, card
        self._rates = list(card.rates.all())
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
            return [self._window(*found) for found in self._found[index]]
        return self._window(*self._found[index])

    def after(self, starts_at: datetime, zone: str) -> int:
        """The index of the first window that follows one at `starts_at` in `zone`: where a page goes on."""
        grid, slugs = self._case.grid, [target[0].slug for target in self._case.targets]
        place = slugs.index(zone) if zone in slugs else len(slugs)
        return bisect_right(self._found, ((to_us(starts_at) - grid.origin_us) / grid.step_us, place))

    def _window(self, position: int, target: int) -> Window:
        case = self._case
        starts_at = case.grid.start(position)
        span, zone = Span(starts_at, starts_at + case.request.duration), case.targets[target][0]
        phase = next(phase for phase in reversed(case.ground.phases) if phase.starts_at <= starts_at)
        return Window(zone=zone, span=span, phase=phase, price=self._price(span, zone, phase))

    def _price(self, span: Span, zone: Zone, phase: Phase) -> pricing.Quote:
        request = self._case.request
        draft = Draft(
            production_id=NOBODY,
            zones=(zone.slug,),
            activity=request.activity,
            span=span,
            crew=request.crew,
            power_kw=request.power_kw,
            downlink_mbps=request.downlink_mbps,
        )
        return pricing.quote(
            draft, zones=[zone], phase_kind=phase.kind, rates=self._rates, currency=self._card.currency
        )


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The windows found; where there are none, `why`: what rules out most comes first."""

    windows: Windows
    why: tuple[Reason, ...] = ()
