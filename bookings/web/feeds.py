"""Calendar feeds by address: a secret one for one's own bookings, a public one of a module's free/busy;
and a booking's own file."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar

from bookings.calendars import busy_calendar, calendar, event, own_calendar
from bookings.languages import language_of
from bookings.models import CalendarFeed
from bookings.web.bookings import visible_booking
from bookings.web.reader import reader_of
from modules.lagging import may_lag
from modules.models import Module


@require_safe
@may_lag
def own(request: HttpRequest, secret: str) -> HttpResponse:
    if not re.fullmatch(r"[\w-]{1,64}", secret, re.ASCII):
        raise Http404(_("This is no calendar address."))
    feed = (
        CalendarFeed.objects.select_related("user", "organisation", "production")
        .filter(secret=secret, user__is_active=True)
        .first()
    )
    if feed is None:
        raise Http404(_("This calendar address is not, or no longer, in use."))
    with translation.override(language_of(feed.user)):  # a calendar program asks for no language
        return _answer(request, own_calendar(feed, at=now()), "private")


@require_safe
@may_lag
def module(request: HttpRequest, slug: str) -> HttpResponse:
    return _answer(request, busy_calendar(get_object_or_404(Module, slug=slug), at=now()), "public")


@login_required
@require_safe
def booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """One booking as a calendar file. Its UID is that of the feeds and the mails: a calendar updates what it has."""
    found = visible_booking(reader_of(request), booking_id)
    response = _answer(request, calendar(f"SEE-1 {found.reference}", [event(found)]), "private")
    response["Content-Disposition"] = content_disposition_header(True, f"{found.reference}.ics") or ""
    return response


def now() -> datetime:
    return timezone.now()


def _answer(request: HttpRequest, calendar: Calendar, cache: str) -> HttpResponse:
    """The calendar, or 304 where the reader has it already."""
    body = calendar.to_ical()
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or etag in {tag.removeprefix("W/") for tag in known}:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"{cache}, no-cache"
    return response
