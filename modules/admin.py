"""What staff keep of the foundation that no booking hangs on: places, and the margins of trajectory events."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from modules.models import ClosureMargin, Place


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    list_display = ("name", "slug", "kind", "latitude", "longitude")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(ClosureMargin)
class ClosureMarginAdmin(ModelAdmin):
    list_display = ("event_kind", "closure_kind", "before", "after", "module")
    list_filter = ("module",)
    list_select_related = ("module",)
    fieldsets = (
        (
            None,
            {
                "fields": ("module", "event_kind", "closure_kind", ("before", "after")),
                "description": "How long the module is closed around an event. "
                "It applies to events as files report or move them from now on.",
            },
        ),
    )
