"""Find a window: what one needs as a form, what can be had with its price, or why nothing can and what would help."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from bookings.exceptions import Refusal
from bookings.search import SearchRequest, SearchResult, Window, find
from bookings.web.booking_forms import LARGEST_INT, LARGEST_SMALL_INT
from bookings.web.fields import DayField, LengthField
from bookings.web.orbit_fields import NAMES, OrbitFields
from bookings.web.reader import module_of, reader_of
from bookings.web.relaxing import suggestions
from bookings.web.times import day_start
from modules.intervals import Span
from modules.models import Activity, Module

PAGE_SIZE = 20
LONGEST_DAYS = 400
USUAL_DAYS = 30
STEPS = [("60", "every hour"), ("30", "every half hour"), ("15", "every 15 minutes"), ("5", "every 5 minutes")]
FIELD_OF = {"zone": "zones", "from": "start", "to": "end"}


class SearchForm(OrbitFields):
    """What a producer needs. Days are GMT days; the last one is included."""

    activity = forms.ChoiceField(choices=[(a.value, a.label) for a in Activity])
    duration = LengthField(label="For how long", help_text="2 hours, 1 h 30 min, 3 days")
    start = DayField(label="From")
    end = DayField(label="To, included")
    zones = forms.MultipleChoiceField(
        label="Zones", widget=forms.CheckboxSelectMultiple, required=False, help_text="None ticked: any that fits."
    )
    crew = forms.IntegerField(label="Crew on set", min_value=0, max_value=LARGEST_SMALL_INT, required=False)
    power_kw = forms.DecimalField(label="Power, kW", min_value=0, max_digits=8, decimal_places=2, required=False)
    downlink_mbps = forms.IntegerField(label="Downlink, Mbit/s", min_value=0, max_value=LARGEST_INT, required=False)
    crew_awake = forms.BooleanField(label="Only while the crew is awake", required=False)
    step = forms.ChoiceField(label="Starts", choices=STEPS, required=False, initial="30")

    def __init__(self, *args: Any, module: Module, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        zones = self.fields["zones"]
        assert isinstance(zones, forms.MultipleChoiceField)  # noqa: S101 - declared above
        zones.choices = [(zone.slug, zone.name) for zone in module.zones.all()]

    @staticmethod
    def usual(now: datetime) -> dict[str, Any]:
        """What most searches begin with."""
        return {
            "activity": Activity.FILMING.value,
            "duration": "2 hours",
            "start": f"{now.date()}",
            "end": f"{now.date() + timedelta(days=USUAL_DAYS)}",
            "crew_awake": "on",
            "step": "30",
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", "The last day comes before the first.")
        elif start and end and (end - start).days >= LONGEST_DAYS:
            self.add_error("end", f"Search at most {LONGEST_DAYS} days at once.")
        return found

    def plain(self) -> list[forms.BoundField]:
        """The fields that ask nothing of the orbit."""
        return [field for field in self if field.name not in NAMES]

    def request(self) -> SearchRequest:
        """Raises Invalid where what is asked of the orbit makes no sense."""
        data = self.cleaned_data
        return SearchRequest(
            module=self.module,
            activity=data["activity"],
            duration=data["duration"],
            span=Span(day_start(data["start"]), day_start(data["end"] + timedelta(days=1))),
            zones=tuple(data["zones"]),
            crew=data["crew"] or 0,
            power_kw=data["power_kw"] or Decimal(0),
            downlink_mbps=data["downlink_mbps"] or 0,
            crew_awake=data["crew_awake"],
            step_minutes=int(data["step"] or 30),
            conditions=self.asked_conditions(data["duration"]),
        )

    def refuse(self, refusal: Refusal) -> None:
        for error in refusal.errors:
            name = FIELD_OF.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, error.detail)
        if not refusal.errors:
            self.add_error(None, refusal.detail)


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    reader, module, now = reader_of(request), module_of(request), timezone.now()
    asked = any(name in request.GET for name in ("activity", "duration", "start", "end"))
    form = SearchForm(_with_step(request.GET) if asked else SearchForm.usual(now), module=module)
    result: SearchResult | None = None
    if form.is_valid():
        try:
            result = find(form.request(), at=now)
        except Refusal as refusal:
            form.refuse(refusal)
    page = Paginator(result.windows, PAGE_SIZE).get_page(request.GET.get("page")) if result else None
    context = {
        "form": form,
        "module": module,
        "page": page,
        "rows": [_row(window, form) for window in page] if page else [],
        "result": result,
        "suggestions": suggestions(result.why, form) if result else [],
        "may_book": reader.may_book,
    }
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    template = "web/search_results.html" if fragment else "web/search.html"
    response = render(request, template, context, status=400 if form.errors and not fragment else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _with_step(query: QueryDict) -> QueryDict:
    """The query, with the step that is meant where it names none."""
    data = query.copy()
    data.setdefault("step", "30")
    return data


def _row(window: Window, form: SearchForm) -> dict[str, Any]:
    data = form.cleaned_data
    asked = {
        "zones": window.zone.slug,
        "activity": data["activity"],
        "starts_at": f"{window.span.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{window.span.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "crew": data["crew"] or 0,
        "power_kw": data["power_kw"] or 0,
        "downlink_mbps": data["downlink_mbps"] or 0,
        "module": form.module.slug,
    }
    conditions = form.asked_conditions().to_json()
    if conditions:
        asked["conditions"] = json.dumps(conditions, separators=(",", ":"))
    return {"window": window, "query": urlencode(asked)}
