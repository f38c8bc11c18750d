"""A schedule cut into GMT days, ready to be drawn: a strip of bars a zone, and the same in words.

Bars are percentages of the day, so that a strip is as wide as the page gives it and its patterns keep their size.
The words beside it carry everything that the bars do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.clocks import clock_change, clock_name, day_start
from bookings.web.schedule import Entry, Schedule
from modules.intervals import Span
from modules.models import Phase, Zone

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    mark: str


@dataclass(frozen=True)
class Line:
    """An entry in words. `zones` names those it is in, where the line stands for several."""

    entry: Entry
    times: str
    own_times: str
    zones: str = ""

    @property
    def words(self) -> str:
        if self.entry.closure:
            return _("Closed: %(kind)s") % {"kind": self.entry.closure.get_kind_display()}
        if not self.can_be_asked_for:
            return _("Unavailable")
        return {
            "unavailable": _("Unavailable; a hold can wait behind"),
            "full": _("Unavailable; no more holds can wait"),
        }[self.entry.mark]

    @property
    def can_be_asked_for(self) -> bool:
        """Whether a hold could still be asked for there: not what is past, and not too near either."""
        return self.entry.span.starts_at - self.entry.lead > timezone.now()

    @property
    def can_wait_behind(self) -> bool:
        return self.entry.mark == "unavailable" and self.can_be_asked_for


@dataclass(frozen=True)
class Lane:
    zone: Zone
    bars: Sequence[Bar]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Day:
    date: date
    lanes: Sequence[Lane]
    lines: Sequence[Line]
    phases: Sequence[Phase]
    begins: Sequence[Phase]
    now_x: str
    own_midnight_x: str
    is_past: bool
    own_start: str
    clock_change: str

    @property
    def is_today(self) -> bool:
        return bool(self.now_x)

    @property
    def day_of_year(self) -> str:
        return f"{self.date:%j}"

    @property
    def is_free(self) -> bool:
        return not self.lines


def cut(schedule: Schedule, *, zone: tzinfo, now: datetime) -> list[Day]:
    """One `Day` for each GMT day of the schedule's span, which starts and ends at midnight."""
    found = []
    start = schedule.span.starts_at
    while start < schedule.span.ends_at:
        found.append(_day(schedule, Span(start, start + ONE_DAY), zone, now))
        start += ONE_DAY
    return found


def _day(schedule: Schedule, span: Span, zone: tzinfo, now: datetime) -> Day:
    lanes = []
    for place in schedule.zones:
        entries = [entry for entry in schedule.lanes[place.pk] if entry.overlaps(span)]
        tails = [tail for tail in map(_tail, schedule.lanes[place.pk]) if tail and tail.overlaps(span)]
        bars = [_bar(entry.span, span, entry.mark) for entry in entries] + [_bar(t, span, "turnaround") for t in tails]
        lanes.append(Lane(place, bars, [_line(entry, span, zone) for entry in entries]))
    phases = schedule.phases_in(span)
    return Day(
        date=span.starts_at.date(),
        lanes=lanes,
        lines=_together(lanes),
        phases=phases,
        begins=[phase for phase in phases if phase.starts_at in span],
        now_x=_x(now, span) if now in span else "",
        own_midnight_x=_own_midnight(span, zone),
        is_past=span.ends_at <= now,
        own_start=f"{span.starts_at.astimezone(zone):%H:%M} {clock_name(span.starts_at, zone)}",
        clock_change=clock_change(span.starts_at.date(), zone),
    )


def _tail(entry: Entry) -> Span | None:
    """The turnaround after one's own booking."""
    until = entry.turnaround_until
    return Span(entry.span.ends_at, until) if until and until > entry.span.ends_at else None


def _x(instant: datetime, day: Span) -> str:
    return f"{100 * ((instant - day.starts_at) / day.duration):.3f}%"


def _bar(span: Span, day: Span, mark: str) -> Bar:
    start, end = max(span.starts_at, day.starts_at), min(span.ends_at, day.ends_at)
    return Bar(_x(start, day), f"{100 * ((end - start) / day.duration):.3f}%", mark)


def _own_midnight(day: Span, zone: tzinfo) -> str:
    """Where the reader's own calendar day begins within the GMT day; empty where both begin together."""
    for ahead in (0, 1):
        own = datetime.combine(day.starts_at.date() + ahead * ONE_DAY, day.starts_at.time(), zone)
        if day.starts_at < own < day.ends_at:
            return _x(own, day)
    return ""


def _line(entry: Entry, day: Span, zone: tzinfo, zones: str = "") -> Line:
    return Line(entry, _times(entry.span, day, None), _times(entry.span, day, zone), zones)


def _times(span: Span, day: Span, zone: tzinfo | None) -> str:
    """`10:00–12:00`, `from 22:00`, `until 04:00`, `all day`, as the GMT day cuts it."""
    before, beyond = span.starts_at < day.starts_at, span.ends_at > day.ends_at
    if span.covers(day):
        return _("all day")
    start, end = (t.astimezone(zone) if zone else t for t in (span.starts_at, span.ends_at))
    name = f" {clock_name(span.ends_at, zone)}" if zone else ""
    if before:
        return _("until %(time)s") % {"time": f"{end:%H:%M}{name}"}
    if beyond:
        return _("from %(time)s") % {"time": f"{start:%H:%M}{name}"}
    return f"{start:%H:%M}–{end:%H:%M}{name}"


def _together(lanes: Sequence[Lane]) -> list[Line]:
    """The day's lines over all zones: what is in several is said once; one's own first, then closures, then others'."""
    groups: dict[object, list[tuple[Lane, Line]]] = {}
    for lane in lanes:
        for line in lane.lines:
            groups.setdefault(_identity(line.entry), []).append((lane, line))
    lines = [_merged(list(group), len(lanes)) for group in groups.values()]
    return sorted(lines, key=lambda line: (_order(line.entry), line.entry.span))


def _identity(entry: Entry) -> object:
    return (entry.booking and entry.booking.pk, entry.closure and entry.closure.pk, entry.mark, entry.span)


def _order(entry: Entry) -> int:
    return 0 if entry.booking else 1 if entry.closure else 2


def _merged(group: Sequence[tuple[Lane, Line]], zone_count: int) -> Line:
    line = group[0][1]
    whole = len(group) == zone_count and not line.entry.booking
    return Line(line.entry, line.times, line.own_times, _("All zones") if whole else _names(lane for lane, _ in group))


def _names(lanes: Iterable[Lane]) -> str:
    return ", ".join(lane.zone.name for lane in lanes)


def weeks(days: Sequence[Day]) -> list[Sequence[Day]]:
    return [days[i : i + 7] for i in range(0, len(days), 7)]


def month_span(day: date) -> Span:
    """The whole weeks, Monday first, that the month of `day` touches."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    start = first - timedelta(days=first.weekday())
    end = following + timedelta(days=-following.weekday() % 7)
    return Span(day_start(start), day_start(end))
