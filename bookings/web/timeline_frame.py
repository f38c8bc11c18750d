"""Which span of time the timeline shows, and how finely: what an address asks for, and the nearest sensible answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bookings.clocks import day_start
from bookings.web.times import NotATime, parse_date, parse_instant
from modules.intervals import Span
from modules.models import Module

ORBIT = timedelta(minutes=93)
PRESETS = {
    "mission": None,
    "year": timedelta(days=365),
    "month": timedelta(days=31),
    "week": timedelta(days=7),
    "day": timedelta(days=1),
    "orbit": ORBIT,
}
"""How long each shows; the mission is as long as its phases."""

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=366 * 40)
MOST_BUCKETS = 800
AFTER_LAST_PHASE = timedelta(days=4 * 365)

RESOLUTIONS = {
    "PT1H": timedelta(hours=1),
    "PT6H": timedelta(hours=6),
    "P1D": timedelta(days=1),
    "P7D": timedelta(days=7),
    "P1M": timedelta(days=30),
}
"""The buckets that use is summed over, cut by GMT's calendar; a month's length is nominal here."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


def fitting_resolution(length: timedelta) -> str:
    """The finest resolution that cuts `length` into at most about sixty buckets."""
    return next((name for name, step in RESOLUTIONS.items() if length / step <= 62), "P1M")


def edges(span: Span, resolution: str) -> list[datetime]:
    """Where the buckets of `span` begin and end: its own ends, and the calendar's between them."""
    return [span.starts_at, *(cut for cut in _cuts(span, resolution) if cut in span), span.ends_at]


def _cuts(span: Span, resolution: str) -> Iterator[datetime]:
    if resolution == "P1M":
        first = span.starts_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        cut = _next_month(first)
        while cut < span.ends_at:
            yield cut
            cut = _next_month(cut)
        return
    step, origin = RESOLUTIONS[resolution], _MONDAY if resolution == "P7D" else _EPOCH
    cut = origin + ((span.starts_at - origin) // step + 1) * step
    while cut < span.ends_at:
        yield cut
        cut += step


def _next_month(first: datetime) -> datetime:
    return (first + timedelta(days=31)).replace(day=1)


def mission_span(module: Module) -> Span:
    """From the first phase to the end of the last; a few years into one that is open."""
    phases = list(module.phases.all())
    if not phases:
        return Span(_EPOCH.replace(year=2022), _EPOCH.replace(year=2032))
    last = phases[-1]
    return Span(phases[0].starts_at, last.ends_at or last.starts_at + AFTER_LAST_PHASE)


@dataclass(frozen=True)
class Frame:
    """The span on show, and the name of the preset that it is, if any."""

    span: Span
    preset: str

    @property
    def resolution(self) -> str:
        return fitting_resolution(self.span.duration)

    @property
    def middle(self) -> datetime:
        return self.span.starts_at + self.span.duration / 2

    def moved(self, by: int) -> Span:
        step = by * self.span.duration
        return Span(self.span.starts_at + step, self.span.ends_at + step)


class FrameForm(forms.Form):
    """An address of the page: `from` and `to`, or a preset around a day. Everything may be left out."""

    at = forms.CharField(required=False)
    span = forms.ChoiceField(required=False, choices=[(name, name) for name in PRESETS])

    def __init__(self, data: Any, *, module: Module, now: datetime) -> None:
        super().__init__(data)
        self.module, self.now = module, now
        self.fields["from"] = forms.CharField(required=False)
        self.fields["to"] = forms.CharField(required=False)

    def clean_at(self) -> datetime | None:
        text = self.cleaned_data["at"].strip()
        if not text:
            return None
        try:
            return day_start(parse_date(text))
        except NotATime:
            pass
        try:
            return parse_instant(text, UTC)
        except NotATime as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("from") or found.get("to"):
            try:
                found["asked"] = asked_span(found.get("from") or "", found.get("to") or "")
            except NotATime as error:
                self.add_error("from", str(error))
        return found

    def frame(self) -> Frame:
        """What is asked for; a month from now on where nothing is, or nothing that makes sense."""
        asked = self.cleaned_data.get("asked")
        if asked:
            return Frame(asked, self.cleaned_data.get("span") or "")
        preset = self.cleaned_data.get("span") or "month"
        length = PRESETS[preset]
        if length is None:
            return Frame(mission_span(self.module), preset)
        at = self.cleaned_data.get("at")
        return Frame(_around(at, length) if at else _from(self.now, length), preset)


def _from(now: datetime, length: timedelta) -> Span:
    """Mostly what is still to come."""
    before = length / 10
    start = day_start((now - before).date()) if length >= timedelta(days=7) else now - before
    return Span(start, start + length)


def _around(at: datetime, length: timedelta) -> Span:
    start = at - length / 2 if length < timedelta(days=1) else at
    return Span(start, start + length)


def asked_span(start: str, end: str) -> Span:
    """The span between two instants in GMT; raises NotATime with a sentence where they make none."""
    first, last = parse_instant(start, UTC), parse_instant(end, UTC)
    if last <= first:
        raise NotATime(_("“to” comes after “from”."))
    if not SHORTEST <= last - first <= LONGEST:
        raise NotATime(_("Ask for a span between ten minutes and forty years."))
    return Span(first, last)
