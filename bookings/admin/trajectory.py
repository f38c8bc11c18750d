"""Ephemerides and the trajectory events read from them: loaded here as by the command, and settled where unclear."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from bookings.admin.answering import Answering
from bookings.admin.deeds import Asked, Deed, Deeds, Reason
from bookings.admin.reading import Dated, Kept, TellingInline, gmt, link, window
from bookings.admin.replan import Previewing, from_deed, from_page
from bookings.admin.schedule_forms import EphemerisForm
from modules import operations
from modules.models import EphemerisFile, TrajectoryEvent, TrajectoryEventRevision
from modules.operations import Loaded


def _accept(asked: Asked) -> str:
    event = asked.thing
    return f"{event} stands. {from_deed(asked, event.module, partial(operations.accept_event, event_id=event.pk))}"


def _dismiss(asked: Asked) -> str:
    event = asked.thing
    done = from_deed(asked, event.module, partial(operations.dismiss_event, event_id=event.pk))
    return f"{event} is set aside. {done}"


ACCEPT = Deed(
    "Let it stand", "The event stands as it is; its time is closed by the margins of its kind.", Reason, _accept
)
DISMISS = Deed(
    "Set aside", "The event will not be, or is another: its closure is withdrawn.", Reason, _dismiss, is_grave=True
)


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "to_review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "to be looked at")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(review="") if self.value() else queryset


class EventRevisionInline(TellingInline):
    model = TrajectoryEventRevision
    verbose_name_plural = "what each file said"
    fields = ("revision", "name", "when", "file")
    readonly_fields = fields
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrajectoryEventRevision]:
        found = super().get_queryset(request).select_related("file")
        return found.defer("file__content")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    @display(description="GMT")
    def when(self, revision: TrajectoryEventRevision) -> str:
        return gmt(revision.occurs_at)


@admin.register(TrajectoryEvent)
class TrajectoryEventAdmin(Dated, Deeds, Kept, ModelAdmin):
    list_display = ("name", "when", "kind", "status_label", "review", "closure_link", "module")
    list_filter = (ReviewFilter, "status", "kind", "module")
    list_select_related = ("module", "closure")
    search_fields = ("name",)
    date_hierarchy = "occurs_at"
    ordering = ("-occurs_at",)
    actions = ("accept_many", "dismiss_many")
    actions_detail = ("accept_one", "dismiss_one")
    inlines = (EventRevisionInline,)
    fields = ("name", "when", "kind", "status_label", "review", "closure_link", "file_link", "module", "revision")
    readonly_fields = fields

    def about(self, thing: TrajectoryEvent) -> str:
        return thing.review

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrajectoryEvent]:
        found = super().get_queryset(request).select_related("module", "closure", "file")
        return found.defer("file__content")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Events come from ephemerides; what else closes the module is declared as a closure."""
        return False

    @display(description="GMT", ordering="occurs_at")
    def when(self, event: TrajectoryEvent) -> str:
        return gmt(event.occurs_at)

    @display(
        description="status",
        ordering="status",
        label={"current": "success", "vanished": "danger", "unclear": "warning", "dismissed": "info"},
    )
    def status_label(self, event: TrajectoryEvent) -> str:
        return event.status

    @display(description="closure")
    def closure_link(self, event: TrajectoryEvent) -> SafeString | str:
        closure = event.closure
        if closure is None:
            return "–"
        said = window(closure.starts_at, closure.ends_at)
        return link(closure, f"{said}, withdrawn" if closure.withdrawn_at else said)

    @display(description="newest file that names it")
    def file_link(self, event: TrajectoryEvent) -> SafeString | str:
        return link(event.file)

    @action(description="Let it stand", url_path="accept_one", permissions=["change"], icon="check_circle")
    def accept_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, ACCEPT)

    @action(description="Set aside", url_path="dismiss_one", permissions=["change"], icon="block")
    def dismiss_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.one(request, object_id, DISMISS)

    @admin.action(description="Let them stand…", permissions=["change"])
    def accept_many(self, request: HttpRequest, queryset: QuerySet[TrajectoryEvent]) -> HttpResponse | None:
        return self.many(request, queryset, ACCEPT)

    @admin.action(description="Set aside…", permissions=["change"])
    def dismiss_many(self, request: HttpRequest, queryset: QuerySet[TrajectoryEvent]) -> HttpResponse | None:
        return self.many(request, queryset, DISMISS)


@admin.register(EphemerisFile)
class EphemerisFileAdmin(Answering, Kept, Previewing, ModelAdmin):
    form = EphemerisForm
    list_display = ("name", "module", "object_name", "covers", "made", "imported_by", "loaded")
    list_filter = ("module", "object_name")
    list_select_related = ("module",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    fields = readonly_fields = (
        "name", "module", "object_name", "covers", "made", "loaded", "imported_by", "sha256",
    )  # fmt: skip
    add_fieldsets = ((None, {"fields": ("module", "file")}),)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What a file holds is bytes, which no address can ask for."""
        return not lookup.startswith("content") and bool(super().lookup_allowed(lookup, value, request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[EphemerisFile]:
        return super().get_queryset(request).defer("content")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A file is what its operator wrote."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        upload, module = form.cleaned_data["file"], form.cleaned_data["module"]
        upload.seek(0)
        reading = operations.read_ephemeris(name=upload.name, content=upload.read(), at=timezone.now())
        verb = partial(operations.load_ephemeris, module=module, reading=reading)
        loaded: Loaded = from_page(request, module, verb, f"Ephemeris {reading.name}")
        obj.__dict__.update(loaded.file.__dict__)
        _tell(request, loaded)

    @display(description="covers (GMT)", ordering="starts_at")
    def covers(self, file: EphemerisFile) -> str:
        return window(file.starts_at, file.ends_at)

    @display(description="made (GMT)", ordering="created_at")
    def made(self, file: EphemerisFile) -> str:
        return gmt(file.created_at)

    @display(description="loaded (GMT)", ordering="imported_at")
    def loaded(self, file: EphemerisFile) -> str:
        return gmt(file.imported_at)


def _tell(request: HttpRequest, loaded: Loaded) -> None:
    for note in loaded.notes:
        messages.warning(request, f"{loaded.file.name}: {note}")
    for kind, counts in sorted(loaded.counts.items()):
        messages.info(request, f"{kind}: {', '.join(f'{count} {what}' for what, count in counts.items())}")
    for review in loaded.reviews:
        messages.warning(request, review)
