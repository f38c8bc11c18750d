"""Orbit elements: loaded here as by the command, and settled where they disagree; relays; where elements come from."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from bookings import replanning
from bookings.admin.answering import Answering, staff
from bookings.admin.deeds import Asked, Deed, Deeds, Reason
from bookings.admin.reading import Audited, Dated, Kept, gmt
from bookings.admin.replan import Previewing, from_deed, from_page
from bookings.admin.schedule_forms import ElementsForm
from bookings.admin.touching import Touching, TouchingForm, UntouchingDelete, unless_agreed, unless_touching
from bookings.replanning import Reviewed
from modules import operations
from modules.models import DownlinkProvider, ElementFeed, OrbitElements, Relay
from modules.models.elements import ELEMENT_FIELDS
from modules.operations import LoadedElements


def _accept(asked: Asked) -> str:
    elements = asked.thing
    verb = partial(operations.accept_elements, elements_id=elements.pk)
    return f"{elements} answers from now on. {from_deed(asked, elements.module, verb)}"


def _quarantine(asked: Asked) -> str:
    elements = asked.thing
    verb = partial(operations.quarantine_elements, elements_id=elements.pk)
    return f"{elements} is set aside. {from_deed(asked, elements.module, verb)}"


ACCEPT = Deed("Accept", "The set answers for the times nearest to its epoch.", Reason, _accept)
QUARANTINE = Deed(
    "Quarantine", "Other sets answer for its time; bookings are looked at again.", Reason, _quarantine, is_grave=True
)


@admin.register(OrbitElements)
class OrbitElementsAdmin(Dated, Answering, Deeds, Kept, Previewing, ModelAdmin):
    form = ElementsForm
    list_display = ("epoch_gmt", "name", "norad_id", "status_label", "nominal", "phase_kind", "source", "module")
    list_filter = ("status", "nominal", "phase_kind", "module")
    list_select_related = ("module",)
    search_fields = ("name", "source")
    date_hierarchy = "epoch"
    ordering = ("-epoch", "-id")
    actions = ("accept_many", "quarantine_many")
    actions_detail = ("accept_one", "quarantine_one")
    readonly_fields = (
        "epoch_gmt", "status_label", "review", "module", "phase_kind", "nominal", "source", "loaded_gmt", "loaded_by",
        *ELEMENT_FIELDS,
    )  # fmt: skip
    fields = readonly_fields
    add_fieldsets = ((None, {"fields": ("module", "upload")}),)

    def about(self, thing: OrbitElements) -> str:
        return thing.review

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return
        upload, module = form.cleaned_data["upload"], form.cleaned_data["module"]
        upload.seek(0)
        reading = operations.read_elements(name=upload.name, content=upload.read(), at=timezone.now())
        verb = partial(operations.load_elements, module=module, reading=reading)
        loaded: LoadedElements = from_page(request, module, verb, f"Orbit elements {reading.name}")
        obj.__dict__.update(loaded.sets[-1].elements.__dict__)
        for each in loaded.sets[-20:]:
            doubtful = each.elements.status == OrbitElements.Status.QUARANTINED
            messages.add_message(request, messages.WARNING if doubtful else messages.INFO, each.line)

    @display(description="epoch (GMT)", ordering="epoch")
    def epoch_gmt(self, elements: OrbitElements) -> str:
        return gmt(elements.epoch)

    @display(description="loaded (GMT)", ordering="loaded_at")
    def loaded_gmt(self, elements: OrbitElements) -> str:
        return gmt(elements.loaded_at)

    @display(
        description="status",
        ordering="status",
        label={"accepted": "success", "quarantined": "warning", "superseded": "info"},
    )
    def status_label(self, elements: OrbitElements) -> str:
        return elements.status

    @action(description="Accept", url_path="accept_one", permissions=["change"], icon="check_circle")
    def accept_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, ACCEPT)

    @action(description="Quarantine", url_path="quarantine_one", permissions=["change"], icon="block")
    def quarantine_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, QUARANTINE)

    @admin.action(description="Accept…", permissions=["change"])
    def accept_many(self, request: HttpRequest, queryset: QuerySet[OrbitElements]) -> HttpResponse | None:
        return self.many(request, queryset, ACCEPT)

    @admin.action(description="Quarantine…", permissions=["change"])
    def quarantine_many(self, request: HttpRequest, queryset: QuerySet[OrbitElements]) -> HttpResponse | None:
        return self.many(request, queryset, QUARANTINE)


class ProviderForm(TouchingForm):
    class Meta:
        model = DownlinkProvider
        fields = ("phase", "name", "stations", "min_elevation_degrees")


class RelayInline(TabularInline):
    model = Relay
    fields = ("name", "longitude")
    extra = 0
    hide_title = True


@admin.register(DownlinkProvider)
class DownlinkProviderAdmin(Touching, UntouchingDelete, Audited, ModelAdmin):
    """Who carries the downlink in a phase. What bookings ask of it is looked at again with each change."""

    form = ProviderForm
    list_display = ("name", "phase", "min_elevation_degrees")
    list_filter = ("phase__module", "phase")
    list_select_related = ("phase__module",)
    search_fields = ("name",)
    ordering = ("phase__starts_at", "name")
    inlines = (RelayInline,)
    fields = ("phase", "name", "stations", "min_elevation_degrees")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        unless_agreed(request, _looked_at_orbit(request, form.instance))

    def delete_model(self, request: HttpRequest, obj: DownlinkProvider) -> None:
        super().delete_model(request, obj)
        instead = "Take its relays and stations away first and save that, then delete it."
        unless_touching(request, _looked_at_orbit(request, obj), instead)


def _looked_at_orbit(request: HttpRequest, provider: DownlinkProvider) -> Reviewed:
    reason, at = f"{provider}: the downlink's relays or stations changed.", timezone.now()
    return replanning.recheck_conditions(provider.phase.module, reason=reason, actor=staff(request), at=at)


@admin.register(ElementFeed)
class ElementFeedAdmin(Kept, ModelAdmin):
    """Where elements are fetched from, and how that went. The address is a setting (`ELEMENTS_URL`)."""

    list_display = ("module", "url", "last_success", "next_try", "failures", "problem")
    list_select_related = ("module",)
    ordering = ("module",)
    fields = readonly_fields = ("module", "url", "last_success", "next_try", "failures", "problem")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="last success (GMT)")
    def last_success(self, feed: ElementFeed) -> str:
        return gmt(feed.last_success_at)

    @display(description="next try (GMT)")
    def next_try(self, feed: ElementFeed) -> str:
        return gmt(feed.next_try_at)
