"""Ways to show what is not edited: times as flight planners write them, histories, and rows that only tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline


def gmt(instant: datetime | None) -> str:
    """`2027/063 14:20`, or a dash."""
    return f"{instant.astimezone(UTC):%Y/%j %H:%M}" if instant else "–"


def window(starts_at: datetime, ends_at: datetime | None) -> str:
    """`2027/063 14:20 – 16:20`, the day said again where it is another."""
    if ends_at is None:
        return f"{gmt(starts_at)} – open"
    same_day = starts_at.astimezone(UTC).date() == ends_at.astimezone(UTC).date()
    return f"{gmt(starts_at)} – {ends_at.astimezone(UTC):%H:%M}" if same_day else f"{gmt(starts_at)} – {gmt(ends_at)}"


def link(thing: Any, text: str = "") -> SafeString | str:
    """The thing's name, leading to its page."""
    if thing is None:
        return "–"
    meta = thing._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
    return format_html('<a class="see1-link" href="{}">{}</a>', page, text or str(thing))


def plain_json(value: Any) -> SafeString:
    """A JSON value, indented."""
    return format_html('<pre class="see1-json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))


class TellingInline(TabularInline):
    """Rows that tell and cannot be touched."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Dated:
    """For a ModelAdmin with a date hierarchy: a year that no calendar has leads to the list, not to an error."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]  # a ModelAdmin's, into which this is mixed
        except OverflowError as error:
            raise IncorrectLookupParameters from error


class Audited:
    """For a ModelAdmin: a thing's history is what the audit has of it and its parts."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # a ModelAdmin's, into which this is mixed
            raise PermissionDenied
        asked = urlencode({"model__exact": self.model._meta.label_lower, "object_id__exact": object_id})  # type: ignore[attr-defined]  # a ModelAdmin's, into which this is mixed
        return HttpResponseRedirect(f"{reverse('admin:bookings_auditentry_changelist')}?{asked}")


class Kept(Audited):
    """For a ModelAdmin of things that are never deleted."""

    history_view = Audited.history_view  # said here: of a class's bases those that are ModelAdmins come before Audited

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
