"""The window search: what could be booked, in order of start; and where nothing could, why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import conditions, search
from bookings.api.representations import PriceRepresentation
from bookings.conditions import Lighting
from bookings.search import OFFER_STANDS, SearchRequest, Window, Windows
from bookings.search.request import DAY_MINUTES
from modules.api.endpoint import Endpoint
from modules.api.fields import (
    DegreesText,
    DistinctListField,
    DurationField,
    DurationText,
    ElevationText,
    InstantField,
    OneOfField,
    QuantityText,
    QueryInstantField,
)
from modules.api.pages import Cursor, link, refuse_cursor
from modules.api.queries import PageQuery
from modules.instants import read_instant, write_instant
from modules.intervals import Span
from modules.models import Activity, Module, PhaseKind

SMALL, LARGE = 32_767, 2_147_483_647


class WindowQuery(PageQuery):
    """What is wanted of a window. Requirements on the orbit are read by `bookings.conditions`."""

    activity = OneOfField(Activity.choices)
    duration = DurationField(help_text="Of each window; whole minutes.")
    zone = DistinctListField(
        child=serializers.SlugField(max_length=50), required=False, max_length=20, help_text="Any of these; else any."
    )
    crew = serializers.IntegerField(min_value=0, max_value=SMALL, default=0)
    power_kw = QuantityText(max_digits=8, decimal_places=2, min_value=Decimal(0), default=Decimal(0))
    downlink_mbps = serializers.IntegerField(min_value=0, max_value=LARGE, default=0)
    media_return_kg = QuantityText(
        max_digits=6, decimal_places=2, min_value=Decimal(0), default=Decimal(0), help_text="It counts in the price."
    )
    crew_awake = serializers.BooleanField(default=True, help_text="Only while the crew is awake.")
    step = serializers.IntegerField(
        min_value=1, max_value=DAY_MINUTES, default=1, help_text="Minutes between candidate starts."
    )
    lighting = OneOfField(Lighting.choices, required=False)
    lighting_min = DurationText(required=False, help_text="Continuous day or night, as PT40M.")
    place = serializers.SlugField(max_length=50, required=False, help_text="A place's slug: a pass over it.")
    latitude = DegreesText(required=False, help_text="Degrees, north positive.")
    longitude = DegreesText(required=False, help_text="Degrees, east positive.")
    min_elevation = ElevationText(required=False, help_text="Degrees above the horizon; 10 if not said.")
    pass_min = DurationText(required=False, help_text="One pass at least this long, as PT4M.")
    downlink_min = DurationText(required=False, help_text="Continuous coverage, as PT20M.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["from"] = QueryInstantField(help_text="Where the search begins.")
        fields["to"] = QueryInstantField(help_text="By when windows end; at most 400 days later.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] <= attrs["from"]:
            raise ValidationError({"to": [ErrorDetail(_("“to” comes after “from”."), "ends_before_start")]})
        return attrs


class WindowPassRepresentation(serializers.Serializer[Any]):
    aos = serializers.CharField()
    culmination = serializers.CharField()
    los = serializers.CharField()
    max_elevation_degrees = serializers.FloatField()


class WindowConditionsRepresentation(serializers.Serializer[Any]):
    """What the orbit gives in a window, as far as it is known."""

    day_seconds = serializers.FloatField(required=False, allow_null=True)
    night_seconds = serializers.FloatField(required=False, allow_null=True)
    sunrises = serializers.IntegerField(required=False, allow_null=True, help_text="How many.")
    sunsets = serializers.IntegerField(required=False, allow_null=True, help_text="How many.")
    passes = WindowPassRepresentation(many=True, required=False)
    downlink_seconds = serializers.FloatField(required=False, allow_null=True)


class WindowRepresentation(serializers.Serializer[Window]):
    zone = serializers.CharField(source="zone.slug")
    starts_at = InstantField(source="span.starts_at")
    ends_at = InstantField(source="span.ends_at")
    phase = serializers.ChoiceField(PhaseKind.choices, source="phase.kind")
    conditions = WindowConditionsRepresentation()
    tier = serializers.CharField(allow_null=True)
    uncertainty_seconds = serializers.IntegerField(allow_null=True)
    price = PriceRepresentation(source="price.as_json")

    def to_representation(self, window: Window) -> dict[str, Any]:
        """As its fields say, written by hand: there are two hundred on a page, and few different prices."""
        return written(window, window.price.as_json())


def written(window: Window, price: dict[str, Any]) -> dict[str, Any]:
    uncertainty = window.uncertainty_seconds
    return {
        "zone": window.zone.slug,
        "starts_at": write_instant(window.span.starts_at),
        "ends_at": write_instant(window.span.ends_at),
        "phase": window.phase.kind,
        "conditions": window.conditions,
        "tier": window.tier,
        "uncertainty_seconds": None if uncertainty is None else int(uncertainty),
        "price": price,
    }


class ReasonRepresentation(serializers.Serializer[Any]):
    requirement = serializers.CharField()
    excluded_seconds = serializers.FloatField(help_text="How much of the span it alone rules out.")
    detail = serializers.CharField()
    windows_without = serializers.IntegerField(help_text="How many windows there would be without it.")


class WindowPageRepresentation(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = WindowRepresentation(many=True)
    why = ReasonRepresentation(many=True, help_text="Where there is no window: what rules out most comes first.")


class WindowSearch(Endpoint):
    """Windows that could be booked as given, in order of start. None: 200 with an empty list, and why.

    The lead time of each is kept for another quarter of an hour, for nobody books in the instant of looking.
    """

    query = WindowQuery
    serializer_class = WindowPageRepresentation
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "unknown_zone", "not_priced", "not_found")

    def get(self, request: Request, slug: str) -> Response:
        wanted = request_for(get_object_or_404(Module, slug=slug), self.asked)
        found = search.find(wanted, at=timezone.now(), stands=OFFER_STANDS)
        first, last = _page(found.windows, self.asked)
        page = found.windows[first:last]
        prices = {id(window.price): window.price.as_json() for window in _each_price_once(page)}
        return Response(
            {
                "next": link(request, _beside(page[-1]) if page and last < len(found.windows) else None),
                "previous": link(request, _beside(page[0], before=True) if page and first else None),
                "results": [written(window, prices[id(window.price)]) for window in page],
                "why": [reason.as_json() for reason in found.why],
            }
        )


def _each_price_once(page: Sequence[Window]) -> Iterable[Window]:
    return {id(window.price): window for window in page}.values()


def request_for(module: Module, asked: dict[str, Any]) -> SearchRequest:
    """What an address asks for, as the search takes it."""
    orbital = {name: asked[name] for name in conditions.FIELDS if name in asked}
    return SearchRequest(
        module=module,
        activity=asked["activity"],
        duration=asked["duration"],
        span=Span(asked["from"], asked["to"]),
        zones=tuple(asked.get("zone", ())),
        crew=asked["crew"],
        power_kw=asked["power_kw"],
        downlink_mbps=asked["downlink_mbps"],
        media_return_kg=asked["media_return_kg"],
        crew_awake=asked["crew_awake"],
        step_minutes=asked["step"],
        conditions=conditions.parse(orbital, window=asked["duration"]),
    )


def _beside(window: Window, *, before: bool = False) -> Cursor:
    return Cursor((window.span.starts_at.isoformat(), window.zone.slug), before)


def _page(windows: Windows, asked: dict[str, Any]) -> tuple[int, int]:
    """From which window to which the page goes."""
    size = asked["page_size"]
    if "cursor" not in asked:
        return 0, size
    cursor, starts_at = _read(asked["cursor"])
    after = windows.after(starts_at, cursor.values[1])
    if not cursor.before:
        return after, after + size
    there = after > 0 and _beside(windows[after - 1]).values == cursor.values
    end = after - 1 if there else after
    return max(0, end - size), end


def _read(text: str) -> tuple[Cursor, datetime]:
    try:
        cursor = Cursor.read(text)
        starts_at, _ = cursor.values
        return cursor, read_instant(starts_at)
    except ValueError:
        raise refuse_cursor() from None
