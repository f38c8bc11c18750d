"""How productions, bookings and what happened to them read over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bookings.conditions import Lighting
from bookings.models import Booking, Organisation, Production, Transition
from bookings.models.booking import Attention
from bookings.states import Action, Status
from modules.api.fields import DurationField, InstantField, QuantityField
from modules.models import Activity, PhaseKind


class ProductionRepresentation(serializers.ModelSerializer[Production]):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id")
    title = serializers.CharField()
    activity = serializers.ChoiceField(Activity.choices)
    confidential = serializers.BooleanField(
        help_text="Its title stays out of mails and calendars; only the reference is shown."
    )
    created_at = InstantField()

    class Meta:
        model = Production
        fields = ["id", "organisation", "title", "activity", "confidential", "created_at"]


class LineRepresentation(serializers.Serializer[Any]):
    code = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    unit_amount = serializers.CharField()
    amount = serializers.CharField()


class PriceRepresentation(serializers.Serializer[Any]):
    """Money is decimal, in texts."""

    currency = serializers.CharField(help_text="ISO 4217.")
    total = serializers.CharField()
    lines = LineRepresentation(many=True)

    def to_representation(self, price: dict[str, Any]) -> dict[str, Any]:
        """As it was quoted: it is kept in the words of the API."""
        return price


class ConditionsRepresentation(serializers.Serializer[Any]):
    """What the orbit must give; see the window search."""

    lighting = serializers.ChoiceField(Lighting.choices, required=False)
    lighting_min = DurationField(required=False, help_text="Continuous day or night, as PT40M.")
    place = serializers.SlugField(max_length=50, required=False, help_text="A place's slug: a pass over it.")
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False)
    min_elevation = serializers.FloatField(min_value=0, max_value=90, required=False, help_text="10 if not said.")
    pass_min = DurationField(required=False, help_text="One pass at least this long, as PT4M.")
    downlink_min = DurationField(required=False, help_text="Continuous coverage, as PT20M.")

    def to_representation(self, conditions: dict[str, Any]) -> dict[str, Any]:
        """As they were asked for: they are kept in the words of the API."""
        return conditions


class OrganisationRepresentation(serializers.ModelSerializer[Organisation]):
    id = serializers.UUIDField()
    name = serializers.CharField()

    class Meta:
        model = Organisation
        fields = ["id", "name"]


class ExpandedRepresentation(serializers.Serializer[Any]):
    """Beside their ids, the things themselves."""

    production = ProductionRepresentation(required=False)
    organisation = OrganisationRepresentation(required=False)

    def to_representation(self, booking: Booking) -> dict[str, Any]:
        asked = self.context.get("expand", [])
        return {name: self.fields[name].to_representation(getattr(booking, name)) for name in asked}


EXPANDABLE = tuple(ExpandedRepresentation().fields)


class BookingRepresentation(serializers.ModelSerializer[Booking]):
    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="Short, and can be said over a radio.")
    production = serializers.UUIDField(source="production_id")
    organisation = serializers.UUIDField(source="organisation_id")
    module = serializers.SlugRelatedField("slug", read_only=True)  # type: ignore[var-annotated]  # drf-stubs ask for a model that it has not
    zones = serializers.SerializerMethodField()
    activity = serializers.ChoiceField(Activity.choices)
    starts_at = InstantField()
    ends_at = InstantField()
    crew = serializers.IntegerField()
    power_kw = QuantityField(max_digits=8, decimal_places=2)
    downlink_mbps = serializers.IntegerField()
    media_return_kg = QuantityField(
        max_digits=6, decimal_places=2, help_text="Media that come down by the next vehicle."
    )
    conditions = ConditionsRepresentation()
    status = serializers.ChoiceField(Status.choices)
    hold_rank = serializers.IntegerField(allow_null=True, help_text="1 occupies, 2 and 3 wait; null where not held.")
    hold_expires_at = InstantField(allow_null=True)
    phase = serializers.ChoiceField(PhaseKind.choices, source="phase.kind", help_text="The kind of mission phase.")
    price = PriceRepresentation(help_text="As quoted when it was made or last changed.")
    attention = serializers.ListField(
        child=serializers.ChoiceField(Attention.choices), help_text="Why it needs a look."
    )
    concurrence = serializers.CharField(help_text="Who concurred for the host, and how; empty before that.")
    created_at = InstantField()
    updated_at = InstantField()
    etag = serializers.CharField(help_text="As in the header ETag: what If-Match takes.")
    expanded = ExpandedRepresentation(source="*", required=False, help_text="What `expand` asked for.")

    class Meta:
        model = Booking
        fields = [
            "id",
            "reference",
            "production",
            "organisation",
            "module",
            "zones",
            "activity",
            "starts_at",
            "ends_at",
            "crew",
            "power_kw",
            "downlink_mbps",
            "media_return_kg",
            "conditions",
            "status",
            "hold_rank",
            "hold_expires_at",
            "phase",
            "price",
            "attention",
            "concurrence",
            "created_at",
            "updated_at",
            "etag",
            "expanded",
        ]

    def get_zones(self, booking: Any) -> list[str]:
        return [zone.slug for zone in booking.zone_list]

    def to_representation(self, booking: Booking) -> dict[str, Any]:
        said: dict[str, Any] = super().to_representation(booking)
        if not self.context.get("expand"):
            said.pop("expanded", None)
        return said


class TransitionRepresentation(serializers.ModelSerializer[Transition]):
    at = InstantField()
    action = serializers.ChoiceField(Action.choices)
    to = serializers.ChoiceField(Status.choices, source="to_status")
    actor = serializers.CharField()
    via = serializers.CharField(help_text="page, api, admin, task or import")
    detail = serializers.DictField()

    class Meta:
        model = Transition
        fields = ["at", "action", "to", "actor", "via", "detail"]

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's, so it is not declared but put in, before `to`."""
        fields = super().get_fields()
        before = serializers.ChoiceField(Status.choices, source="from_status", allow_null=True)
        return {"at": fields.pop("at"), "action": fields.pop("action"), "from": before, **fields}

    def to_representation(self, transition: Transition) -> dict[str, Any]:
        said: dict[str, Any] = super().to_representation(transition)
        return {**said, "from": transition.from_status or None}
