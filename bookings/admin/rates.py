"""Rate cards with their rates. A booking keeps the price it was quoted, whatever changes here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from bookings.admin.answering import Careful
from bookings.admin.reading import Kept, window
from bookings.models import Booking, CancellationTerm, Rate, RateCard, Season
from bookings.ratecards import give_standard_terms
from bookings.wording import duration
from modules.models import Zone

GMT = {"valid_from": "Valid from (GMT)", "valid_until": "Valid until (GMT)"}
"""What the form says of its times."""
ANY = ("", "any")
"""What an empty zone, activity, phase or season of a rate means."""


class RateInline(Careful, TabularInline):
    model = Rate
    extra = 0
    hide_title = True
    fields = ("per", "zone", "activity", "phase_kind", "season", "amount")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("zone__module", "season")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The zones, and only the card's own seasons: read once for all rows. A new card has no season yet."""
        card = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        known = int(card) if card.isdecimal() and len(card) < 19 else None
        offered = {"zone": Zone.objects.select_related("module"), "season": Season.objects.filter(card=known)}
        field = super().formfield_for_foreignkey(db_field, request, **{**kwargs, "queryset": offered[db_field.name]})
        field.choices = [ANY, *(choice for choice in field.choices if choice[0] != "")]
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["choices"] = db_field.get_choices(include_blank=db_field.blank, blank_choice=[ANY])
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class SeasonInline(TabularInline):
    model = Season
    extra = 0
    hide_title = True
    fields = ("name", "starts_on", "ends_on")


class CancellationTermInline(Careful, TabularInline):
    """The terms stay once a booking was quoted by the card: others come with another card."""

    model = CancellationTerm
    extra = 0
    hide_title = True
    fields = ("notice", "percent")
    readonly_fields = ("notice_said",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_asked = self.has_change_permission(request, obj) or self.has_add_permission(request, obj)
        return self.fields if is_asked else ("notice_said", "percent")

    @display(description="notice")
    def notice_said(self, term: CancellationTerm) -> str:
        return duration(term.notice)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_add_permission(request, obj)) and not _was_quoted(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and not _was_quoted(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and not _was_quoted(obj)


def _was_quoted(card: Any) -> bool:
    return isinstance(card, RateCard) and Booking.objects.filter(rate_card=card).exists()


@admin.register(RateCard)
class RateCardAdmin(Kept, ModelAdmin):
    list_display = ("name", "module", "currency", "valid", "source")
    list_filter = ("module", "currency")
    list_select_related = ("module",)
    search_fields = ("name",)
    ordering = ("module__position", "-valid_from")
    inlines = (RateInline, SeasonInline, CancellationTermInline)
    fields = (("module", "currency"), "name", "valid_from", "valid_until", ("tax_name", "tax_percent"), "source")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **{**kwargs, "labels": GMT})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Bookings were quoted by it: its module and currency stay."""
        return ("module", "currency") if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new card without terms of its own gets the standard ones; whoever wants none takes them away."""
        super().save_related(request, form, formsets, change)
        card = form.instance
        if not change and not card.cancellation_terms.exists():
            give_standard_terms(card)
            messages.info(request, "The card has the standard cancellation terms. Change them before it is used.")

    @display(description="valid (GMT)", ordering="valid_from")
    def valid(self, card: RateCard) -> str:
        return window(card.valid_from, card.valid_until)
