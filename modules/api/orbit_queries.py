"""What may be asked of a module's orbit."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from modules import durations
from modules.api.fields import QueryInstantField
from modules.api.queries import MOST_ON_A_PAGE, Query
from modules.conditions import Overhead
from modules.intervals import Span
from modules.models import Place

LONGEST = timedelta(days=400)
MOST_POINTS = 20_000


class DegreesField(serializers.Field[float, str, float, Any]):
    """An angle, within bounds."""

    default_error_messages = {"invalid": gettext_lazy("Give degrees from {low:g} to {high:g}.")}

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        try:
            value = float(data)
        except (TypeError, ValueError):
            value = math.nan
        if not self.low <= value <= self.high:
            self.fail("invalid", low=self.low, high=self.high)
        return value

    def to_representation(self, value: float) -> float:
        return value


@extend_schema_field(
    {"type": "string", "pattern": "^([1-9][0-9]{1,3}|PT[1-9][0-9]{0,2}M)$", "examples": ["60", "PT1M"]}
)
class StepField(serializers.Field[timedelta, str, str, Any]):
    """The time between two points: seconds, or a duration."""

    default_error_messages = {
        "invalid": gettext_lazy("Give seconds, such as 60, or a duration, such as PT1M; one second at least.")
    }

    def to_internal_value(self, data: Any) -> timedelta:
        text = str(data).strip()
        try:
            step = durations.parse(text) if text.upper().startswith("P") else timedelta(seconds=float(text))
        except (ValueError, OverflowError):
            step = timedelta(0)
        if step < timedelta(seconds=1):
            self.fail("invalid")
        return step

    def to_representation(self, value: timedelta) -> str:
        return durations.write(value)


class OrbitQuery(Query):
    """`from` and `to`, both."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["from"] = QueryInstantField(help_text="Where the span begins.")
        fields["to"] = QueryInstantField(help_text=f"Where it ends; at most {LONGEST.days} days later.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] <= attrs["from"]:
            raise ValidationError({"to": [ErrorDetail(_("“to” comes after “from”."), "ends_before_start")]})
        if attrs["to"] - attrs["from"] > LONGEST:
            detail = _("The span is at most %(most)s days.") % {"most": LONGEST.days}
            raise ValidationError({"to": [ErrorDetail(detail, "span_too_long")]})
        return attrs


class RowsQuery(OrbitQuery):
    """A list over a span: whole, unless pages are asked for."""

    page_size = serializers.IntegerField(
        min_value=1, max_value=MOST_ON_A_PAGE, required=False, help_text="How many at once; all, if not said."
    )
    cursor = serializers.CharField(
        max_length=1000, required=False, help_text="Where the page begins: from `next` or `previous`."
    )


class PassQuery(RowsQuery):
    """Over a place by its slug, or by its coordinates."""

    place = serializers.SlugField(max_length=50, required=False, help_text="A place's slug.")
    latitude = DegreesField(-90, 90, required=False, help_text="Degrees, north positive.")
    longitude = DegreesField(-180, 180, required=False, help_text="Degrees, east positive.")
    min_elevation = DegreesField(0, 89.9, default=10.0, help_text="Degrees above the horizon.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        given = [name for name in ("latitude", "longitude") if name in attrs]
        if "place" in attrs and given:
            raise _wrong("place", _("Name a place, or give latitude and longitude; not both."), "not_both")
        if len(given) == 1:
            missing = "longitude" if given == ["latitude"] else "latitude"
            raise _wrong(missing, _("Latitude and longitude go together."), "required")
        if "place" not in attrs and not given:
            raise _wrong("place", _("Passes are over a place: name one, or give its coordinates."), "required")
        return attrs


class TrackQuery(RowsQuery):
    step = StepField(default=timedelta(minutes=1), help_text="Seconds between points, or a duration such as PT1M.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if (attrs["to"] - attrs["from"]) / attrs["step"] > MOST_POINTS:
            raise _wrong(
                "step",
                _("That is more than %(most)s points: widen the step.") % {"most": MOST_POINTS},
                "too_many_points",
            )
        return attrs


def span_of(asked: dict[str, Any]) -> Span:
    return Span(asked["from"], asked["to"])


def overhead_of(asked: dict[str, Any]) -> Overhead:
    """Over where passes are asked; 404 for a place that is not there."""
    if "place" not in asked:
        return Overhead(asked["latitude"], asked["longitude"], asked["min_elevation"])
    place = get_object_or_404(Place, slug=asked["place"])
    return Overhead(place.latitude, place.longitude, asked["min_elevation"])


def _wrong(field: str, detail: str, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(detail, code)]})
