"""Rate cards with their rates. A booking keeps the price it was quoted, whatever changes here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from bookings.admin.answering import Careful
from bookings.admin.reading import Kept, window
from bookings.models import Booking, CancellationTerm, Rate, RateCard


class RateInline(Careful, TabularInline):
    model = Rate
    extra = 0
    hide_title = True
    fields = ("per", "zone", "activity", "phase_kind", "amount")
    autocomplete_fields = ("zone",)


class CancellationTermInline(Careful, TabularInline):
    """The terms stay once a booking was quoted by the card: others come with another card."""

    model = CancellationTerm
    extra = 0
    hide_title = True
    fields = ("notice", "percent")

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
    inlines = (RateInline, CancellationTermInline)
    fields = (("module", "currency"), "name", "valid_from", "valid_until", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Bookings were quoted by it: its module and currency stay."""
        return ("module", "currency") if obj else ()

    @display(description="valid (GMT)", ordering="valid_from")
    def valid(self, card: RateCard) -> str:
        return window(card.valid_from, card.valid_until)
