"""Form fields for days, instants and durations, as people type them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Literal

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bookings.web.times import NotATime, parse_date

_DURATION = re.compile(
    r"(?:(?P<days>\d{1,3})\s*(?:d(?:ays?)?|j(?:ours?)?|g(?:iorn[oi])?))?\s*"
    r"(?:(?P<hours>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:h(?:ours?|eures?|rs?)?|or[ae]))?\s*"
    r"(?:(?P<minutes>\d{1,5})\s*m(?:in(?:ut(?:es?|[oi]))?s?)?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<hours>\d{1,3})\s*(?::|h(?:ours?|eures?|rs?)?(?:\s*(?:et|and))?|or[ae](?:\s*e)?)\s*(?P<minutes>[0-5]\d)"
)
_BARE = re.compile(r"\d{1,5}(?:\.\d{1,2})?")

SURELY_HOURS = 10
"""A bare number below it is hours, as nobody films for so few minutes; one from it on may be either."""

_NO_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {*map(ord, "\t\n\r")})


def text_in(request: HttpRequest, name: str, *, longest: int) -> str:
    """What was typed into a field that has no form of its own, without control characters and not over `longest`."""
    return request.POST.get(name, "").translate(_NO_CONTROLS)[:longest]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayField(forms.CharField):
    """A day, from a date picker or typed with day of year."""

    widget = DayInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except NotATime as error:
            raise forms.ValidationError(str(error)) from None


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class LengthField(forms.CharField):
    """A duration as people say it: `2 hours`, `1 h 30 min`, `2h30`, `1:30`, `90 min`, `2 days`.

    The words of every language of ours are read, whichever the page is in. A bare number is minutes where the field is
    `in_minutes`; elsewhere it is hours, and asked about where it may be either.
    """

    def __init__(self, *, in_minutes: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.in_minutes = in_minutes

    def to_python(self, value: Any) -> Any:
        if isinstance(value, timedelta):
            return value
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        if not self.in_minutes and _may_be_minutes(text):
            raise forms.ValidationError(
                _("Is %(number)s minutes or hours? Write “%(number)s min” or “%(number)s h”.") % {"number": text}
            )
        found = parse_length(text, bare="min" if self.in_minutes else "h")
        if not found or not timedelta(0) < found <= timedelta(days=400):
            raise forms.ValidationError(_("Give how long as “2 hours”, “1 h 30 min”, “90 min” or “3 days”."))
        return found


def _may_be_minutes(text: str) -> bool:
    text = text.replace(",", ".")
    return bool(_BARE.fullmatch(text)) and float(text) >= SURELY_HOURS


def parse_length(text: str, *, bare: Literal["h", "min"] = "h") -> timedelta | None:
    """The duration that `text` says, a bare number in the unit `bare`; None where it says none."""
    text = text.strip().lower().replace(",", ".")
    if _BARE.fullmatch(text):
        return timedelta(hours=float(text)) if bare == "h" else timedelta(minutes=float(text))
    text = text.removeprefix("pt") if text.startswith("pt") else text
    match = _CLOCK.fullmatch(text) or _DURATION.fullmatch(text)
    if match is None or not match[0]:
        return None
    parts = {name: float(number) for name, number in match.groupdict().items() if number}
    return timedelta(**parts)
