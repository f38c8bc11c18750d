"""The timeline's span as a plain table: for whoever listens to it, and where no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.web.schedule import Entry
from bookings.web.timeline_json import entry_words
from bookings.web.timeline_rows import Timeline
from bookings.web.timeline_sky import Sky, Timed
from bookings.web.timeline_use import Bucket
from bookings.wording import place_name
from modules.intervals import Span
from modules.models import Zone
from modules.orbit import utc_datetime


@dataclass(frozen=True)
class Line:
    """One row of the table; `zones` names all of those it is in."""

    span: Span
    zones: str
    words: str
    booking: Booking | None = None


@dataclass(frozen=True)
class UseLine:
    span: Span
    cells: Sequence[Bucket | None]


@dataclass(frozen=True)
class SkyLine:
    """What the orbit does, and how far off that may be."""

    span: Span
    words: str
    trust: str


@dataclass(frozen=True)
class Table:
    """`lines` in order of time; `use` by bucket, for the zones in `dense`."""

    lines: Sequence[Line]
    sky: Sequence[SkyLine]
    dense: Sequence[Zone]
    use: Sequence[UseLine]


def as_table(timeline: Timeline, sky: Sky | None) -> Table:
    dense = [row for row in timeline.rows if row.is_dense]
    use = [UseLine(cells[0].span, cells) for cells in zip(*(row.use for row in dense), strict=True)] if dense else []
    return Table(_lines(timeline), _sky_lines(sky) if sky else [], [row.zone for row in dense], use)


def _sky_lines(sky: Sky) -> list[SkyLine]:
    over = _("Over %(place)s") % {"place": place_name(sky.place.name)} if sky.place else ""
    lines = [
        *(_sky_line(part, _("Orbital night")) for part in sky.nights),
        *(_sky_line(part, f"{over}, {part.label}") for part in sky.passes),
        *(_sky_line(part, part.label) for part in sky.unknown),
    ]
    return sorted(lines, key=lambda line: line.span)


def _sky_line(part: Timed, words: str) -> SkyLine:
    ends_at = max(utc_datetime(part.ends_s), utc_datetime(part.starts_s + 1))
    if part.uncertainty_seconds is None:
        trust = ""
    elif part.is_stand_in:
        trust = _("clock not known")
    elif part.uncertainty_seconds < 60:
        trust = _("±%(count)d s") % {"count": part.uncertainty_seconds}
    else:
        trust = _("±%(count)d min") % {"count": part.uncertainty_seconds / 60}
    return SkyLine(Span(utc_datetime(part.starts_s), ends_at), words, trust)


def _lines(timeline: Timeline) -> list[Line]:
    groups: dict[object, list[tuple[Zone, Entry]]] = {}
    for row in timeline.rows:
        for entry in row.entries:
            if entry.overlaps(timeline.span):
                groups.setdefault(_identity(entry), []).append((row.zone, entry))
    lines = [_line(group, len(timeline.rows)) for group in groups.values()]
    return sorted(lines, key=lambda line: (line.span, line.zones))


def _identity(entry: Entry) -> object:
    booking, closure = entry.booking, entry.closure
    return (booking.pk if booking else None, closure.pk if closure else None, entry.mark, entry.span)


def _line(group: Sequence[tuple[Zone, Entry]], zone_count: int) -> Line:
    entry = group[0][1]
    names = _("All zones") if len(group) == zone_count > 1 else ", ".join(zone.name for zone, _entry in group)
    return Line(entry.span, names, entry_words(entry), entry.booking)
