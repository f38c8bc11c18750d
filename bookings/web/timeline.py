"""The timeline: its page, the data that its script draws, and the same span as a table."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bookings.web.reader import Reader, is_slug, module_of, no_module, reader_of
from bookings.web.timeline_frame import MOST_BUCKETS, PRESETS, RESOLUTIONS, Frame, FrameForm, asked_span, mission_span
from bookings.web.timeline_json import as_json, iso
from bookings.web.timeline_known import etag_of, is_known
from bookings.web.timeline_rows import MOST_BARS, read_drawing, read_timeline
from bookings.web.timeline_scripts import import_map, modules_to_preload
from bookings.web.timeline_sky import read_sky
from bookings.web.timeline_table import as_table
from bookings.web.timeline_words import preset_names, words
from bookings.web.times import NotATime
from bookings.wording import place_name
from modules import marks
from modules.intervals import Span
from modules.lagging import may_lag
from modules.models import Module, Place
from modules.schedule import schedule_of

MOST_TABLE_LINES = 250
SKY_IN_TABLE = timedelta(days=4)


@login_required
@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """The page. Its table shows the span at once; the script draws the same."""
    reader, module, now = reader_of(request), module_of(request), timezone.now()
    form = FrameForm(request.GET, module=module, now=now)
    form.full_clean()
    frame = form.frame()
    has_script = bool(settings.BROWSER_IMPORTS)
    place = _place_of(request, reader)
    context = {
        "form": form,
        "frame": frame,
        "presets": preset_names(),
        "module": module,
        "modules": Module.objects.all(),
        "earlier": frame.moved(-1),
        "later": frame.moved(1),
        "has_script": has_script,
        "import_map": json.dumps(import_map()) if has_script else "",
        "preloaded": modules_to_preload() if has_script else [],
        "settings": _settings(reader, module, frame, place),
        "place": place,
        "places": Place.objects.all(),
        **_table(reader, module, frame.span, place),
    }
    return render(request, "timeline/page.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
@may_lag
def table(request: HttpRequest) -> HttpResponse:
    """The table alone, for the script to put in place as the timeline moves."""
    reader, module = reader_of(request), module_of(request)
    form = FrameForm(request.GET, module=module, now=timezone.now())
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    return render(request, "timeline/table.html", _table(reader, module, form.frame().span, _place_of(request, reader)))


def _table(reader: Reader, module: Module, span: Span, place: Place | None) -> dict[str, Any]:
    shown = Frame(span, "")
    found = read_timeline(reader.actor, module, span, shown.resolution, most=MOST_TABLE_LINES)
    sky = read_sky(module, span, place) if span.duration <= SKY_IN_TABLE else None
    return {"timeline": found, "table": as_table(found, sky), "sky": sky, "shown": shown}


class DataForm(forms.Form):
    """What the script asks for. Unlike the page's address, all of it is needed and nothing is guessed."""

    resolution = forms.ChoiceField(choices=[(name, name) for name in RESOLUTIONS])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.CharField()
        self.fields["to"] = forms.CharField()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("from") and found.get("to"):
            try:
                found["span"] = asked_span(found["from"], found["to"])
            except NotATime as error:
                self.add_error("from", str(error))
        if found.get("span") and found.get("resolution"):
            step = RESOLUTIONS[found["resolution"]]
            if found["span"].duration / step > MOST_BUCKETS:
                self.add_error(
                    "resolution",
                    _("That would be more than %(most)s buckets; ask for coarser ones.") % {"most": MOST_BUCKETS},
                )
        return found


@require_safe
@gzip_page
@may_lag
def data(request: HttpRequest) -> HttpResponse:
    """`?module&from&to&resolution`: phases, and for each zone its bars or its use. 304 where nothing changed."""
    if not request.user.is_authenticated:
        return _problem(401, "not_authenticated", _("Your session has ended. Log in again."))
    form = DataForm(request.GET)
    if not form.is_valid():
        return _problem(400, "invalid", _("The span or its resolution is not valid."), form)
    asked, reader = form.cleaned_data, reader_of(request)
    slug, place = request.GET.get("module", ""), request.GET.get("place", "")
    seen = marks.seen(slug, asked["span"]) if not slug or is_slug(slug) else None
    if seen is None:
        raise no_module(slug)
    etag = etag_of(reader.actor, seen, asked["span"], asked["resolution"], place)
    if is_known(request, etag):
        return _answer(etag)
    schedule = schedule_of(seen.module_id, revision=seen.revision)
    found = read_drawing(reader.actor, schedule, asked["span"], asked["resolution"])
    sky = read_sky(schedule.module, asked["span"], _place_named(place), seen=seen)
    return _answer(etag, json.dumps(as_json(found, sky), ensure_ascii=False, separators=(",", ":")).encode())


def _answer(etag: str, body: bytes | None = None) -> HttpResponse:
    response = HttpResponse(status=304) if body is None else HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _problem(status: int, code: str, detail: str, form: forms.Form | None = None) -> HttpResponse:
    errors = [
        {"field": field, "code": "invalid", "detail": str(said)}
        for field, all_said in (form.errors.items() if form else ())
        for said in all_said
    ]
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code}
    return HttpResponse(
        json.dumps(body | ({"errors": errors} if errors else {})),
        status=status,
        content_type="application/problem+json",
    )


def _place_named(slug: str) -> Place | None:
    """The place that passes are shown over; None for no slug. An unknown one is not found."""
    return get_object_or_404(Place, slug=slug if is_slug(slug) else "") if slug else None


def _place_of(request: HttpRequest, reader: Reader) -> Place | None:
    """The place that is asked for, else the city that the reader's clock is named after."""
    if "place" in request.GET:
        return _place_named(request.GET["place"])
    found: Place | None = Place.objects.filter(name=reader.zone_name).first()
    return found


def _settings(reader: Reader, module: Module, frame: Frame, place: Place | None) -> dict[str, Any]:
    """All that the script needs to know before it asks for data."""
    mission = mission_span(module)
    return {
        "module": module.slug,
        "module_name": module.name,
        "from": iso(frame.span.starts_at),
        "to": iso(frame.span.ends_at),
        "preset": frame.preset,
        "mission": {"from": iso(mission.starts_at), "to": iso(mission.ends_at)},
        "presets": {name: length.total_seconds() if length else None for name, length in PRESETS.items()},
        "resolutions": {name: length.total_seconds() for name, length in RESOLUTIONS.items()},
        "most_bars": MOST_BARS,
        "most_buckets": MOST_BUCKETS,
        "zones": [{"slug": zone.slug, "name": zone.name} for zone in module.zones.all()],
        "place": place.slug if place else "",
        "places": [
            {
                "slug": p.slug,
                "name": place_name(p.name),
                "kind": p.kind,
                "latitude": p.latitude,
                "longitude": p.longitude,
            }
            for p in Place.objects.all()
        ],
        "clock": {"zone": str(reader.zone), "name": reader.zone_name, "is_gmt": reader.lives_by_gmt},
        "may_book": reader.may_book,
        "addresses": {
            "data": reverse("timeline_data"),
            "table": reverse("timeline_table"),
            "book": reverse("booking_new"),
            "track": reverse("api-track", args=[module.slug]),
            "log_in": settings.LOGIN_URL,
            "land": static("vendor/world-atlas/land-110m.json") if settings.BROWSER_IMPORTS else "",
        },
        "words": words(),
    }
