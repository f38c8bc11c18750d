"""The module's calendar: a month, a week, a day or any span as tables, and an agenda day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from bookings.clocks import day_start
from bookings.web.agenda import agenda
from bookings.web.days import Day, cut, month_span, weeks
from bookings.web.fields import DayField
from bookings.web.reader import module_of, reader_of
from bookings.web.schedule import Schedule, read_schedule
from bookings.wording import long_date
from modules.intervals import Span
from modules.lagging import may_lag
from modules.models import Phase

VIEWS = {
    "month": gettext_lazy("Month"),
    "week": gettext_lazy("Week"),
    "day": gettext_lazy("Day"),
    "agenda": gettext_lazy("Agenda"),
    "span": gettext_lazy("Span"),
}
AGENDA_DAYS = 14
LONGEST_SPAN_DAYS = 62


class CalendarForm(forms.Form):
    """What to show; everything may be left out."""

    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False)
    date = DayField(label=gettext_lazy("Jump to"), required=False)
    start = DayField(label=gettext_lazy("First day"), required=False)
    end = DayField(label=gettext_lazy("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day comes before the first."))
        elif start and end and (end - start).days >= LONGEST_SPAN_DAYS:
            self.add_error("end", _("Show at most %(most)s days at once.") % {"most": LONGEST_SPAN_DAYS})
        return found


@dataclass(frozen=True)
class Frame:
    """Which days are shown, how, and what lies before and after."""

    view: str
    date: date
    span: Span
    title: str
    before: dict[str, str]
    after: dict[str, str]


@login_required
@require_safe
@may_lag
def calendar(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = CalendarForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    frame = frame_for(asked, today=now.date())
    reader, module = reader_of(request), module_of(request)
    schedule = read_schedule(reader.actor, module, frame.span)
    days = cut(schedule, zone=reader.zone, now=now)
    context = {
        "form": form,
        "frame": frame,
        "views": VIEWS,
        "module": module,
        "schedule": schedule,
        "days": days,
        "weeks": weeks(days) if frame.view == "month" else [],
        "agenda": agenda(days) if frame.view == "agenda" else [],
        "rules_now": _rules_now(schedule, now),
        "hours": range(0, 24, 6),
        "shows_now": any(day.is_today for day in days),
        "busy_days": _busy(days, frame),
    }
    return render(request, "web/calendar.html", context, status=200 if form.is_valid() else 400)


def frame_for(asked: dict[str, Any], *, today: date) -> Frame:
    """The frame that was asked for; a month around today where nothing was."""
    day: date = asked.get("date") or today
    if asked.get("start"):
        return _span_frame(asked["start"], asked.get("end") or asked["start"] + timedelta(days=6))
    view = asked.get("view") or "month"
    if view == "day":
        return _days_frame("day", day, day, 1, dateformat.format(day, pgettext("date format", "l j F Y")))
    if view == "agenda":
        last = day + timedelta(days=AGENDA_DAYS - 1)
        title = _("%(first)s to %(last)s") % {"first": long_date(day), "last": long_date(last)}
        return _days_frame("agenda", day, day, AGENDA_DAYS, title)
    if view in {"week", "span"}:
        monday = day - timedelta(days=day.weekday())
        return _days_frame("week", day, monday, 7, _("Week of %(day)s") % {"day": long_date(monday)})
    return _month_frame(day)


def _month_frame(day: date) -> Frame:
    first = day.replace(day=1)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    return Frame(
        "month",
        day,
        month_span(day),
        dateformat.format(day, pgettext("date format", "F Y")),
        *_steps("month", before.replace(day=1), after),
    )


def _days_frame(view: str, day: date, first: date, length: int, title: str) -> Frame:
    step = timedelta(days=length)
    span = Span(day_start(first), day_start(first + step))
    return Frame(view, day, span, title, *_steps(view, first - step, first + step))


def _span_frame(start: date, end: date) -> Frame:
    step = end - start + timedelta(days=1)
    title = _("%(first)s to %(last)s") % {"first": long_date(start), "last": long_date(end)}
    span = Span(day_start(start), day_start(start + step))
    before, after = ({"start": f"{start + n * step}", "end": f"{end + n * step}"} for n in (-1, 1))
    return Frame("span", start, span, title, before, after)


def _steps(view: str, before: date, after: date) -> tuple[dict[str, str], dict[str, str]]:
    after = after.replace(day=1) if view == "month" else after
    return {"view": view, "date": f"{before}"}, {"view": view, "date": f"{after}"}


def _rules_now(schedule: Schedule, now: Any) -> Phase | None:
    return next((p for p in schedule.module.phases.at(now).with_rules() if p.is_bookable), None)


def _busy(days: list[Day], frame: Frame) -> list[Day]:
    """What the list under the month names: its own days on which anything stands."""
    if frame.view != "month":
        return []
    return [day for day in days if day.lines and day.date.month == frame.date.month]
