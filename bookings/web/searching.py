"""Find a window: what one needs as a form, what can be had with its price, or why nothing can and what would help."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from bookings import saved_searches
from bookings.conditions import Lighting
from bookings.exceptions import Refusal
from bookings.search import OFFER_STANDS, SearchResult, Window, find
from bookings.search.orbital import PRECISE_S
from bookings.search.sky import overhead
from bookings.web.orbit_strip import strip
from bookings.web.reader import module_of, reader_of
from bookings.web.relaxing import suggestions, together
from bookings.web.search_forms import SearchForm, query_for
from bookings.web.searches import SaveForm
from modules.conditions import Overhead

PAGE_SIZE = 20
MOST_SHOWN = 12


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    reader, module, now = reader_of(request), module_of(request), timezone.now()
    asked = any(name in request.GET for name in ("activity", "duration", "start", "end"))
    form = SearchForm(_with_step(request.GET) if asked else SearchForm.usual(now), module=module)
    result: SearchResult | None = None
    if form.is_valid():
        try:
            result = find(form.request(), at=now, stands=OFFER_STANDS)
        except Refusal as refusal:
            form.refuse(refusal)
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    page = Paginator(result.windows, PAGE_SIZE).get_page(request.GET.get("page")) if result else None
    over = overhead(form.asked_conditions()) if result else None
    rows = [_row(list(found), form, over) for _, found in groupby(page or [], key=lambda window: window.span)]
    query = query_for(form.request()) if result else ""
    context = {
        "form": form,
        "module": module,
        "page": page,
        "rows": rows,
        "drawn": any(row["strip"] for row in rows),
        "kinds": frozenset[str]().union(*(row["strip"].kinds for row in rows if row["strip"])),
        "note": next((row["strip"].note for row in rows if row["strip"]), ""),
        "has_margin": bool(page) and _has_margin(page or [], form),
        "result": result,
        "save_form": SaveForm(reader=reader) if result else None,
        "asked_query": query,
        "search_address": f"{request.build_absolute_uri(reverse('search'))}?{query}",
        "saved": saved_searches.of(reader.actor)[:MOST_SHOWN] if not fragment else [],
        **(_why_not(result, form, now) if result else {}),
        "may_book": reader.may_book,
    }
    template = "web/search_results.html" if fragment else "web/search.html"
    response = render(request, template, context, status=400 if form.errors and not fragment else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _has_margin(windows: Iterable[Window], form: SearchForm) -> bool:
    """Whether a length is asked of the orbit where its times are too vague for all of it to count."""
    asked = form.asked_conditions()
    has_length = asked.lighting in (Lighting.NIGHT, Lighting.DAY) or asked.pass_min is not None
    return has_length and any((window.uncertainty_seconds or 0) > PRECISE_S for window in windows)


def _why_not(result: SearchResult, form: SearchForm, now: datetime) -> dict[str, Any]:
    """Nothing is offered that was not tried: a button always leads to windows."""
    found = suggestions(result.why, form, at=now)
    offered = any(each.query for each in found)
    return {"suggestions": found, "together": together(result.why, form, at=now) if found and not offered else None}


def _with_step(query: QueryDict) -> QueryDict:
    """The query, with the step that is meant where it names none."""
    data = query.copy()
    data.setdefault("step", "30")
    return data


def _row(found: list[Window], form: SearchForm, over: Overhead | None) -> dict[str, Any]:
    """One time and the zones that are free then: the orbit is the same for all of them, and is drawn once."""
    first, conditions = found[0], form.asked_conditions()
    return {
        "window": first,
        "over": over,
        "timeline": urlencode({"module": form.module.slug, "span": "day", "at": f"{first.span.starts_at:%Y-%m-%d}"}),
        "strip": strip(first.outlook, first.span, conditions),
        "zones": [{"window": window, "query": _booking_query(window, form)} for window in found],
    }


def _booking_query(window: Window, form: SearchForm) -> str:
    """What the booking form takes over from the search."""
    data = form.cleaned_data
    asked = {
        "zones": window.zone.slug,
        "activity": data["activity"],
        "starts_at": f"{window.span.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{window.span.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "crew": data["crew"] or 0,
        "power_kw": data["power_kw"] or 0,
        "downlink_mbps": data["downlink_mbps"] or 0,
        "media_return_kg": data["media_return_kg"] or 0,
        "module": form.module.slug,
    }
    conditions = form.asked_conditions()
    if conditions:
        asked["conditions"] = json.dumps(conditions.to_json(), separators=(",", ":"))
    return urlencode(asked)
