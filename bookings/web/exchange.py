"""The staff's page of tables in and out. A table that comes in is first shown row by row, then taken in as shown.

Between the two nothing is kept here: the page bears the rows, signed for whoever loaded them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bookings import actors
from bookings.exceptions import Refusal
from bookings.exchange import FORMATS, SHEETS, Outcome, Sheet, check_right, read, run, write
from bookings.web.fields import DayField
from bookings.web.once import import_once
from bookings.web.utilisation import SpanForm
from modules.exceptions import ImportRefused

SALT = "bookings.exchange"
SHOWN_FOR_S = 3600
MOST_OUT = 50_000
TITLES = {
    "bookings": gettext_lazy("Bookings"),
    "closures": gettext_lazy("Closures"),
    "rates": gettext_lazy("Rates"),
    "zones": gettext_lazy("Zones"),
}
TAKEN = ("added", "changed", "unchanged")
TIMED = ("bookings", "closures")


class OutForm(SpanForm):
    """The days that are taken out; none named: all."""

    start = DayField(label=gettext_lazy("From"), required=False)
    end = DayField(label=gettext_lazy("To, included"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if bool(found.get("start")) != bool(found.get("end")) and not self.errors:
            self.add_error("end", _("Name both days, or neither."))
        return found


class InForm(forms.Form):
    table = forms.FileField(label=gettext_lazy("A table"), help_text=gettext_lazy("CSV, XLSX or JSON, at most 1 MiB."))


@login_required
@require_safe
def exchange(request: HttpRequest) -> HttpResponse:
    """What one may take out and in."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    _staff(request)
    may = request.user.has_perms
    sheets = [
        {"sheet": sheet, "title": TITLES[sheet.name], "may_take": may(sheet.to_take), "is_timed": sheet.name in TIMED}
        for sheet in SHEETS.values()
        if may(sheet.to_see)
    ]
    if not sheets:
        raise PermissionDenied(_("Your groups let you take no table out."))
    context = {"sheets": sheets, "formats": list(FORMATS), "form": InForm(), "out": OutForm(request.GET or None)}
    return render(request, "web/exchange.html", context, status=status)


@login_required
@require_safe
def take_out(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """The file."""
    sheet = _sheet(request, name)
    if kind not in FORMATS:
        raise Http404(_("There is no such format."))
    if not request.user.has_perms(sheet.to_see):
        raise PermissionDenied(_("Your groups do not let you see these."))
    form = OutForm(request.GET)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("exchange")
    rows = list(sheet.rows(form.span() if form.cleaned_data["start"] else None))
    if len(rows) > MOST_OUT:
        said = _("These are %(count)s rows; at most %(most)s go into one file. Name the days.")
        messages.error(request, said % {"count": len(rows), "most": MOST_OUT})
        return redirect("exchange")
    answer = HttpResponse(write(kind, sheet.columns, rows), content_type=FORMATS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y%m%d-%H%M}.{kind}"'
    return answer


@login_required
@require_POST
def take_in(request: HttpRequest, name: str) -> HttpResponse:
    """Without a table shown before: what it would do. With one: do it, where it still does what was shown."""
    sheet = _sheet(request, name)
    try:
        check_right(sheet, _actor(request))
    except Refusal as refusal:
        return _refused(request, refusal)
    if "shown" in request.POST:
        return _do(request, sheet)
    form = InForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("exchange")
    file = form.cleaned_data["table"]
    try:
        rows = read(file.name, file.read())
        outcome = run(sheet, rows, actor=_actor(request), at=timezone.now())
    except (Refusal, ImportRefused) as refusal:
        return _refused(request, refusal)
    return _show(request, sheet, rows, outcome)


def _do(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Do what was shown. What is sent again is told what the first did: one table that is shown has one effect."""
    try:
        owner, shown_of, token, digest, rows = signing.loads(request.POST["shown"], salt=SALT, max_age=SHOWN_FOR_S)
    except (signing.BadSignature, ValueError):
        messages.error(request, _("What was shown is too old. Load the table again."))
        return redirect("exchange")
    if (owner, shown_of) != (request.user.pk, sheet.name):
        raise PermissionDenied(_("That was shown to somebody else. Load the table yourself."))
    now = timezone.now()

    def take() -> dict[str, int]:
        outcome = run(sheet, rows, actor=_actor(request), at=now, keep=True, expected=digest)
        if not outcome.kept:
            raise _Changed(outcome)
        return {verb: outcome.count(verb) for verb in TAKEN}

    try:
        counts = import_once(request.user, UUID(token), take, at=now)  # type: ignore[arg-type]  # logged in
    except _Changed as changed:
        messages.warning(request, _("Nothing was imported: since it was shown, something has changed. Look again."))
        return _show(request, sheet, rows, changed.outcome)
    except (Refusal, ImportRefused) as refusal:
        return _refused(request, refusal)
    said = _("Imported: %(added)s added, %(changed)s changed, %(unchanged)s left as they are.")
    messages.success(request, said % counts)
    return redirect("exchange")


class _Changed(Exception):
    """It would do something else than was shown."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _show(request: HttpRequest, sheet: Sheet, rows: Any, outcome: Outcome) -> HttpResponse:
    what = [request.user.pk, sheet.name, uuid4().hex, outcome.digest, rows]
    shown = signing.dumps(what, salt=SALT, compress=True)
    context = {
        "sheet": sheet,
        "title": TITLES[sheet.name],
        "outcome": outcome,
        "counts": {verb: outcome.count(verb) for verb in (*TAKEN, "refused")},
        "shown": shown,
    }
    return render(request, "web/exchange_shown.html", context)


def _refused(request: HttpRequest, refusal: Refusal | ImportRefused) -> HttpResponse:
    if refusal.code == "permission_denied":
        raise PermissionDenied(refusal.detail)
    messages.error(request, refusal.detail)
    return _page(request, status=400)


def _sheet(request: HttpRequest, name: str) -> Sheet:
    _staff(request)
    if name not in SHEETS:
        raise Http404(_("There is no such table."))
    return SHEETS[name]


def _staff(request: HttpRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied(_("Only SEE-1 staff take tables in and out."))


def _actor(request: HttpRequest) -> actors.Actor:
    return actors.person(request.user, via="import")  # type: ignore[arg-type]  # logged in
