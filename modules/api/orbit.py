"""What the orbit gives: day and night, passes over a place, the ground track; each with how far to trust it.

Where no clock times can be said, none are: the tier says so, and beta and the night of an orbit still stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from modules.api.orbit_queries import OrbitQuery, PassQuery, RowsQuery, TrackQuery, overhead_of, span_of
from modules.api.pages import Cursor, link, refuse_cursor
from modules.api.views import OfModule
from modules.conditions import Outlook, Stretch, outlook, timeline
from modules.conditions.outlook import day_s, seconds
from modules.instants import read_instant, write_tenths
from modules.orbit import ground_track
from modules.orbit.shadow import within


class TierRepresentation(serializers.Serializer[Any]):
    starts_at = serializers.CharField()
    ends_at = serializers.CharField()
    tier = serializers.CharField(help_text="precise, good, indicative or statistical.")
    uncertainty_seconds = serializers.FloatField(allow_null=True, help_text="null: no clock times.")


class BetaRepresentation(serializers.Serializer[Any]):
    """One UTC day, at noon; a night of an orbit is told where no single nights can be."""

    date = serializers.DateField()
    beta_degrees = serializers.FloatField()
    beta_error_degrees = serializers.FloatField(allow_null=True)
    night_seconds_per_orbit = serializers.FloatField(allow_null=True)
    sunrises_per_day = serializers.FloatField(allow_null=True)


class ElementsRepresentation(serializers.Serializer[Any]):
    epoch = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    nominal = serializers.BooleanField(help_text="Only a stand-in until real elements exist.")
    kind = serializers.CharField(help_text="elements or ephemeris.")


class OrbitConditionsRepresentation(serializers.Serializer[Any]):
    night = TierRepresentation(many=True)
    beta_degrees = BetaRepresentation(many=True)
    elements = ElementsRepresentation(many=True)
    tier = TierRepresentation(many=True)
    downlink = TierRepresentation(many=True, help_text="Coverage by the phase's relays and ground stations.")


class Conditions(OfModule):
    """Orbital day and night over a span, beta by the day, and what it was computed from."""

    query = OrbitQuery
    serializer_class = OrbitConditionsRepresentation
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "not_found")

    def get(self, request: Request, slug: str) -> Response:
        span = span_of(self.asked)
        found = outlook(self.module(), span, downlink=True, betas=True)
        starts_s, ends_s = seconds(span)
        return Response(
            {
                "night": [_timed(found, *night) for night in within(found.nights, starts_s, ends_s).tolist()],
                "beta_degrees": list(_betas(found, starts_s, ends_s)),
                "elements": [
                    {
                        "epoch": write_tenths(source.epoch.timestamp()),
                        "source": source.label,
                        "nominal": source.nominal,
                        "kind": "ephemeris" if source.elements is None else "elements",
                    }
                    for source in found.sources
                ],
                "tier": _tiers(found.stretches, starts_s, ends_s),
                "downlink": [_timed(found, *part) for part in within(found.covered, starts_s, ends_s).tolist()],
            }
        )


class PassRepresentation(serializers.Serializer[Any]):
    aos = serializers.CharField()
    culmination = serializers.CharField()
    los = serializers.CharField()
    max_elevation_degrees = serializers.FloatField()
    tier = serializers.CharField()
    uncertainty_seconds = serializers.FloatField(allow_null=True)


class PassPageRepresentation(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PassRepresentation(many=True)


class Rows(OfModule):
    """A computed list over a span, by the time in `time_field`: whole, or in pages where they are asked for."""

    query = RowsQuery
    time_field: ClassVar[str]
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "not_found", "invalid_cursor")

    def answer(self, request: Request, rows: Sequence[dict[str, Any]]) -> Response:
        size, first, last = self.asked.get("page_size"), 0, len(rows)
        if "cursor" in self.asked:
            first, last = self._beside(rows, self.asked["cursor"])
        if size is not None:
            backwards = "cursor" in self.asked and Cursor.read(self.asked["cursor"]).before
            first, last = (max(first, last - size), last) if backwards else (first, min(last, first + size))
        return Response(
            {
                "next": link(request, self._cursor(rows[last - 1]) if first < last < len(rows) else None),
                "previous": link(request, self._cursor(rows[first], before=True) if first else None),
                "results": rows[first:last],
            }
        )

    def _cursor(self, row: dict[str, Any], *, before: bool = False) -> Cursor:
        return Cursor((row[self.time_field],), before)

    def _beside(self, rows: Sequence[dict[str, Any]], text: str) -> tuple[int, int]:
        """From which row to which the cursor's side reaches. Written alike, times sort as text."""
        try:
            cursor = Cursor.read(text)
            (time,) = cursor.values
            read_instant(time)
        except ValueError:
            raise refuse_cursor() from None
        before = sum(row[self.time_field] < time for row in rows)
        return (0, before) if cursor.before else (sum(row[self.time_field] <= time for row in rows), len(rows))


class PassList(Rows):
    """Passes over a place, in order of culmination, as far ahead as clock times can be said."""

    query = PassQuery
    serializer_class = PassPageRepresentation
    time_field = "culmination"

    def get(self, request: Request, slug: str) -> Response:
        span = span_of(self.asked)
        found = outlook(self.module(), span, over=overhead_of(self.asked))
        starts_s, ends_s = seconds(span)
        rows = [
            {
                "aos": write_tenths(aos),
                "culmination": write_tenths(culmination),
                "los": write_tenths(los),
                "max_elevation_degrees": round(elevation, 2),
                **_trust(found.worst(culmination, np.nextafter(culmination, np.inf))),
            }
            for culmination, aos, los, elevation in found.passes.tolist()
            if aos < ends_s and starts_s < los
        ]
        return self.answer(request, rows)


class TrackRepresentation(serializers.Serializer[Any]):
    at = serializers.CharField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    altitude_km = serializers.FloatField()
    sunlit = serializers.BooleanField()
    tier = serializers.CharField()
    uncertainty_seconds = serializers.FloatField(allow_null=True)


class TrackPageRepresentation(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TrackRepresentation(many=True)


class TrackList(Rows):
    """The ground track: where the module is overhead, every so many seconds, as far ahead as that can be said."""

    query = TrackQuery
    serializer_class = TrackPageRepresentation
    time_field = "at"

    def get(self, request: Request, slug: str) -> Response:
        span, step_s = span_of(self.asked), self.asked["step"].total_seconds()
        begins_s, _ = seconds(span)
        stretches = [stretch for stretch in timeline(self.module(), span) if stretch.has_clock]
        rows = [point for stretch in stretches for point in _track(stretch, begins_s, step_s)]
        return self.answer(request, rows)


def _track(stretch: Stretch, begins_s: float, step_s: float) -> Iterator[dict[str, Any]]:
    """The points of the grid from `begins_s` on that fall into the stretch."""
    assert stretch.source is not None  # noqa: S101 - with a clock there is a source
    first = int(np.ceil(round((stretch.starts_s - begins_s) / step_s, 9)))
    track = ground_track(stretch.source.trajectory(), begins_s + first * step_s, stretch.ends_s, step_s)
    trust = _trust(stretch)
    columns = (track.times_s, track.latitude_degrees, track.longitude_degrees, track.altitude_km, track.sunlit)
    for at, latitude, longitude, altitude_km, sunlit in zip(*(c.tolist() for c in columns), strict=True):
        yield {
            "at": write_tenths(at),
            "latitude": round(latitude, 4),
            "longitude": round(longitude, 4),
            "altitude_km": round(altitude_km, 2),
            "sunlit": bool(sunlit),
            **trust,
        }


def _timed(found: Outlook, starts_s: float, ends_s: float) -> dict[str, Any]:
    return {
        "starts_at": write_tenths(starts_s),
        "ends_at": write_tenths(ends_s),
        **_trust(found.worst(starts_s, ends_s)),
    }


def _trust(stretch: Stretch) -> dict[str, Any]:
    return {"tier": str(stretch.tier), "uncertainty_seconds": stretch.uncertainty_seconds}


def _tiers(stretches: Sequence[Stretch], starts_s: float, ends_s: float) -> list[dict[str, Any]]:
    """The tiers of the span in order, neighbours of one tier joined."""
    said: list[dict[str, Any]] = []
    for stretch in stretches:
        begins_s, stops_s = max(stretch.starts_s, starts_s), min(stretch.ends_s, ends_s)
        if begins_s >= stops_s:
            continue
        if said and said[-1]["tier"] == stretch.tier:
            said[-1]["ends_at"] = write_tenths(stops_s)
        else:
            trust = _trust(stretch)
            said.append({"starts_at": write_tenths(begins_s), "ends_at": write_tenths(stops_s), **trust})
    return said


def _betas(found: Outlook, starts_s: float, ends_s: float) -> Iterator[dict[str, Any]]:
    """A line for each UTC day of the span: by the plane where there is no clock, else by the trajectory."""
    for day in sorted({*found.betas, *found.planes}):
        if day_s(day) >= ends_s or day_s(day) + timedelta(days=1).total_seconds() <= starts_s:
            continue
        plane, beta = found.planes.get(day), found.betas.get(day)
        yield {
            "date": day.isoformat(),
            "beta_degrees": round(plane.beta_degrees if beta is None and plane else beta or 0.0, 3),
            "beta_error_degrees": round(plane.beta_error_degrees, 3) if plane else None,
            "night_seconds_per_orbit": round(plane.night_seconds, 1) if plane else None,
            "sunrises_per_day": round(plane.sunrises_per_day, 2) if plane else None,
        }
