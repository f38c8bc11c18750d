"""What a booking asks of the orbit: light, a pass over a place, unbroken downlink.

The same value serves the search and a booking: it is read from a query or a body, field by field, and written back
as it came. Nothing here knows the orbit; `bookings.search` finds where it is satisfied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from bookings.exceptions import FieldError, Invalid
from modules import durations

T = TypeVar("T")

DEFAULT_LIGHTING_MIN = timedelta(minutes=30)
DEFAULT_ELEVATION_DEGREES = 10.0


class Lighting(models.TextChoices):
    """The light outside. Day and night are asked for at a length, sunrise and sunset as an event inside."""

    ANY = "any", "any"
    DAY = "day", "day"
    NIGHT = "night", "night"
    SUNRISE = "sunrise", "sunrise"
    SUNSET = "sunset", "sunset"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Requirements on the orbit. `place` is a slug, or latitude and longitude are given, or no pass is asked for."""

    lighting: str = Lighting.ANY
    lighting_min: timedelta | None = None
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    min_elevation_degrees: float = DEFAULT_ELEVATION_DEGREES
    pass_min: timedelta | None = None
    downlink_min: timedelta | None = None

    def __bool__(self) -> bool:
        """Whether anything is asked of the orbit at all."""
        return self.lighting != Lighting.ANY or self.wants_pass or self.downlink_min is not None

    @property
    def wants_pass(self) -> bool:
        return bool(self.place) or self.latitude is not None

    def light_needed(self, window: timedelta) -> timedelta:
        """How long the day or night must be unbroken: as asked, else the shorter of the window and 30 minutes."""
        return min(window, DEFAULT_LIGHTING_MIN) if self.lighting_min is None else self.lighting_min

    def to_json(self) -> dict[str, Any]:
        """As a body has it: only what is asked for; durations in ISO 8601."""
        said = {
            "lighting": self.lighting if self.lighting != Lighting.ANY else None,
            "lighting_min": _written(self.lighting_min),
            "place": self.place or None,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "min_elevation": self.min_elevation_degrees
            if self.wants_pass and self.min_elevation_degrees != DEFAULT_ELEVATION_DEGREES
            else None,
            "pass_min": _written(self.pass_min),
            "downlink_min": _written(self.downlink_min),
        }
        return {name: value for name, value in said.items() if value is not None}


FIELDS = (
    "lighting",
    "lighting_min",
    "place",
    "latitude",
    "longitude",
    "min_elevation",
    "pass_min",
    "downlink_min",
)


def parse(given: Mapping[str, Any], *, window: timedelta | None = None, prefix: str = "") -> Conditions:
    """The conditions in a query or a body; raises Invalid naming every field that makes no sense.

    `window` is the length of the window they must fit in, where it is known; `prefix` goes before the names of
    fields in errors (`conditions.` for a booking's body).
    """
    reader = _Reader(given, prefix)
    for name in given:
        if name not in FIELDS:
            reader.wrong(
                str(name),
                "unknown_field",
                _("Conditions have no “%(name)s”; they have: %(names)s.") % {"name": name, "names": ", ".join(FIELDS)},
            )
    lighting = reader.lighting()
    read = Conditions(
        lighting=lighting,
        lighting_min=reader.read("lighting_min", reader.length),
        place=reader.read("place", reader.slug) or "",
        latitude=reader.read("latitude", reader.degrees(-90, 90)),
        longitude=reader.read("longitude", reader.degrees(-180, 180)),
        min_elevation_degrees=_or(reader.read("min_elevation", reader.degrees(0, 90)), DEFAULT_ELEVATION_DEGREES),
        pass_min=reader.read("pass_min", reader.length),
        downlink_min=reader.read("downlink_min", reader.length),
    )
    _whole(read, reader)
    _fitting(read, reader, window)
    if reader.errors:
        raise Invalid(reader.errors)
    return read


def validated(given: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a booking's body as they are kept; raises Invalid as `parse` does."""
    return parse(given).to_json()


def _whole(read: Conditions, reader: _Reader) -> None:
    """What only makes sense together."""
    if read.lighting_min is not None and read.lighting not in (Lighting.DAY, Lighting.NIGHT):
        reader.wrong("lighting_min", "not_applicable", _("A length of light goes with lighting day or night."))
    one = next((n for n in ("latitude", "longitude") if reader.has(n)), "")
    if reader.has("latitude") != reader.has("longitude"):
        missing = "longitude" if one == "latitude" else "latitude"
        reader.wrong(missing, "required", _("Latitude and longitude go together."))
    if read.place and one:
        reader.wrong("place", "not_both", _("Name a place, or give latitude and longitude; not both."))
    if not read.place and not one:
        for name in ("min_elevation", "pass_min"):
            if reader.has(name):
                reader.wrong(name, "place_required", _("A pass is over a place: name one, or give its coordinates."))


def _fitting(read: Conditions, reader: _Reader, window: timedelta | None) -> None:
    for name in ("lighting_min", "pass_min", "downlink_min"):
        length: timedelta | None = getattr(read, name)
        if window is not None and length is not None and length > window:
            reader.wrong(name, "longer_than_window", _("That is longer than the window itself."))


@dataclass
class _Reader:
    """Reads one field after the other, and keeps what was wrong."""

    given: Mapping[str, Any]
    prefix: str
    errors: list[FieldError] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return self.given.get(name) not in (None, "")

    def wrong(self, name: str, code: str, detail: str) -> None:
        self.errors.append(FieldError(f"{self.prefix}{name}", code, detail))

    def read(self, name: str, convert: Callable[[Any], T]) -> T | None:
        if not self.has(name):
            return None
        try:
            return convert(self.given[name])
        except ValueError as error:
            self.wrong(name, "invalid", str(error))
            return None

    def lighting(self) -> str:
        value = self.given.get("lighting")
        if value in (None, ""):
            return Lighting.ANY
        if value not in Lighting.values:
            self.wrong(
                "lighting",
                "invalid_choice",
                _("Lighting is one of: %(names)s.") % {"names": ", ".join(Lighting.values)},
            )
            return Lighting.ANY
        return str(value)

    @staticmethod
    def length(value: Any) -> timedelta:
        if not isinstance(value, str):
            raise ValueError(_("A duration is a text in ISO 8601 such as PT30M."))
        length = durations.parse(value)
        if not length:
            raise ValueError(_("A duration of nothing asks for nothing; leave it out."))
        return length

    @staticmethod
    def slug(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[-a-zA-Z0-9_]{1,50}", value):
            raise ValueError(_("A place is named by its slug, such as rome."))
        return value

    @staticmethod
    def degrees(low: float, high: float) -> Callable[[Any], float]:
        def convert(value: Any) -> float:
            sentence = _("Give degrees from %(low)s to %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"}
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise ValueError(sentence)
            try:
                number = float(value)
            except (ValueError, OverflowError) as error:
                raise ValueError(sentence) from error
            if not math.isfinite(number) or not low <= number <= high:
                raise ValueError(sentence)
            return number

        return convert


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _written(value: timedelta | None) -> str | None:
    return None if value is None else durations.write(value)
