"""Closures: declared, changed and withdrawn by staff, never deleted."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from bookings.admin.answering import Answering
from bookings.admin.deeds import Asked, Deed, Deeds, Reason
from bookings.admin.reading import Dated, Kept, TellingInline, gmt, link, window
from bookings.admin.replan import Previewing, from_deed, from_page
from bookings.admin.schedule_forms import ClosureForm
from modules import operations
from modules.models import Closure, ClosureRevision


def _withdraw(asked: Asked) -> str:
    closure = asked.thing
    change = partial(operations.withdraw_closure, closure_id=closure.pk, revision=asked.version)
    return f"{closure} is withdrawn. {from_deed(asked, closure.module, change)}"


WITHDRAW = Deed(
    "Withdraw", "The time can be booked again. The closure stays on record.", Reason, _withdraw, is_grave=True
)


class StandingFilter(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "standing"), ("no", "withdrawn")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(withdrawn_at__isnull=self.value() == "yes")


class RevisionInline(TellingInline):
    model = ClosureRevision
    verbose_name_plural = "revisions"
    fields = ("revision", "said", "shut", "certainty", "withdrawn", "reason", "recorded_by", "when")
    readonly_fields = fields
    hide_title = True

    @display(description="window (GMT)")
    def said(self, revision: ClosureRevision) -> str:
        return window(revision.starts_at, revision.ends_at)

    @display(description="zones")
    def shut(self, revision: ClosureRevision) -> str:
        return ", ".join(revision.zones) or "all"

    @display(description="recorded (GMT)")
    def when(self, revision: ClosureRevision) -> str:
        return gmt(revision.recorded_at)


@admin.register(Closure)
class ClosureAdmin(Dated, Answering, Deeds, Kept, Previewing, ModelAdmin):
    form = ClosureForm
    list_display = ("kind_label", "said", "shut", "module", "certainty", "note", "state")
    list_display_links = ("kind_label", "said")
    list_filter = ("kind", StandingFilter, "module", "certainty", ("starts_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("module",)
    search_fields = ("note",)
    search_help_text = "Note"
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    inlines = (RevisionInline,)
    actions = ("withdraw_many",)
    actions_detail = ("withdraw_one",)
    readonly_fields = ("source", "state")
    asked = ("module", "kind", "in_zones", "starts_at", "ends_at", "certainty", "note", "reason")
    fieldsets = ((None, {"fields": (*asked, "seen_revision", "source", "state")}),)
    add_fieldsets = ((None, {"fields": asked}),)

    def about(self, thing: Closure) -> str:
        return f"{self.shut(thing)} · {thing.note}" if thing.note else self.shut(thing)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Closure]:
        found = super().get_queryset(request).prefetch_related("zones")
        return found.select_related("module", "trajectory_event")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        looked_at = () if self.has_change_permission(request, obj) else ("shut", "said")
        return (*self.readonly_fields, "module", *looked_at)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        looked_at = ("module", "kind", "shut", "said", "certainty", "note", "source", "state")
        return ((None, {"fields": looked_at}),)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was withdrawn is only looked at."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and not (isinstance(obj, Closure) and obj.withdrawn_at)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        closure = self.get_object(request, object_id)
        offered = closure is not None and self.has_change_permission(request, closure)
        return super().get_actions_detail(request, object_id) if offered else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        asked, reason = form.asked(), form.cleaned_data["reason"]
        if change:
            revision = form.cleaned_data["seen_revision"]
            verb = partial(operations.change_closure, closure_id=obj.pk, revision=revision or -1, **asked)
        else:
            verb = partial(operations.declare_closure, module=form.cleaned_data["module"], **asked)
        obj.pk = from_page(request, obj.module, verb, reason).subject.pk
        obj.refresh_from_db()

    @display(description="kind", ordering="kind")
    def kind_label(self, closure: Closure) -> str:
        return closure.get_kind_display()

    @display(description="window (GMT)", ordering="starts_at")
    def said(self, closure: Closure) -> str:
        return window(closure.starts_at, closure.ends_at)

    @display(description="zones")
    def shut(self, closure: Closure) -> str:
        return ", ".join(zone.name for zone in closure.zones.all()) or "all"

    @display(description="state", label={"standing": "warning", "withdrawn": "info"})
    def state(self, closure: Closure) -> str:
        return "withdrawn" if closure.withdrawn_at else "standing"

    @display(description="because of")
    def source(self, closure: Closure) -> Any:
        return link(getattr(closure, "trajectory_event", None))

    @action(description="Withdraw", url_path="withdraw_one", icon="event_available")
    def withdraw_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, WITHDRAW)

    @admin.action(description="Withdraw…", permissions=["change"])
    def withdraw_many(self, request: HttpRequest, queryset: QuerySet[Closure]) -> HttpResponse | None:
        return self.many(request, queryset, WITHDRAW)
