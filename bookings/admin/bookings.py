"""Bookings as staff see and handle them. Everything that changes one goes through `bookings.lifecycle`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter, RangeDateTimeFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from bookings import lifecycle
from bookings.admin import booking_deeds as deeds
from bookings.admin.answering import Answering, Careful, staff
from bookings.admin.booking_forms import ChangedBookingForm, NewBookingForm
from bookings.admin.booking_inlines import ChallengesMade, ChallengesMet, MailInline, TransitionInline
from bookings.admin.deeds import Deeds
from bookings.admin.hold_filter import HoldFilter, soonest_first
from bookings.admin.reading import Dated, Kept, gmt, window
from bookings.models import Booking
from bookings.models.booking import Attention
from bookings.papers.words import price_quantity
from bookings.states import ACTIVE, Status, after
from bookings.web.orbit_fields import sentences
from bookings.wording import money
from modules.models import Zone

STATUS_COLOURS = {
    Status.HELD.label: "info",
    Status.REQUESTED.label: "warning",
    Status.CONFIRMED.label: "success",
    Status.DECLINED.label: "danger",
    Status.CANCELLED.label: "danger",
}


class AttentionFilter(admin.SimpleListFilter):
    """Those that need a look, for any reason or for one."""

    title = "attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("any", "any reason"), *((each.value, str(each.label)) for each in Attention)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        reason = self.value()
        if reason == "any":
            return queryset.active().exclude(attention=[])  # type: ignore[attr-defined,no-any-return]  # the admin's base classes are not typed
        return queryset.filter(attention__contains=[reason]) if reason else queryset


class ZoneFilter(RelatedDropdownFilter):
    """With the modules, which zones are called by, read at once: one by one they would cost a query a zone."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(zone.pk, str(zone)) for zone in Zone.objects.select_related("module")]


@admin.register(Booking)
class BookingAdmin(Dated, Careful, Answering, Deeds, Kept, ModelAdmin):
    list_display = (
        "reference", "status_label", "when", "zones_said", "production", "organisation", "attention_said", "price_said",
    )  # fmt: skip
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        AttentionFilter,
        HoldFilter,
        ("module", RelatedDropdownFilter),
        ("zones", ZoneFilter),
        ("phase", RelatedDropdownFilter),
        ("starts_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    list_select_related = ("production", "organisation", "phase__rules")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("reference", "organisation__name", "production__title")
    search_help_text = "Reference, organisation or production"
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "reference")
    autocomplete_fields = ("production",)
    actions = ("confirm_many", "decline_many", "cancel_many", "release_many")
    actions_detail = ("confirm_one", "decline_one", "agree_one", "request_one", "release_one", "cancel_one")
    inlines = (TransitionInline, MailInline, ChallengesMade, ChallengesMet)
    readonly_fields = (
        "reference", "status_label", "hold_said", "organisation", "module", "phase", "agreed_phase",
        "attention_said", "concurrence", "concurrence_said", "price_lines", "made_said", "changed_said",
        "conditions_said",
    )  # fmt: skip
    asked = (
        "starts_at", "ends_at", "in_zones", "activity", ("crew", "power_kw"), ("downlink_mbps", "media_return_kg"),
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": (("reference", "status_label"), ("hold_said", "attention_said"), "seen_version")}),
        ("Asked for", {"fields": ("production", *asked, "conditions_said")}),
        ("Place", {"fields": ("organisation", "module", "phase", "agreed_phase"), "classes": ("tab",)}),
        ("Concurrence", {"fields": ("concurrence", "concurrence_said"), "classes": ("tab",)}),
        ("Price", {"fields": ("price_lines",), "classes": ("tab",)}),
        ("Record", {"fields": ("made_said", "changed_said"), "classes": ("tab",)}),
    )
    add_fieldsets = ((None, {"fields": ("production", *asked, "as_status")}),)

    def about(self, thing: Booking) -> str:
        needs = "; the host concurs first" if thing.phase.rules.requires_concurrence else ""
        return f"{thing.organisation} · {thing.production} · {self.zones_said(thing)} · {self.when(thing)} GMT{needs}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return super().get_queryset(request).prefetch_related("zones")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    def get_ordering(self, request: HttpRequest) -> Any:
        return soonest_first(request) or super().get_ordering(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = ChangedBookingForm if change else NewBookingForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        said = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return said
        hidden = {"seen_version": (), "in_zones": ("zones_said",), "starts_at": ("when",), "ends_at": ()}
        return [
            (title, {**options, "fields": [f for field in options["fields"] for f in hidden.get(field, (field,))]})
            for title, options in said
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "zones_said", "when") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is over is only looked at."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (not isinstance(obj, Booking) or obj.status in ACTIVE)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only the buttons of what the booking's state allows."""
        booking = self.get_object(request, object_id)
        if booking is None or not super().has_change_permission(request):
            return []
        status = Status(booking.status)
        names = {name for step, name in deeds.BY_ACTION.items() if after(step, status)}
        if Attention.PHASE_CHANGED in booking.attention and status in ACTIVE:
            names.add("agree_one")
        return [each for each in super().get_actions_detail(request, object_id) if each.path in names]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        at = timezone.now()
        if change:
            saved = lifecycle.change(
                actor=staff(request),
                booking_id=obj.pk,
                changes=form.changes(),
                at=at,
                version=form.cleaned_data["seen_version"],
            )
        else:
            status = Status(form.cleaned_data["as_status"])
            saved = lifecycle.reserve(actor=staff(request), draft=form.draft(), status=status, at=at)
        obj.pk = saved.pk
        obj.refresh_from_db()

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, booking: Booking) -> str:
        return str(Status(booking.status).label)

    @display(description="hold")
    def hold_said(self, booking: Booking) -> str:
        if booking.hold_rank is None:
            return "–"
        return f"rank {booking.hold_rank}, until {gmt(booking.hold_expires_at)} GMT"

    @display(description="window (GMT)", ordering="starts_at")
    def when(self, booking: Booking) -> str:
        return window(booking.starts_at, booking.ends_at)

    @display(description="zones")
    def zones_said(self, booking: Booking) -> str:
        return ", ".join(zone.name for zone in booking.zones.all())

    @display(description="attention", label="danger")
    def attention_said(self, booking: Booking) -> str | None:
        return ", ".join(each.replace("_", " ") for each in booking.attention) or None

    @display(description="price", ordering="price_total")
    def price_said(self, booking: Booking) -> str:
        return f"{booking.price_total:,.2f} {booking.currency}"

    @display(description="asked of the orbit")
    def conditions_said(self, booking: Booking) -> str:
        return capfirst("; ".join(sentences(booking.conditions))) or "–"

    @display(description="as quoted")
    def price_lines(self, booking: Booking) -> SafeString:
        lines = [
            (
                f"{line['description']}: {price_quantity(line)} × {money(line['unit_amount'], '')}",
                money(line["amount"], ""),
            )
            for line in booking.price["lines"]
        ]
        rows = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", lines)
        total = self.price_said(booking)
        return format_html('<table class="see1-price">{}<tr><th>Total</th><th>{}</th></tr></table>', rows, total)

    @display(description="host concurred")
    def concurrence_said(self, booking: Booking) -> str:
        return gmt(booking.concurrence_at)

    @display(description="made")
    def made_said(self, booking: Booking) -> str:
        return f"{gmt(booking.created_at)} GMT by {booking.created_by}"

    @display(description="last changed")
    def changed_said(self, booking: Booking) -> str:
        return f"{gmt(booking.updated_at)} GMT, version {booking.version}"

    @action(description="Confirm", url_path="confirm_one", icon="check_circle")
    def confirm_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.CONFIRM)

    @action(description="Decline", url_path="decline_one", icon="block")
    def decline_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.DECLINE)

    @action(description="Cancel", url_path="cancel_one", icon="cancel")
    def cancel_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.CANCEL)

    @action(description="Release", url_path="release_one", icon="lock_open")
    def release_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.RELEASE)

    @action(description="Request", url_path="request_one", icon="send")
    def request_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.REQUEST)

    @action(description="Let stand in its phase", url_path="agree_one", icon="flag")
    def agree_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, deeds.AGREE)

    @admin.action(description="Confirm…", permissions=["change"])
    def confirm_many(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        return self.many(request, queryset, deeds.CONFIRM)

    @admin.action(description="Decline…", permissions=["change"])
    def decline_many(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        return self.many(request, queryset, deeds.DECLINE)

    @admin.action(description="Cancel…", permissions=["change"])
    def cancel_many(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        return self.many(request, queryset, deeds.CANCEL)

    @admin.action(description="Release holds…", permissions=["change"])
    def release_many(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        return self.many(request, queryset, deeds.RELEASE)
