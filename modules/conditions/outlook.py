"""Everything the orbit gives over a span, put together from computed days: arrays that any question can be asked of.

Where clock times can be said (up to `indicative`) there are nights, passes and coverage with their true edges; where
they cannot, one line a day of what the plane still tells. A night that begins in one source's stretch and ends in the
next one's is one night: stretches are cut at their borders and joined again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np

from modules.conditions.engine import (
    Subject,
    Table,
    beta_subject,
    day_of,
    day_s,
    downlink_subject,
    night_subject,
    pass_subject,
    plane_subject,
)
from modules.conditions.relays import providers_of
from modules.conditions.sources import Source, SourceKey, Stretch, timeline
from modules.conditions.store import Key, SourceFails, Wanted, tables
from modules.intervals import Span
from modules.models import Module
from modules.models import Place as NamedPlace
from modules.orbit import Place, unix_seconds
from modules.orbit.coverage import union
from modules.orbit.tiers import Tier
from modules.orbit.times import DAY_S
from modules.schedule import schedule_of

MARGIN = timedelta(hours=1)
"""Looked at beyond both ends, so that what is open at an end shows where it really begins."""


@dataclass(frozen=True, slots=True)
class Overhead:
    """A place that passes are asked over."""

    latitude: float
    longitude: float
    min_elevation_degrees: float = 10.0

    @property
    def is_named(self) -> bool:
        """Whether it is one of ours: only their passes are worth keeping."""
        return NamedPlace.objects.filter(latitude=self.latitude, longitude=self.longitude).exists()


@dataclass(frozen=True, slots=True)
class DayPlane:
    """What the plane tells of a UTC day: no clock times."""

    day: date
    beta_degrees: float
    beta_error_degrees: float
    night_seconds: float
    night_seconds_least: float
    night_seconds_most: float
    orbits_per_day: float

    @property
    def sunrises_per_day(self) -> float:
        """As many as orbits, where each has a night."""
        return self.orbits_per_day if self.night_seconds > 0 else 0.0

    @property
    def orbit_seconds(self) -> float:
        return DAY_S / self.orbits_per_day


@dataclass(frozen=True, eq=False)
class Outlook:
    """Over `span` and a margin: tables (n, 2) of `unix_s` spans, or (n, 4) of passes; empty where not asked for."""

    span: Span
    stretches: Sequence[Stretch]
    nights: Table
    passes: Table
    """Culmination, AOS, LOS, greatest elevation."""
    covered: Table
    planes: dict[date, DayPlane]
    betas: dict[date, float]

    @cached_property
    def clock(self) -> Table:
        """Where clock times can be said."""
        return union(np.array([[s.starts_s, s.ends_s] for s in self.stretches if s.has_clock]).reshape(-1, 2))

    @cached_property
    def sunsets(self) -> Table:
        """The beginnings of nights that are no border of what we know."""
        return self._inner(self.nights[:, 0])

    @cached_property
    def sunrises(self) -> Table:
        """Their ends."""
        return self._inner(self.nights[:, 1])

    def _inner(self, instants_s: Table) -> Table:
        inner: Table = instants_s[~np.isin(instants_s, self.clock.ravel())]
        return inner

    @property
    def covered_longest(self) -> timedelta:
        """The longest unbroken coverage."""
        return timedelta(seconds=float((self.covered[:, 1] - self.covered[:, 0]).max(initial=0.0)))

    @property
    def sources(self) -> list[Source]:
        """What the span itself was computed from, each once, in order of first use."""
        starts_s, ends_s = seconds(self.span)
        inside = [s for s in self.stretches if s.starts_s < ends_s and starts_s < s.ends_s]
        return list({s.source.key: s.source for s in inside if s.source is not None}.values())

    @property
    def is_stand_in(self) -> bool:
        """Whether any of it was computed from made-up elements, whose clock is not the module's."""
        return any(source.nominal for source in self.sources)

    def is_stand_in_at(self, starts_s: float, ends_s: float) -> bool:
        """The same of [starts_s, ends_s) alone, within the margin too."""
        touched = (s for s in self.stretches if s.starts_s < ends_s and starts_s < s.ends_s)
        return any(s.source is not None and s.source.nominal for s in touched)

    def worst(self, starts_s: float, ends_s: float) -> Stretch:
        """The least sure of the stretches that [starts_s, ends_s) touches."""
        touched = [s for s in self.stretches if s.starts_s < ends_s and starts_s < s.ends_s]
        return max(touched, key=lambda stretch: ORDER.index(stretch.tier))

    def uncertainty_s(self, unix_s: Table) -> Table:
        """How far off a time may be, at each time; infinite where no clock time is known."""
        starts = np.array([stretch.starts_s for stretch in self.stretches])
        errors = np.array([np.inf if s.uncertainty_seconds is None else s.uncertainty_seconds for s in self.stretches])
        found: Table = errors[np.clip(np.searchsorted(starts, unix_s, side="right") - 1, 0, None)]
        return found


ORDER = list(Tier)


def outlook(
    module: Module,
    span: Span,
    *,
    over: Overhead | None = None,
    downlink: bool = False,
    betas: bool = False,
) -> Outlook:
    """The orbit over `span`: nights always; passes, coverage and daily beta where asked for."""
    failing: set[SourceKey] = set()
    while True:
        stretches = timeline(module, Span(span.starts_at - MARGIN, span.ends_at + MARGIN), without=failing)
        try:
            return _put_together(span, stretches, over=over, downlink=downlink, betas=betas)
        except SourceFails as failure:
            failing.add(failure.source.key)


@lru_cache(maxsize=32)
def kept_outlook(
    seen: tuple[UUID, Decimal | None],
    module_id: int,
    span: Span,
    *,
    over: Overhead | None = None,
    downlink: bool = False,
    betas: bool = False,
) -> Outlook:
    """The same, kept by the process for as long as `seen` is what `modules.marks` says of the orbit."""
    module = schedule_of(module_id, revision=seen[0]).module
    found = outlook(module, span, over=over, downlink=downlink, betas=betas)
    for table in (found.nights, found.passes, found.covered):
        table.setflags(write=False)  # it is shared now
    return found


def _put_together(
    span: Span, stretches: Sequence[Stretch], *, over: Overhead | None, downlink: bool, betas: bool
) -> Outlook:
    night, plane, beta = night_subject(), plane_subject(), beta_subject()
    passing = over and pass_subject(
        Place(over.latitude, over.longitude), over.min_elevation_degrees, is_kept=over.is_named
    )
    providers = providers_of({s.phase.pk for s in stretches if s.phase is not None}) if downlink else {}
    asked: list[_Asked] = []
    for stretch in stretches:
        if stretch.source is not None and stretch.has_clock:
            asked += [_Asked(stretch, night), *([_Asked(stretch, passing)] if passing else [])]
            provider = providers.get(stretch.phase.pk) if stretch.phase is not None else None
            asked += [_Asked(stretch, downlink_subject(provider), "covered")] if provider else []
            asked += [_Asked(stretch, beta)] if betas else []
        elif stretch.source is not None:
            asked.append(_Asked(stretch, plane))
    found = tables([item for one in asked for item in one.wanted()])
    return Outlook(
        span,
        stretches,
        nights=union(_joined(asked, found, night.name, _clipped, 2)),
        passes=_joined(asked, found, passing.name, _beginning, 4) if passing else np.empty((0, 4)),
        covered=union(_joined(asked, found, "covered", _clipped, 2)),
        planes={plane.day: plane for plane in _planes(_joined(asked, found, plane.name, _of_day, 7))},
        betas={day_of(at): float(b) for at, b in _joined(asked, found, beta.name, _of_day, 2)},
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One subject over one stretch; `group` where several subjects make up one table."""

    stretch: Stretch
    subject: Subject
    group: str = ""

    @property
    def days(self) -> list[date]:
        first, last = day_of(self.stretch.starts_s), day_of(np.nextafter(self.stretch.ends_s, -np.inf))
        return [first + timedelta(days=i) for i in range((last - first).days + 1)]

    def wanted(self) -> Iterator[Wanted]:
        assert self.stretch.source is not None  # noqa: S101 - only stretches with a source are asked of
        return ((self.stretch.source, self.subject, day) for day in self.days)


Cut = Callable[[Table, Stretch], Table]


def _joined(asked: Sequence[_Asked], found: dict[Key, Table], name: str, cut: Cut, columns: int) -> Table:
    """The rows of a subject or group over all its stretches, each cut to its own."""
    parts = []
    for one in asked:
        if name in (one.subject.name, one.group):
            assert one.stretch.source is not None  # noqa: S101 - only stretches with a source are asked of
            rows = [found[one.stretch.source.key, one.subject.name, day] for day in one.days]
            parts.append(cut(np.concatenate(rows), one.stretch))
    return np.concatenate(parts) if parts else np.empty((0, columns))


def _clipped(table: Table, stretch: Stretch) -> Table:
    cut = np.clip(table, stretch.starts_s, stretch.ends_s)
    return cut[cut[:, 1] > cut[:, 0]]


def _beginning(table: Table, stretch: Stretch) -> Table:
    """The rows whose time lies in the stretch."""
    return table[(table[:, 0] >= stretch.starts_s) & (table[:, 0] < stretch.ends_s)]


def _of_day(table: Table, stretch: Stretch) -> Table:
    """The rows of every day touched: of two stretches that share a day, the later one speaks."""
    return table


def _planes(table: Table) -> Iterator[DayPlane]:
    for at, *values in table.tolist():
        yield DayPlane(day_of(at), *values)


def seconds(span: Span) -> tuple[float, float]:
    """Both ends as `unix_s`."""
    return unix_seconds(span.starts_at), unix_seconds(span.ends_at)


__all__ = ["DayPlane", "Outlook", "Overhead", "day_s", "outlook", "seconds"]
