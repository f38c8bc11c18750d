"""What may be said in the body of a request about bookings and productions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from bookings import conditions
from bookings.api.representations import BookingRepresentation
from bookings.drafts import Draft
from bookings.exceptions import Invalid
from bookings.states import Status
from modules.api.bodies import Body
from modules.api.fields import (
    AmountField,
    DistinctListField,
    FlagField,
    IdField,
    InstantField,
    LineField,
    OneOfField,
    QuantityField,
    SlugField,
    TextField,
    WholeNumberField,
)
from modules.intervals import Span
from modules.models import Activity

SMALL, LARGE = 32_767, 2_147_483_647
MOST_ZONES = 50


class ConditionsField(serializers.JSONField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValidationError(_("Conditions are an object, as in the window search."), code="invalid")
        try:
            return conditions.validated(data)
        except Invalid as refusal:
            raise ValidationError({e.field: [ErrorDetail(e.detail, e.code)] for e in refusal.errors}) from None


class ProductionBody(Body):
    only_ours = frozenset({"id", "created_at"})

    title = LineField(max_length=200)
    activity = OneOfField(Activity.choices)
    confidential = FlagField(default=False)
    organisation = IdField(required=False, help_text="For whoever books for more than one.")


class WindowBody(Body):
    """The fields of a booking that its producer decides."""

    only_ours = frozenset(BookingRepresentation.Meta.fields) | {"rank", "version"}

    production = IdField()
    zones = DistinctListField(child=SlugField(max_length=50), min_length=1, max_length=MOST_ZONES)
    activity = OneOfField(Activity.choices)
    starts_at = InstantField()
    ends_at = InstantField()
    crew = WholeNumberField(min_value=0, max_value=SMALL, default=0)
    power_kw = QuantityField(max_digits=8, decimal_places=2, min_value=0, default=Decimal(0))
    downlink_mbps = WholeNumberField(min_value=0, max_value=LARGE, default=0)
    media_return_kg = QuantityField(max_digits=6, decimal_places=2, min_value=0, default=Decimal(0))
    conditions = ConditionsField(default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "starts_at" in attrs and "ends_at" in attrs and attrs["ends_at"] <= attrs["starts_at"]:
            raise ValidationError(
                {"ends_at": [ErrorDetail(_("The window ends after it starts."), "ends_before_start")]}
            )
        return attrs


class BookingBody(WindowBody):
    module = SlugField(max_length=50, required=False, help_text="The first one when left out.")
    status = OneOfField([Status.HELD, Status.REQUESTED], default=Status.HELD)

    def draft(self) -> Draft:
        asked = dict(self.validated_data)
        asked.pop("status")
        return self.draft_of(asked)

    @staticmethod
    def draft_of(asked: dict[str, Any]) -> Draft:
        span = Span(asked.pop("starts_at"), asked.pop("ends_at"))
        zones = tuple(asked.pop("zones"))
        return Draft(production_id=asked.pop("production"), zones=zones, span=span, **asked)


class ChangeBody(WindowBody):
    """Any of the fields; what is left out stays."""

    def changes(self) -> dict[str, Any]:
        asked = dict(self.validated_data)
        if "production" in asked:
            asked["production_id"] = asked.pop("production")
        if "zones" in asked:
            asked["zones"] = tuple(asked["zones"])
        return asked


class ConfirmBody(Body):
    concurrence = TextField(
        max_length=500,
        default="",
        allow_blank=True,
        help_text="Who concurred for the host, and how; needed while docked.",
    )


class DeclineBody(Body):
    reason = TextField(max_length=500, help_text="The producer is told.")


class CancelBody(Body):
    reason = TextField(max_length=500, default="", allow_blank=True)
    agreed_fee = AmountField(
        required=False,
        help_text="The fee that cancellation/ named: where it costs more by now, nothing is done. Left out: any.",
    )
