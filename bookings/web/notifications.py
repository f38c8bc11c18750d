"""What one was told, the newest first; reading it, and choosing what comes where."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import notifications
from bookings.exceptions import Invalid
from bookings.notifications import KINDS, NAMES, Notification
from bookings.web.reader import reader_of

PAGE_SIZE = 25


@login_required
@require_safe
def notification_list(request: HttpRequest) -> HttpResponse:
    actor, now = reader_of(request).everywhere, timezone.now()
    found = notifications.to_read(actor, at=now)
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(found.unread() if only_unread else found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "items": [Notification(row, now) for row in page], "only_unread": only_unread}
    return render(request, "web/notification_list.html", context)


@login_required
@require_POST
def open_one(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    actor, now = reader_of(request).everywhere, timezone.now()
    row = notifications.to_read(actor, at=now).filter(pk=notification_id).first()
    if row is None:
        raise Http404(gettext("There is no such notification among yours."))
    notifications.mark_read(actor=actor, at=now, ids=[row.pk])
    return redirect(Notification(row, now).path)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    count = notifications.mark_read(actor=reader_of(request).everywhere, at=timezone.now())
    said = ngettext("%(count)d notification is marked as read.", "%(count)d notifications are marked as read.", count)
    messages.success(request, said % {"count": count})
    return redirect("notification_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choice(request: HttpRequest) -> HttpResponse:
    """Which kinds come by mail, and which on the pages."""
    actor = reader_of(request).everywhere
    if request.method != "POST":
        chosen = notifications.choice_of(actor)
        return _choice_page(request, set(chosen.not_by_mail), set(chosen.not_on_pages))
    by_mail, on_pages = ({*NAMES} - {*request.POST.getlist(name)} for name in ("by_mail", "on_pages"))
    try:
        notifications.choose(actor=actor, not_by_mail=by_mail, not_on_pages=on_pages)
    except Invalid as refusal:
        return _choice_page(request, by_mail, on_pages, refusal=refusal, status=400)
    messages.success(request, gettext("From now on you are told so."))
    return redirect("notification_choice")


def _choice_page(
    request: HttpRequest, not_by_mail: set[str], not_on_pages: set[str], *, status: int = 200, **context: Any
) -> HttpResponse:
    rows = [(kind, kind.name not in not_by_mail, kind.name not in not_on_pages) for kind in KINDS]
    return render(request, "web/notification_choice.html", {"rows": rows, **context}, status=status)
