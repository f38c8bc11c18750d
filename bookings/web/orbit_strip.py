"""What the orbit gives in a window, drawn: a lane for the light, one for the downlink, one for passes over a place.

Geometry is in percentages of the window, so that a strip is as wide as the page gives it. Around every edge stands
how far off it may be. Where no clock time is known none is drawn: the strip is hatched, and says what is known.
The drawing says nothing that the words beside it do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils.translation import gettext

from bookings.conditions import Conditions, parse
from bookings.exceptions import Invalid
from bookings.models import Booking
from bookings.overflown import place_asked
from bookings.search.sky import outlook_for
from modules.conditions import Outlook
from modules.conditions.engine import Table
from modules.conditions.outlook import seconds
from modules.intervals import Span
from modules.orbit.shadow import within

LONGEST_DRAWN = timedelta(days=2)
MOST_TICKS = 8
TICK_STEPS_MIN = (10, 15, 30, 60, 120, 180, 360, 720)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar of a lane; `kind` is night, downlink, pass, unsure or unknown."""

    x: str
    width: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    kind: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the scale. Minor ones give way where it is narrow."""

    x: str
    label: str
    anchor: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """`note` says where the orbit is only a stand-in, so that nobody takes its clock for the real one."""

    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    note: str = ""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of mark that are drawn: what a legend explains."""
        return frozenset(mark.kind for lane in self.lanes for mark in lane.marks)


def strip(outlook: Outlook, window: Span, asked: Conditions) -> Strip | None:
    """None where nothing is known of the orbit, or the window is too long for its nights to be told apart."""
    if window.duration > LONGEST_DRAWN or not outlook.sources:
        return None
    draw = _Drawing(outlook, *seconds(window))
    lanes = [draw.light()]
    if draw.has_clock:  # else one hatched lane says it all
        lanes.append(draw.downlink())
    if draw.has_clock and asked.wants_pass:
        lanes.append(draw.passes(gettext("Over %(place)s") % {"place": place_asked(asked)}))
    return Strip(lanes, list(_ticks(window)), stand_in_note(outlook))


def stand_in_note(outlook: Outlook) -> str:
    """What is right and what is not about a made-up orbit; empty where real elements are loaded."""
    if not outlook.is_stand_in:
        return ""
    return gettext(
        "The orbit is a nominal stand-in until real elements are loaded: "
        "its length of night is right, its clock is not."
    )


def strip_of(booking: Booking) -> Strip | None:
    """The strip of a booking's window, as the orbit is known now."""
    if booking.ends_at - booking.starts_at > LONGEST_DRAWN:
        return None
    try:
        asked = parse(booking.conditions)
        found = outlook_for(booking.module, booking.span, asked, downlink=True)
    except Invalid:  # its place is no longer among ours
        return None
    return strip(found, booking.span, asked)


@dataclass(frozen=True)
class _Drawing:
    outlook: Outlook
    starts_s: float
    ends_s: float

    @property
    def has_clock(self) -> bool:
        """Whether clock times are known in any of the window."""
        return bool(len(within(self.outlook.clock, self.starts_s, self.ends_s)))

    def light(self) -> Lane:
        nights = within(self.outlook.nights, self.starts_s, self.ends_s)
        marks = [*self._bars(nights, "night"), *self._edges(nights)]
        return Lane(gettext("Light"), "light", [*marks, *self._unknown()])

    def downlink(self) -> Lane:
        covered = within(self.outlook.covered, self.starts_s, self.ends_s)
        return Lane(gettext("Downlink"), "relay", [*self._bars(covered, "downlink"), *self._unknown()])

    def passes(self, name: str) -> Lane:
        over = within(self.outlook.passes[:, 1:3], self.starts_s, self.ends_s)
        return Lane(name, "over", [*self._bars(over, "pass"), *self._edges(over), *self._unknown()])

    def _bars(self, spans: Table, kind: str) -> Iterator[Mark]:
        return (self._mark(starts_s, ends_s, kind) for starts_s, ends_s in spans.tolist())

    def _edges(self, spans: Table) -> Iterator[Mark]:
        """Around each edge inside the window, how far off it may be."""
        edges = spans[(spans > self.starts_s) & (spans < self.ends_s)]
        errors = self.outlook.uncertainty_s(edges)
        for edge, error in zip(edges.tolist(), errors.tolist(), strict=True):
            if np.isfinite(error):
                yield self._mark(max(edge - error, self.starts_s), min(edge + error, self.ends_s), "unsure")

    def _unknown(self) -> Iterator[Mark]:
        for stretch in self.outlook.stretches:
            starts_s, ends_s = max(stretch.starts_s, self.starts_s), min(stretch.ends_s, self.ends_s)
            if not stretch.has_clock and starts_s < ends_s:
                yield self._mark(starts_s, ends_s, "unknown")

    def _mark(self, starts_s: float, ends_s: float, kind: str) -> Mark:
        length_s = self.ends_s - self.starts_s
        return Mark(_percent((starts_s - self.starts_s) / length_s), _percent((ends_s - starts_s) / length_s), kind)


def _ticks(window: Span) -> Iterator[Tick]:
    """The hours, or what else is round: as many as can be read."""
    step = next((m for m in TICK_STEPS_MIN if window.duration / timedelta(minutes=m) <= MOST_TICKS), TICK_STEPS_MIN[-1])
    midnight = window.starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = -((midnight - window.starts_at) // timedelta(minutes=step))  # rounded up
    at = midnight + passed * timedelta(minutes=step)
    minor = False
    while at <= window.ends_at:
        part = (at - window.starts_at) / window.duration
        anchor = "start" if part < 0.04 else "end" if part > 0.96 else "middle"
        yield Tick(_percent(part), f"{at:%H:%M}", anchor, minor)
        minor = not minor
        at += timedelta(minutes=step)


def _percent(part: float) -> str:
    return f"{100 * part:.3f}%"
