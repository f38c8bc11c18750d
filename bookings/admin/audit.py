"""Who changed what, when, from where, before and after. Each of the staff sees it of what they may look at."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from bookings.admin.answering import staff
from bookings.admin.messages import Told
from bookings.admin.reading import Dated, gmt
from bookings.models import AuditEntry

VERBS = {"added": "success", "changed": "info", "deleted": "danger"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
SHOWN = 3
"""Of an entry's changes in the list; its page has them all."""


class ThingFilter(admin.SimpleListFilter):
    """Of one kind of thing."""

    title = _("of")
    parameter_name = "model__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        pages = sorted(model_admin.admin_site._registry, key=lambda model: str(model._meta.verbose_name_plural))
        kinds = [model._meta for model in pages if model is not AuditEntry]
        may = request.user.has_perm
        return [
            (meta.label_lower, str(meta.verbose_name_plural).capitalize())
            for meta in kinds
            if may(f"{meta.app_label}.view_{meta.model_name}")
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(Dated, Told, ModelAdmin):
    list_display = ("when", "verb_label", "what", "who", "where", "summary")
    list_display_links = ("when",)
    list_filter = (ThingFilter, "verb", "via", ("at", RangeDateTimeFilter))
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("^label", "^actor", "=object_id", "=request_id")
    search_help_text = _("What it is called, who, or the id of a thing or a request")
    ordering = ("-id",)
    fields = (
        ("when", "verb_label"), "what", "changes", "who", "where", "doing", "request_id", "role",
    )  # fmt: skip
    readonly_fields = ("when", "verb_label", "what", "changes", "who", "where")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With what the thing was called last: a part, as a booking's zone, has no name of its own."""
        called = AuditEntry.objects.filter(model=OuterRef("model"), object_id=OuterRef("object_id"), part="")
        named = Subquery(called.exclude(label="").order_by("-id").values("label")[:1])
        return super().get_queryset(request).visible_to(staff(request)).annotate(thing=named)  # type: ignore[no-any-return]  # the admin's base classes are not typed

    @display(description=_("when (GMT)"), ordering="id")
    def when(self, entry: AuditEntry) -> str:
        return second(entry.at)

    @display(description=_("what happened"), ordering="verb", label=VERBS)
    def verb_label(self, entry: AuditEntry) -> str:
        return entry.verb

    @display(description=_("thing"))
    def what(self, entry: AuditEntry) -> SafeString:
        name = entry.model.partition(".")[2] + (f", {entry.part}" if entry.part else "")
        called = getattr(entry, "thing", None)
        label = (entry.part and called) or entry.label or called or entry.object_id
        page = page_of(entry)
        said = format_html('<a class="see1-link" href="{}">{}</a>', page, label) if page else label
        return format_html("{} · {}", name, said)

    @display(description=_("changes"))
    def summary(self, entry: AuditEntry) -> SafeString:
        rows = changes(entry)
        said = "; ".join(f"{name}: {_short(before)} → {_short(after)}" for name, before, after in rows[:SHOWN])
        return format_html('<span class="see1-changes">{}</span>', f"{said}; …" if len(rows) > SHOWN else said)

    @display(description=_("before and after"))
    def changes(self, entry: AuditEntry) -> SafeString:
        rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', changes(entry))
        head = format_html(
            '<tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr>',
            _("field"), _("before"), _("after"),
        )  # fmt: skip
        return format_html('<table class="see1-audit"><thead>{}</thead><tbody>{}</tbody></table>', head, rows)

    @display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        return entry.actor or f"{entry.via}: {entry.doing or entry.role}"

    @display(description=_("from where"))
    def where(self, entry: AuditEntry) -> str:
        return " · ".join(filter(None, (entry.via, entry.address)))


def second(instant: datetime) -> str:
    """`2027/063 14:20:07`"""
    return f"{gmt(instant)}:{instant:%S}"


def changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Column, before, after: as texts, in the order of the names; what was not there is a dash."""
    names = sorted({*entry.before, *entry.after})
    return [(name.replace("_", " "), _said(entry.before, name), _said(entry.after, name)) for name in names]


def page_of(entry: AuditEntry) -> str:
    """Where the thing is shown in the admin; empty where it has no page, or is gone."""
    if entry.verb == AuditEntry.Verb.DELETED and not entry.part:
        return ""
    try:
        return reverse(f"admin:{entry.model.replace('.', '_')}_change", args=[entry.object_id])
    except NoReverseMatch:
        return ""


def _said(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return "–"
    if isinstance(value, str):
        return f"{second(datetime.fromisoformat(value))} GMT" if INSTANT.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
