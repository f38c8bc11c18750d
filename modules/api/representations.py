"""How a module, its mission and its zones read over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from modules.api.fields import ClockField, DurationField, InstantField, QuantityField
from modules.models import Activity, Certainty, Closure, FlightRules, Module, Phase, PhaseKind, Place, Zone


class ModuleRepresentation(serializers.ModelSerializer[Module]):
    diameter_m = QuantityField(max_digits=6, decimal_places=2, allow_null=True)
    current_phase = serializers.SerializerMethodField(help_text="The kind of the mission phase that holds now.")

    class Meta:
        model = Module
        fields = [
            "slug",
            "name",
            "operator",
            "builder",
            "host",
            "description",
            "diameter_m",
            "announced_on",
            "current_phase",
        ]

    @extend_schema_field(serializers.ChoiceField(PhaseKind.choices, allow_null=True))
    def get_current_phase(self, module: Any) -> str | None:
        return module.phases_now[0].kind if module.phases_now else None


class ZoneActivitiesRepresentation(serializers.Serializer[Any]):
    zone = serializers.CharField(source="zone.slug")
    activities = serializers.ListField(child=serializers.ChoiceField(Activity.choices))


class RulesRepresentation(serializers.ModelSerializer[FlightRules]):
    """Flight rules: what may be booked in a phase, and how."""

    shortest_window = DurationField()
    longest_window = DurationField()
    lead_time = DurationField(help_text="From asking to the window's start.")
    turnaround = DurationField(help_text="Kept free after a booking in each of its zones.")
    hold_time = DurationField(help_text="How long a hold stands.")
    challenge_time = DurationField(help_text="How long a challenged hold has to request.")
    power_limit_kw = QuantityField(max_digits=8, decimal_places=2)
    crew_wake = ClockField(help_text="GMT.")
    crew_sleep = ClockField(help_text="GMT.")
    zones = ZoneActivitiesRepresentation(
        many=True, source="zone_rules", help_text="Zones that this phase restricts to some of their activities."
    )

    class Meta:
        model = FlightRules
        fields = [
            "shortest_window",
            "longest_window",
            "lead_time",
            "turnaround",
            "hold_time",
            "challenge_time",
            "crew_limit",
            "power_limit_kw",
            "downlink_limit_mbps",
            "requires_concurrence",
            "crew_wake",
            "crew_sleep",
            "zones",
        ]


class PhaseRepresentation(serializers.ModelSerializer[Phase]):
    kind = serializers.ChoiceField(PhaseKind.choices)
    starts_at = InstantField()
    ends_at = InstantField(allow_null=True, help_text="null: open.")
    certainty = serializers.ChoiceField(Certainty.choices)
    rules = serializers.SerializerMethodField()

    class Meta:
        model = Phase
        fields = ["kind", "starts_at", "ends_at", "certainty", "rules"]

    @extend_schema_field(RulesRepresentation(allow_null=True))
    def get_rules(self, phase: Any) -> dict[str, Any] | None:
        rules = getattr(phase, "rules", None)
        return RulesRepresentation(rules).data if rules else None


class ZoneRepresentation(serializers.ModelSerializer[Zone]):
    activities = serializers.ListField(
        child=serializers.ChoiceField(Activity.choices), help_text="What the zone is equipped for."
    )

    class Meta:
        model = Zone
        fields = ["slug", "name", "activities"]


class PlaceRepresentation(serializers.ModelSerializer[Place]):
    kind = serializers.ChoiceField(Place.Kind.choices)

    class Meta:
        model = Place
        fields = ["slug", "name", "kind", "latitude", "longitude"]


class ClosureRepresentation(serializers.ModelSerializer[Closure]):
    kind = serializers.ChoiceField(Closure.Kind.choices)
    zones = serializers.SerializerMethodField(help_text="Which zones are closed; none named: all.")
    starts_at = InstantField()
    ends_at = InstantField()
    certainty = serializers.ChoiceField(Certainty.choices)

    class Meta:
        model = Closure
        fields = ["id", "kind", "zones", "starts_at", "ends_at", "certainty"]

    def get_zones(self, closure: Any) -> list[str]:
        return [zone.slug for zone in closure.zones.all()]
