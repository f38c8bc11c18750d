"""The forms by which staff change the schedule. Each asks for a reason, which stands in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
)

from bookings.admin.answering import RefusableForm
from bookings.admin.booking_forms import ZonesField
from modules.models import Activity, Closure, EphemerisFile, FlightRules, OrbitElements, Phase, Zone
from modules.orbit.sources import MAX_ELEMENTS_BYTES, MAX_EPHEMERIS_BYTES

RULE_FIELDS = (
    "shortest_window", "longest_window", "lead_time", "turnaround", "hold_time", "challenge_time",
    "crew_limit", "power_limit_kw", "downlink_limit_mbps", "requires_concurrence", "crew_wake", "crew_sleep",
)  # fmt: skip
GMT = {"starts_at": "Starts at (GMT)", "ends_at": "Ends at (GMT)"}
RULE_LABELS = {"power_limit_kw": "Power limit, kW", "downlink_limit_mbps": "Downlink limit, Mbit/s"}


def reason_field() -> forms.CharField:
    return forms.CharField(
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Why this changes. It stands in the history, and producers whose bookings it touches read it.",
    )


class ClosureForm(RefusableForm):
    reason = reason_field()
    in_zones = ZonesField(label="Zones", required=False, help_text="None ticked: the whole module.")
    seen_revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Closure
        fields = ("module", "kind", "starts_at", "ends_at", "certainty", "note")
        labels = GMT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "in_zones" in self.fields:
            zones = self.fields["in_zones"]
            assert isinstance(zones, ZonesField)  # noqa: S101 - declared above
            zones.queryset = zones.queryset.filter(module=self.instance.module_id)  # type: ignore[union-attr]  # a choice of models has a queryset
            zones.initial = list(self.instance.zones.values_list("pk", flat=True))
            self.fields["seen_revision"].initial = self.instance.revision

    def asked(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("kind", "starts_at", "ends_at", "certainty", "note")
        return {name: said[name] for name in names} | {"zones": list(said["in_zones"])}


class PhaseForm(RefusableForm):
    reason = reason_field()

    class Meta:
        model = Phase
        fields = ("module", "kind", "starts_at", "ends_at", "certainty")
        labels = GMT


class NewPhaseForm(PhaseForm):
    """A phase with the rules it begins with."""

    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULE_FIELDS}


class ActivitiesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget)
        kwargs.setdefault("choices", Activity.choices)
        super().__init__(**kwargs)


class RulesForm(RefusableForm):
    """The rules of one phase, and for each zone what may be done in it."""

    reason = reason_field()

    class Meta:
        model = FlightRules
        fields = RULE_FIELDS
        labels = RULE_LABELS

    @staticmethod
    def zone_fields(zones: Sequence[Zone], rules: FlightRules) -> dict[str, forms.Field]:
        """One field a zone, with what it is equipped for to choose from."""
        permitted = {rule.zone_id: rule.activities for rule in rules.zone_rules.all()}
        return {
            f"zone_{zone.pk}": ActivitiesField(
                label=f"Allowed in: {zone.name}",
                required=False,
                choices=[(each, Activity(each).label) for each in zone.activities],
                initial=permitted.get(zone.pk, zone.activities),
            )
            for zone in zones
        }

    def zone_activities(self, zones: Sequence[Zone]) -> Mapping[int, list[str]]:
        """The zones that may do less than they are equipped for."""
        said = {zone: self.cleaned_data[f"zone_{zone.pk}"] for zone in zones}
        return {zone.pk: chosen for zone, chosen in said.items() if set(chosen) != set(zone.activities)}

    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULE_FIELDS}


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    activities = ActivitiesField(help_text="What the zone is equipped for.")

    class Meta:
        model = Zone
        fields = ("module", "slug", "name", "activities", "position")


class EphemerisForm(RefusableForm):
    """A file to load; reading it is part of looking whether the form is right."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget,
        help_text="CCSDS OEM, XML or KVN, plain or gzip. Its events move their closures.",
    )

    class Meta:
        model = EphemerisFile
        fields = ("module",)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_EPHEMERIS_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_EPHEMERIS_BYTES // 1_000_000} MB.")
        return file


class ElementsForm(RefusableForm):
    """A file of orbit elements to load."""

    upload = forms.FileField(
        label="File",
        widget=UnfoldAdminFileFieldWidget,
        help_text="Of one satellite: OMM as JSON, XML, KVN or CSV, or TLE; plain or gzip.",
    )

    class Meta:
        model = OrbitElements
        fields = ("module",)

    def clean_upload(self) -> Any:
        file = self.cleaned_data["upload"]
        if file.size > MAX_ELEMENTS_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_ELEMENTS_BYTES // 1_000_000} MB.")
        return file
