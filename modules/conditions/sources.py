"""Which ephemeris or element set answers for which time, and how far it can be trusted there.

A time is computed from the newest ephemeris that covers it, else from the accepted element set nearest in epoch. Sets
and ephemerides are of one kind of phase, the one in which they begin: a docked module shares the station's orbit, and
in free flight has its own, so one says nothing of the other. Nominal sets answer only where no real one does; and
where nothing of the kind is known at all, any orbit is better than none.
"""

from __future__ import annotations

import gzip
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from modules.intervals import Span, Spans
from modules.models import Closure, EphemerisFile, Module, OrbitElements, Phase
from modules.orbit import ElementTrajectory, EphemerisTrajectory, Trajectory, parse_oem, unix_seconds
from modules.orbit.tiers import SourceKind, Tier, tier_spans
from modules.schedule import schedule_of

REBOOSTS_REACH = timedelta(days=60)
"""How far from a span a reboost may lie and still matter: twice the longest reach of any source."""


@dataclass(frozen=True, slots=True)
class Source:
    """An element set or an ephemeris, of which only what is needed is read."""

    elements: OrbitElements | None
    ephemeris: EphemerisFile | None
    reboosts_s: tuple[float, ...] = ()

    @property
    def key(self) -> tuple[int | None, int | None]:
        """The ids that tell it from others: elements, ephemeris."""
        elements, ephemeris = self.elements, self.ephemeris
        return (None if elements is None else elements.pk), (None if ephemeris is None else ephemeris.pk)

    @property
    def epoch(self) -> datetime:
        """What its age is counted from; an ephemeris is as of the beginning of its span."""
        if self.elements is not None:
            return self.elements.epoch
        assert self.ephemeris is not None  # noqa: S101 - a source is one of the two
        return self.ephemeris.starts_at

    @property
    def nominal(self) -> bool:
        return self.elements is not None and self.elements.nominal

    @property
    def label(self) -> str:
        """Where it came from, for people."""
        if self.elements is not None:
            return self.elements.source
        assert self.ephemeris is not None  # noqa: S101 - a source is one of the two
        return self.ephemeris.name

    @property
    def reach_s(self) -> tuple[float, float]:
        """The times it has positions for."""
        if self.ephemeris is None:
            return float("-inf"), float("inf")
        return unix_seconds(self.ephemeris.starts_at), unix_seconds(self.ephemeris.ends_at)

    def trajectory(self) -> Trajectory:
        """Where the module is by this source. An ephemeris is read from its file, once a process."""
        if self.elements is not None:
            return ElementTrajectory(self.elements.as_elements())
        assert self.ephemeris is not None  # noqa: S101 - a source is one of the two
        return _ephemeris_trajectory(self.ephemeris.pk)


@lru_cache(maxsize=4)
def _ephemeris_trajectory(pk: int) -> Trajectory:
    content = EphemerisFile.objects.values_list("content", flat=True).get(pk=pk)
    return EphemerisTrajectory(parse_oem(gzip.decompress(bytes(content))))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span [starts_s, ends_s) of `unix_s` in one phase (or none) that one source answers for at one tier."""

    starts_s: float
    ends_s: float
    phase: Phase | None
    source: Source | None
    tier: Tier
    uncertainty_seconds: float | None

    @property
    def has_clock(self) -> bool:
        """Whether times of events can be said at all."""
        return self.uncertainty_seconds is not None


SourceKey = tuple[int | None, int | None]


def timeline(module: Module, span: Span, *, without: Collection[SourceKey] = ()) -> list[Stretch]:
    """`span` from end to end: its stretches in order of time. `without` are sources that cannot be used."""
    phases = schedule_of(module.pk).phases
    sources = _Sources(module, span, phases, without)
    return [
        stretch
        for phase, part in _by_phase(phases, span)
        for inner, source in sources.over(_kind(phase), part)
        for stretch in _tiered(inner, phase, source)
    ]


def _by_phase(phases: Sequence[Phase], span: Span) -> Iterator[tuple[Phase | None, Span]]:
    """The span parted by phase."""
    edges = {span.starts_at, span.ends_at}
    for phase in phases:
        edges |= {edge for edge in (phase.starts_at, phase.ends_at) if edge and edge in span}
    for starts_at, ends_at in pairwise(sorted(edges)):
        yield phase_at(phases, starts_at), Span(starts_at, ends_at)


def phase_at(phases: Iterable[Phase], instant: datetime) -> Phase | None:
    """The phase that holds at `instant`."""
    holding = (p for p in phases if p.starts_at <= instant and (p.ends_at is None or instant < p.ends_at))
    return next(holding, None)


def _kind(phase: Phase | None) -> str:
    return "" if phase is None else str(phase.kind)


def _tiered(span: Span, phase: Phase | None, source: Source | None) -> Iterator[Stretch]:
    starts_s, ends_s = unix_seconds(span.starts_at), unix_seconds(span.ends_at)
    if source is None:
        yield Stretch(starts_s, ends_s, phase, None, Tier.STATISTICAL, None)
        return
    by: SourceKind = "elements" if source.elements is not None else "ephemeris"
    for part in tier_spans(starts_s, ends_s, unix_seconds(source.epoch), source.reboosts_s, by):
        yield Stretch(part.starts_s, part.ends_s, phase, source, part.tier, part.uncertainty_seconds)


class _Sources:
    """Every source that may answer for a time in a span, read in a fixed number of queries."""

    def __init__(self, module: Module, span: Span, phases: Sequence[Phase], without: Collection[SourceKey]) -> None:
        reboosts = list(
            module.closures.standing()
            .overlapping(Span(span.starts_at - REBOOSTS_REACH, span.ends_at + REBOOSTS_REACH))
            .filter(kind=Closure.Kind.REBOOST)
            .values_list("starts_at", "trajectory_event__revisions__file__created_at")
        )
        answering = EphemerisFile.objects.filter(module=module, withdrawn_at__isnull=True)
        covering = answering.filter(ends_at__gt=span.starts_at, starts_at__lt=span.ends_at)
        self._ephemerides = [
            (_kind(phase_at(phases, file.starts_at)), Source(None, file, _reboosts(reboosts, known_at=file.created_at)))
            for file in covering.defer("content").order_by("-created_at", "-pk")
            if (None, file.pk) not in without
        ]
        self._elements: dict[tuple[str, bool], list[Source]] = {}
        for elements in _elements_about(module, span):
            if (elements.pk, None) in without:
                continue
            key = (elements.phase_kind, elements.nominal)
            self._elements.setdefault(key, []).append(Source(elements, None, _reboosts(reboosts)))

    def over(self, kind: str, span: Span) -> list[tuple[Span, Source | None]]:
        """The span parted by source, in order."""
        left, parts = Spans([span]), list[tuple[Span, Source | None]]()
        for own_kind, source in self._ephemerides:
            assert source.ephemeris is not None  # noqa: S101 - these are of ephemerides
            covered = Spans([Span(source.ephemeris.starts_at, source.ephemeris.ends_at)])
            if own_kind == kind:
                parts += [(part, source) for part in left & covered]
                left -= covered
        for part in left:
            parts += _nearest(self._of_kind(kind), part)
        return sorted(parts, key=lambda item: item[0])

    def _of_kind(self, kind: str) -> list[Source]:
        """The sets that answer in a kind of phase, in order of epoch."""
        for key in ((kind, False), (kind, True)):
            if key in self._elements:
                return self._elements[key]
        for nominal in (False, True):
            others = [s for (_, made_up), found in self._elements.items() if made_up == nominal for s in found]
            if others:
                return sorted(others, key=lambda source: source.epoch)
        return []


def _nearest(sources: Sequence[Source], span: Span) -> Iterator[tuple[Span, Source | None]]:
    """The span parted by the source nearest in epoch: the border is halfway between two epochs."""
    if not sources:
        yield span, None
        return
    borders = [a.epoch + (b.epoch - a.epoch) / 2 for a, b in pairwise(sources)]
    index = bisect_right(borders, span.starts_at)
    starts_at = span.starts_at
    while starts_at < span.ends_at:
        ends_at = min(borders[index], span.ends_at) if index < len(borders) else span.ends_at
        if ends_at > starts_at:
            yield Span(starts_at, ends_at), sources[index]
        starts_at, index = ends_at, index + 1


def _elements_about(module: Module, span: Span) -> list[OrbitElements]:
    """The accepted sets with an epoch in the span, and of each kind the nearest before and after; by epoch."""
    accepted = OrbitElements.objects.accepted().filter(module=module)
    of_each_kind = accepted.distinct("phase_kind", "nominal")
    before = of_each_kind.filter(epoch__lt=span.starts_at).order_by("phase_kind", "nominal", "-epoch")
    after = of_each_kind.filter(epoch__gte=span.ends_at).order_by("phase_kind", "nominal", "epoch")
    inside = accepted.filter(epoch__gte=span.starts_at, epoch__lt=span.ends_at)
    return sorted([*before, *inside, *after], key=lambda elements: elements.epoch)


def _reboosts(
    found: Iterable[tuple[datetime, datetime | None]], *, known_at: datetime | None = None
) -> tuple[float, ...]:
    """When reboosts begin; for an ephemeris only those that no file of `known_at` or before had named."""
    foreseen = {starts_at for starts_at, named_at in found if named_at and known_at and named_at <= known_at}
    return tuple(sorted({unix_seconds(starts_at) for starts_at, _ in found if starts_at not in foreseen}))
