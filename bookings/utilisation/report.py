"""The report: hours bookable, used and asked for, by zone, activity, phase, organisation and over time; and figures.

Used is what is confirmed or completed; asked for is what is requested. Hours are hours of a zone: a window on two zones
counts twice, as it takes two. What lies outside the bookable time (while the crew sleeps, or a closure came later) is
told apart, so that no share passes 100 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import FloatField, Func, Value
from django.db.models.functions import Greatest, Least
from numpy.typing import NDArray

from bookings.models import Claim
from bookings.states import Status
from bookings.utilisation.bookable import Covered, Floats, bookable, closes, permits
from bookings.utilisation.figures import Figures, figures
from modules.intervals import Span, Spans
from modules.models import Activity, Closure, Module, Phase, Zone

USED = (Status.CONFIRMED, Status.COMPLETED)
ASKED = (Status.REQUESTED,)
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Row:
    """Hours under one name. `bookable_h` is what the hours are a share of."""

    name: str
    bookable_h: float
    used_h: float
    asked_h: float
    outside_h: float
    bookings: int

    @property
    def share(self) -> float:
        """Used, of what was bookable: 0 to 1."""
        return self.used_h / self.bookable_h if self.bookable_h else 0.0

    @property
    def asked_share(self) -> float:
        return self.asked_h / self.bookable_h if self.bookable_h else 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Rows by one kind of name."""

    by: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Report:
    module: Module
    span: Span
    total: Row
    over_time: Sequence[Row]
    groups: Sequence[Group]
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Taken:
    """Windows on zones, column by column; seconds, all in and in the bookable time."""

    booking: NDArray[np.int64]
    zone: NDArray[np.int64]
    activity: NDArray[np.object_]
    phase: NDArray[np.int64]
    organisation: NDArray[np.object_]
    starts_s: Floats
    ends_s: Floats
    used: NDArray[np.bool_]
    inside_s: Floats = field(default_factory=lambda: np.zeros(0))

    def row(self, name: str, bookable_h: float, which: NDArray[np.bool_]) -> Row:
        used, asked = which & self.used, which & ~self.used
        inside = float(self.inside_s[used].sum())
        return Row(
            name=name,
            bookable_h=bookable_h,
            used_h=inside / HOUR_S,
            asked_h=float(self.inside_s[asked].sum()) / HOUR_S,
            outside_h=(float((self.ends_s - self.starts_s)[used].sum()) - inside) / HOUR_S,
            bookings=len(np.unique(self.booking[used])),
        )


def report(module: Module, span: Span) -> Report:
    """The report on `span`, as things stand."""
    zones = list(Zone.objects.filter(module=module))
    phases = list(module.phases.overlapping(span).with_rules())
    closures = list(module.closures.standing().overlapping(span).prefetch_related("zones"))
    free, by_zone = _free(zones, phases, closures, span)
    taken = _inside(_taken(module, span), by_zone)
    hours = {key: spans.total.total_seconds() / HOUR_S for key, spans in free.items()}
    everything = np.full(len(taken.zone), True)
    return Report(
        module=module,
        span=span,
        total=taken.row("all", sum(hours.values()), everything),
        over_time=_over_time(span, taken, by_zone),
        groups=_groups(zones, phases, taken, hours),
        figures=figures(module, span),
    )


def _free(
    zones: Sequence[Zone], phases: Sequence[Phase], closures: Sequence[Closure], span: Span
) -> tuple[dict[tuple[int, int], Spans], dict[int, Covered]]:
    """What is bookable of each zone in each phase, and of each zone. Zones with the same closures share it."""
    shut = {zone.pk: [closure for closure in closures if closes(closure, zone)] for zone in zones}
    alike: dict[tuple[int, ...], tuple[list[Spans], Covered]] = {}
    for zone in zones:
        key = tuple(closure.pk for closure in shut[zone.pk])
        if key not in alike:
            found = [bookable(zone, span, phases=[phase], closures=shut[zone.pk]) for phase in phases]
            alike[key] = found, Covered(Spans(each for spans in found for each in spans))
    of = {zone.pk: alike[tuple(closure.pk for closure in shut[zone.pk])] for zone in zones}
    free = {(pk, phase.pk): spans for pk, (found, _) in of.items() for phase, spans in zip(phases, found, strict=True)}
    return free, {pk: covered for pk, (_, covered) in of.items()}


def _epoch(instant: Any) -> Func:
    return Func(instant, template="EXTRACT(EPOCH FROM %(expressions)s)", output_field=FloatField())


def _taken(module: Module, span: Span) -> _Taken:
    """What is used or asked for, cut to the span. As numbers from the database: there may be 100,000 of them."""
    rows = list(
        Claim.objects.filter(
            booking__module=module,
            booking__starts_at__lt=span.ends_at,
            booking__ends_at__gt=span.starts_at,
            booking__status__in=[*USED, *ASKED],
        ).values_list(
            "booking__arrival", "zone_id", "booking__activity", "booking__phase_id", "booking__organisation__name",
            _epoch(Greatest("booking__starts_at", Value(span.starts_at))),
            _epoch(Least("booking__ends_at", Value(span.ends_at))),
            "booking__status",
        )
    )  # fmt: skip
    columns: Sequence[Any] = list(zip(*rows, strict=True)) or [()] * 8
    return _Taken(
        booking=np.array(columns[0], dtype=np.int64),
        zone=np.array(columns[1], dtype=np.int64),
        activity=np.array(columns[2], dtype=object),
        phase=np.array(columns[3], dtype=np.int64),
        organisation=np.array(columns[4], dtype=object),
        starts_s=np.array(columns[5], dtype=np.float64),
        ends_s=np.array(columns[6], dtype=np.float64),
        used=np.array([each in USED for each in columns[7]], dtype=np.bool_),
    )


def _inside(taken: _Taken, by_zone: dict[int, Covered]) -> _Taken:
    """With how much of each window lies in its zone's bookable time."""
    inside = np.zeros(len(taken.zone))
    for pk, covered in by_zone.items():
        there = taken.zone == pk
        inside[there] = covered.between(taken.starts_s[there], taken.ends_s[there])
    return _Taken(
        taken.booking, taken.zone, taken.activity, taken.phase, taken.organisation, taken.starts_s, taken.ends_s,
        taken.used, inside,
    )  # fmt: skip


def _groups(
    zones: Sequence[Zone], phases: Sequence[Phase], taken: _Taken, hours: dict[tuple[int, int], float]
) -> list[Group]:
    def of(which: Callable[[Zone, Phase], bool]) -> float:
        return sum(hours[z.pk, p.pk] for z in zones for p in phases if which(z, p))

    total = sum(hours.values())
    by_zone = [taken.row(z.name, of(lambda a, _, z=z: a.pk == z.pk), taken.zone == z.pk) for z in zones]  # type: ignore[misc]  # mypy infers no lambda with a default
    by_activity = [
        taken.row(str(a.label), of(lambda z, p, a=a: permits(z, p, a)), taken.activity == a.value)  # type: ignore[misc]  # mypy infers no lambda with a default
        for a in Activity
    ]
    by_phase = [
        taken.row(str(p.get_kind_display()), of(lambda _, b, p=p: b.pk == p.pk), taken.phase == p.pk)  # type: ignore[misc]  # mypy infers no lambda with a default
        for p in phases
        if p.is_bookable
    ]
    names = sorted(set(taken.organisation))
    by_company = [taken.row(name, total, taken.organisation == name) for name in names]
    by_company.sort(key=lambda row: (-row.used_h, row.name))
    return [
        Group("zone", by_zone),
        Group("activity", by_activity),
        Group("phase", by_phase),
        Group("organisation", by_company),
    ]


def _over_time(span: Span, taken: _Taken, by_zone: dict[int, Covered]) -> list[Row]:
    """Bucket by bucket. A window over an edge counts in each as far as it lies there, and begins in one."""
    edges = _edges(span)
    cuts = np.array([edge.timestamp() for edge in edges])
    rows = []
    for n, starts_at in enumerate(edges[:-1]):
        begin, end = np.full(1, cuts[n]), np.full(1, cuts[n + 1])
        touching = (taken.starts_s < cuts[n + 1]) & (taken.ends_s > cuts[n])
        starts_s = np.maximum(taken.starts_s[touching], cuts[n])
        ends_s = np.minimum(taken.ends_s[touching], cuts[n + 1])
        part = _Taken(
            taken.booking[touching], taken.zone[touching], taken.activity[touching], taken.phase[touching],
            taken.organisation[touching], starts_s, ends_s, taken.used[touching],
        )  # fmt: skip
        free_h = sum(float(covered.between(begin, end)[0]) for covered in by_zone.values()) / HOUR_S
        part = _inside(part, by_zone)
        rows.append(part.row(_name(starts_at, span), free_h, np.full(len(part.zone), True)))
    return rows


def _name(starts_at: datetime, span: Span) -> str:
    return f"{starts_at:%Y-%m}" if span.duration > MANY_WEEKS else f"{starts_at:%Y-%m-%d}"


MANY_DAYS = timedelta(days=31)
MANY_WEEKS = timedelta(days=186)


def _edges(span: Span) -> list[datetime]:
    """Days of a month, weeks of half a year, else months: so that there are few enough to look at."""
    begin = span.starts_at.astimezone(UTC)
    edges = [begin]
    while edges[-1] < span.ends_at:
        last = edges[-1]
        if span.duration > MANY_WEEKS:
            following = datetime(last.year + last.month // 12, last.month % 12 + 1, 1, tzinfo=UTC)
        else:
            following = last + (timedelta(days=7) if span.duration > MANY_DAYS else timedelta(days=1))
        edges.append(min(following, span.ends_at))
    return edges
