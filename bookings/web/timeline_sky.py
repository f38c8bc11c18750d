"""What the orbit gives over a short span, for the timeline's bands: night, passes over one place, downlink.

Every time carries how far to trust it. Where no clock times can be said none are drawn: the stretch says instead what
the orbit's plane still tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from bookings.web.orbit_strip import stand_in_note
from modules.conditions import DayPlane, Outlook, Overhead, Stretch, kept_outlook, outlook
from modules.conditions.outlook import day_s, seconds
from modules.intervals import Span
from modules.marks import Seen
from modules.models import Module, Place
from modules.orbit.shadow import within
from modules.orbit.times import DAY_S

LONGEST = timedelta(days=13)
"""Bands are drawn up to four days; a span is asked for with a margin on both sides."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An interval in `unix_s`, how far off its ends may be, and words to stand upon it."""

    starts_s: float
    ends_s: float
    uncertainty_seconds: float | None
    tier: str
    label: str = ""
    is_stand_in: bool = False
    """Whether it was computed from a made-up orbit, whose clock is not the module's."""


@dataclass(frozen=True)
class Sky:
    """`unknown` are the stretches without clock times; `note` says what it was computed from, where that matters."""

    nights: Sequence[Timed]
    passes: Sequence[Timed]
    downlink: Sequence[Timed] | None
    unknown: Sequence[Timed]
    place: Place | None
    note: str


def read_sky(module: Module, span: Span, place: Place | None, *, seen: Seen | None = None) -> Sky | None:
    """None where the span is too long for bands, or nothing is known of the orbit at all.

    `seen` of the module, where it was just read: what was computed for the same is then not computed again.
    """
    if span.duration > LONGEST:
        return None
    over = Overhead(place.latitude, place.longitude) if place else None
    if seen is not None:
        found = kept_outlook(seen.of_the_orbit, module.pk, span, over=over, downlink=True)
    else:
        found = outlook(module, span, over=over, downlink=True)
    if not found.sources:
        return None
    starts_s, ends_s = seconds(span)
    covered = [_timed(found, *part) for part in within(found.covered, starts_s, ends_s).tolist()]
    return Sky(
        nights=[_timed(found, *night) for night in within(found.nights, starts_s, ends_s).tolist()],
        passes=list(_passes(found, starts_s, ends_s)),
        downlink=covered or None,
        unknown=list(_unknown(found, starts_s, ends_s)),
        place=place,
        note=stand_in_note(found),
    )


def _timed(found: Outlook, starts_s: float, ends_s: float, label: str = "") -> Timed:
    worst = found.worst(starts_s, ends_s)
    is_stand_in = found.is_stand_in_at(starts_s, ends_s)
    return Timed(starts_s, ends_s, worst.uncertainty_seconds, str(worst.tier), label, is_stand_in)


def _passes(found: Outlook, starts_s: float, ends_s: float) -> Iterator[Timed]:
    for _culmination, aos_s, los_s, elevation_degrees in found.passes.tolist():
        if aos_s < ends_s and starts_s < los_s:
            yield _timed(found, aos_s, los_s, f"{elevation_degrees:.0f}°")


def _unknown(found: Outlook, span_starts_s: float, span_ends_s: float) -> Iterator[Timed]:
    """The stretches of the span without clock times, and what can be said of them all the same."""
    for stretch in found.stretches:
        starts_s, ends_s = max(stretch.starts_s, span_starts_s), min(stretch.ends_s, span_ends_s)
        if stretch.source is not None and not stretch.has_clock and starts_s < ends_s:
            days = [plane for plane in found.planes.values() if _touches(plane, stretch)]
            yield Timed(starts_s, ends_s, None, str(stretch.tier), _plane_words(days))


def _touches(plane: DayPlane, stretch: Stretch) -> bool:
    start_s = day_s(plane.day)
    return start_s < stretch.ends_s and stretch.starts_s < start_s + DAY_S


def _plane_words(days: Sequence[DayPlane]) -> str:
    """`No clock times so far ahead: beta −58°, about 26 min of night an orbit, 15.5 sunrises a day.`"""
    if not days:
        return _("No clock times so far ahead.")
    middle = days[len(days) // 2]
    beta = f"{middle.beta_degrees:.0f}".replace("-", "−")
    if not middle.night_seconds:
        return _("No clock times so far ahead: beta %(beta)s°, no orbital night.") % {"beta": beta}
    return _(
        "No clock times so far ahead: beta %(beta)s°, about %(night)s min of night an orbit, "
        "%(sunrises)s sunrises a day."
    ) % {
        "beta": beta,
        "night": round(middle.night_seconds / 60),
        "sunrises": f"{middle.sunrises_per_day:.1f}",
    }
