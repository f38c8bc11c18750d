"""Modules and their zones, which any number can be added to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from bookings.admin.reading import Kept
from bookings.admin.replan import looked_again
from bookings.admin.schedule_forms import ZoneForm
from bookings.admin.touching import Touching, TouchingForm, unless_agreed
from modules.models import Activity, Module, Zone


class ZoneInline(Kept, TabularInline):
    model = Zone
    form = ZoneForm
    fields = ("name", "slug", "activities", "position")
    extra = 0
    hide_title = True
    show_change_link = True


class ZonePageForm(ZoneForm, TouchingForm):
    """A zone on a page of its own."""


class ModuleForm(TouchingForm):
    class Meta:
        model = Module
        fields = "__all__"
        labels = {"diameter_m": "Diameter, m"}


@admin.register(Module)
class ModuleAdmin(Touching, Kept, ModelAdmin):
    form = ModuleForm
    list_display = ("name", "slug", "host", "operator", "position")
    search_fields = ("name", "slug")
    ordering = ("position", "slug")
    inlines = (ZoneInline,)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": (("name", "slug"), "position", "description")}),
        ("Facts", {"fields": ("operator", ("builder", "host"), ("diameter_m", "announced_on"))}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """A slug stands in addresses: it is made once."""
        return {} if obj else self.prepopulated_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and any(formset.has_changed() for formset in formsets):
            unless_agreed(request, looked_again(request, form.instance, "The zones' equipment changed."))


@admin.register(Zone)
class ZoneAdmin(Touching, Kept, ModelAdmin):
    form = ZonePageForm
    list_display = ("name", "module", "slug", "does", "position")
    list_filter = ("module",)
    list_select_related = ("module",)
    search_fields = ("name", "slug", "module__name")
    ordering = ("module__position", "position", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("module",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "activities" in form.changed_data:
            unless_agreed(request, looked_again(request, obj.module, f"What {obj.name} is equipped for changed."))

    @display(description="equipped for")
    def does(self, zone: Zone) -> str:
        return ", ".join(str(Activity(each).label) for each in zone.activities)
