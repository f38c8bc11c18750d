"""The staff's page of how much of what could be booked was: figures, plots with their tables, and the same as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bookings.utilisation import Report, Row, report
from bookings.web.fields import DayField
from bookings.web.reader import module_of
from modules.intervals import Span

LONGEST_DAYS = 3660
CHART_HEIGHT, BAR_WIDTH, GAP = 160, 24, 6
CHART_TOPS = (10, 20, 50, 100)  # percent, each with a round half


class SpanForm(forms.Form):
    """Whole days, both included, by GMT."""

    start = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("To, included"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day comes before the first."))
        elif start and end and (end - start).days >= LONGEST_DAYS:
            self.add_error("end", _("Look at most at ten years at once."))
        return found

    def span(self) -> Span:
        first, last = self.cleaned_data["start"], self.cleaned_data["end"]
        return Span(_midnight(first), _midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def usual(now: datetime) -> dict[str, str]:
    """The quarter that is past and the one that comes."""
    return {"start": f"{now.date() - timedelta(days=90)}", "end": f"{now.date() + timedelta(days=90)}"}


@login_required
@require_safe
def utilisation(request: HttpRequest) -> HttpResponse:
    may = request.user.has_perm
    if not (request.user.is_staff and may("bookings.view_booking")):
        raise PermissionDenied(_("Only SEE-1 staff see how much of the module is used."))
    module = module_of(request)
    asked = {name: request.GET[name] for name in ("start", "end") if name in request.GET}
    form = SpanForm(asked or usual(timezone.now()))
    shown = report(module, form.span()) if form.is_valid() else None
    sees_money = may("bookings.view_ratecard")
    if shown and request.GET.get("format") == "csv":
        return _csv(shown, sees_money=sees_money)
    context = {
        "module": module,
        "form": form,
        "report": shown,
        "sees_money": sees_money,
        "titles": TITLES,
        "chart": _chart(shown.over_time) if shown else None,
    }
    return render(request, "web/utilisation.html", context, status=200 if shown else 400)


TITLES = {
    "zone": gettext_lazy("By zone"),
    "activity": gettext_lazy("By activity"),
    "phase": gettext_lazy("By mission phase"),
    "organisation": gettext_lazy("By organisation"),
}


def _chart(rows: Any) -> dict[str, Any]:
    """The bars' geometry, in user units: full height is the least of `CHART_TOPS` that holds them all."""
    step = BAR_WIDTH + GAP
    highest = max((row.share + row.asked_share for row in rows), default=0.0)
    top = next((top for top in CHART_TOPS if 100 * highest <= top), CHART_TOPS[-1])
    height, whole = CHART_HEIGHT * 100 / top, top / 100
    bars = []
    for place, row in enumerate(rows):
        used = min(whole, row.share) * height
        asked = min(whole - min(whole, row.share), row.asked_share) * height
        bars.append(
            {
                "row": row,
                "x": place * step,
                "middle": place * step + BAR_WIDTH / 2,
                "used": round(used, 2),
                "used_y": round(CHART_HEIGHT - used, 2),
                "asked": round(asked, 2),
                "asked_y": round(CHART_HEIGHT - used - asked, 2),
                "labelled": place % max(1, len(rows) // 8) == 0,
            }
        )
    width = max(1, len(rows)) * step
    lines = [(round(top * part), CHART_HEIGHT * (1 - part)) for part in (0, 0.5, 1)]
    return {"bars": bars, "width": width, "height": CHART_HEIGHT, "bar_width": BAR_WIDTH, "lines": lines}


HEAD = ("by", "name", "bookable_hours", "used_hours", "used_percent", "requested_hours", "outside_hours", "bookings")


def _csv(shown: Report, *, sees_money: bool) -> HttpResponse:
    name = f"utilisation-{shown.module.slug}-{shown.span.starts_at:%Y%m%d}-{shown.span.ends_at:%Y%m%d}.csv"
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    writer.writerow(_line("all", shown.total))
    for group in shown.groups:
        writer.writerows(_line(group.by, row) for row in group.rows)
    writer.writerows(_line("time", row) for row in shown.over_time)
    writer.writerow([])
    writer.writerows(_figures(shown, sees_money=sees_money))
    return answer


def _line(by: str, row: Row) -> list[object]:
    hours = (row.bookable_h, row.used_h)
    return [
        by,
        _cell(row.name),
        *(f"{each:.2f}" for each in hours),
        f"{100 * row.share:.2f}",
        f"{row.asked_h:.2f}",
        f"{row.outside_h:.2f}",
        row.bookings,
    ]


def _cell(text: str) -> str:
    """A name that a spreadsheet would take for a formula stays a name."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _figures(shown: Report, *, sees_money: bool) -> Iterator[list[object]]:
    found = shown.figures
    yield ["figure", "value"]
    yield ["bookings_made", found.made]
    yield ["holds", found.held]
    yield ["holds_confirmed", found.held_then_confirmed]
    yield ["confirmed", found.confirmed]
    yield ["confirmed_then_cancelled", found.confirmed_then_cancelled]
    if found.lead_median is not None:
        yield ["lead_time_median_hours", round(found.lead_median.total_seconds() / 3600)]
    if sees_money:
        for money in found.money:
            yield [f"sold_{money.currency}", money.sold]
            yield [f"cancellation_fees_{money.currency}", money.fees]
