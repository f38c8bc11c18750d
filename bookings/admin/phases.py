"""Mission phases and their flight rules. Both are revised with a reason, and keep what they said."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.forms.models import fields_for_model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from bookings.admin.answering import Answering
from bookings.admin.reading import Kept, TellingInline, gmt, link, plain_json, window
from bookings.admin.replan import Previewing, from_page
from bookings.admin.schedule_forms import RULE_FIELDS, RULE_LABELS, NewPhaseForm, PhaseForm, RulesForm
from modules import operations
from modules.models import FlightRules, FlightRulesRevision, Phase, PhaseRevision, Zone

LIMITS = ("crew_limit", "power_limit_kw", "downlink_limit_mbps")
TIMES = (("shortest_window", "longest_window"), ("lead_time", "turnaround"), ("hold_time", "challenge_time"))
CREW = ("requires_concurrence", ("crew_wake", "crew_sleep"))


class PhaseRevisionInline(TellingInline):
    model = PhaseRevision
    verbose_name_plural = "revisions"
    fields = ("said", "certainty", "reason", "recorded_by", "when")
    readonly_fields = fields
    hide_title = True

    @display(description="period (GMT)")
    def said(self, revision: PhaseRevision) -> str:
        return window(revision.starts_at, revision.ends_at)

    @display(description="recorded (GMT)")
    def when(self, revision: PhaseRevision) -> str:
        return gmt(revision.recorded_at)


@admin.register(Phase)
class PhaseAdmin(Answering, Kept, Previewing, ModelAdmin):
    saves_at_once = False
    list_display = ("kind_label", "period", "module", "certainty", "rules_link")
    list_filter = ("module", "kind", "certainty")
    list_select_related = ("module", "rules")
    search_fields = ("kind", "module__name")
    ordering = ("module__position", "starts_at")
    inlines = (PhaseRevisionInline,)
    readonly_fields = ("rules_link",)
    fieldsets = (
        (
            None,
            {
                "fields": ("module", "kind", "starts_at", "ends_at", "certainty", "reason", "rules_link"),
                "description": "A phase that touches this one at a boundary moves with it.",
            },
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("module", "kind", "starts_at", "ends_at", "certainty", "reason")}),
        ("Limits at any instant", {"fields": LIMITS}),
        ("Times", {"fields": TIMES}),
        ("Crew and host", {"fields": CREW}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = PhaseForm if change else self._form_with_rules(request)
        return super().get_form(request, obj, change=change, **kwargs)

    def _form_with_rules(self, request: HttpRequest) -> type[NewPhaseForm]:
        made = partial(self.formfield_for_dbfield, request=request)
        fields = fields_for_model(FlightRules, RULE_FIELDS, formfield_callback=made, labels=RULE_LABELS)
        return type("NewPhaseForm", (NewPhaseForm,), dict(fields))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "module", "kind", "period") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("module", "kind", "period", "certainty", "rules_link")}),)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        said = form.cleaned_data
        asked = {name: said[name] for name in ("starts_at", "ends_at", "certainty")}
        if change:
            from_page(request, obj.module, partial(operations.revise_phase, phase_id=obj.pk, **asked), said["reason"])
        else:
            verb = partial(operations.add_phase, module=said["module"], kind=said["kind"], rules=form.rules(), **asked)
            obj.pk = from_page(request, said["module"], verb, said["reason"]).subject.pk
        obj.refresh_from_db()

    @display(description="phase", ordering="kind")
    def kind_label(self, phase: Phase) -> str:
        return phase.get_kind_display()

    @display(description="period (GMT)", ordering="starts_at")
    def period(self, phase: Phase) -> str:
        return window(phase.starts_at, phase.ends_at)

    @display(description="flight rules")
    def rules_link(self, phase: Phase) -> SafeString | str:
        return link(getattr(phase, "rules", None), "Flight rules")


class RulesRevisionInline(TellingInline):
    model = FlightRulesRevision
    verbose_name_plural = "revisions"
    fields = ("reason", "recorded_by", "when", "said")
    readonly_fields = fields
    hide_title = True

    @display(description="recorded (GMT)")
    def when(self, revision: FlightRulesRevision) -> str:
        return gmt(revision.recorded_at)

    @display(description="rules")
    def said(self, revision: FlightRulesRevision) -> SafeString:
        return plain_json(revision.content)


@admin.register(FlightRules)
class FlightRulesAdmin(Answering, Kept, Previewing, ModelAdmin):
    saves_at_once = False
    list_display = ("phase_said", "crew_limit", "power_limit_kw", "downlink_limit_mbps", "lead_time", "turnaround")
    list_select_related = ("phase__module",)
    list_filter = ("phase__module", "phase__kind")
    ordering = ("phase__module__position", "phase__starts_at")
    inlines = (RulesRevisionInline,)
    readonly_fields = ("phase",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rules come with their phase."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            kwargs["form"] = type("RulesForm", (RulesForm,), RulesForm.zone_fields(self._zones(obj), obj))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        said = [
            (None, {"fields": ("phase",)}),
            ("Limits at any instant", {"fields": LIMITS}),
            ("Times", {"fields": TIMES}),
            ("Crew and host", {"fields": CREW}),
        ]
        if obj is not None and self.has_change_permission(request, obj):
            zones = [f"zone_{zone.pk}" for zone in self._zones(obj)]
            said += [("What may be done where", {"fields": zones}), ("Why", {"fields": ("reason",)})]
        return said

    def _zones(self, rules: FlightRules) -> list[Zone]:
        return list(rules.phase.module.zones.all())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        verb = partial(
            operations.change_rules,
            phase_id=obj.phase_id,
            changes=form.asked(),
            zone_activities=form.zone_activities(self._zones(obj)),
        )
        from_page(request, obj.phase.module, verb, form.cleaned_data["reason"])
        obj.refresh_from_db()

    @display(description="phase", ordering="phase__starts_at")
    def phase_said(self, rules: FlightRules) -> str:
        return f"{rules.phase.module} · {rules.phase.get_kind_display()}"
