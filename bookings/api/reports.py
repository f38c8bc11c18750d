"""What staff set and see of money and use: rate cards, and how much of what could be booked was. Both only read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.actors import Actor
from bookings.api.authentication import actor_of
from bookings.api.cancellation import TermRepresentation
from bookings.exceptions import NotAllowed
from bookings.models import Rate, RateCard, Season
from bookings.utilisation import Report, Row, report
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import AmountField, DurationField, InstantField, QuantityField, QueryInstantField
from modules.api.queries import Query
from modules.intervals import Span
from modules.models import Module

LONGEST = timedelta(days=3660)


def _allowed(request: Request, *models: str) -> Actor:
    actor = actor_of(request)
    if not all(actor.sees_all(model) for model in models):
        raise NotAllowed(_("Only SEE-1 staff whose groups may look at it read this."))
    return actor


class SeasonRepresentation(serializers.ModelSerializer[Season]):
    class Meta:
        model = Season
        fields = ["name", "starts_on", "ends_on"]


class RateRepresentation(serializers.ModelSerializer[Rate]):
    zone = serializers.CharField(source="zone.slug", default=None, allow_null=True, help_text="Null: any.")
    season = serializers.CharField(source="season.name", default=None, allow_null=True, help_text="Null: any.")
    amount = AmountField()

    class Meta:
        model = Rate
        fields = ["per", "zone", "activity", "phase_kind", "season", "amount"]


class RateCardRepresentation(serializers.ModelSerializer[RateCard]):
    module = serializers.SlugField(source="module.slug")
    valid_from = InstantField()
    valid_until = InstantField(allow_null=True)
    tax_percent = QuantityField(max_digits=5, decimal_places=2)
    seasons = SeasonRepresentation(many=True)
    rates = RateRepresentation(many=True)
    cancellation_terms = TermRepresentation(many=True)

    class Meta:
        model = RateCard
        fields = [
            "id", "module", "name", "currency", "valid_from", "valid_until", "source", "tax_name", "tax_percent",
            "seasons", "rates", "cancellation_terms",
        ]  # fmt: skip


class RateCardList(Listing):
    """Every card, with its rates, seasons and cancellation terms, the oldest first. For staff who may look at rates."""

    serializer_class = RateCardRepresentation
    ordering = ("id",)
    refusals = ("permission_denied",)

    def get_queryset(self) -> QuerySet[RateCard]:
        _allowed(self.request, "ratecard")
        found = RateCard.objects.select_related("module")
        return found.prefetch_related("seasons", "rates__zone", "rates__season", "cancellation_terms")

    def get(self, request: Request) -> Response:
        return self.page()


class UtilisationQuery(Query):
    """`from` and `to`: the half-open span, at most ten years."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["from"] = QueryInstantField()
        fields["to"] = QueryInstantField()
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] <= attrs["from"]:
            raise ValidationError({"to": [ErrorDetail(_("“to” comes after “from”."), "ends_before_start")]})
        if attrs["to"] - attrs["from"] > LONGEST:
            raise ValidationError({"to": [ErrorDetail(_("Look at most at ten years at once."), "span_too_long")]})
        return attrs


class UseRepresentation(serializers.Serializer[Row]):
    name = serializers.CharField()
    bookable_hours = serializers.FloatField(source="bookable_h", help_text="Hours of a zone: crew awake, not closed.")
    used_hours = serializers.FloatField(source="used_h", help_text="Confirmed or completed, within those.")
    requested_hours = serializers.FloatField(source="asked_h")
    outside_hours = serializers.FloatField(source="outside_h", help_text="Used outside the bookable hours.")
    used_share = serializers.FloatField(source="share", help_text="Of the bookable hours: 0 to 1.")
    bookings = serializers.IntegerField()


class UseGroupRepresentation(serializers.Serializer[Any]):
    by = serializers.CharField(help_text="zone, activity, phase or organisation")
    rows = UseRepresentation(many=True)


class MoneyRepresentation(serializers.Serializer[Any]):
    currency = serializers.CharField()
    sold = AmountField(help_text="The price of what is confirmed or completed.")
    fees = AmountField(help_text="What cancelling cost.")


class FiguresRepresentation(serializers.Serializer[Any]):
    made = serializers.IntegerField()
    held = serializers.IntegerField()
    held_then_confirmed = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    confirmed_then_cancelled = serializers.IntegerField()
    lead_median = DurationField(allow_null=True, help_text="From a booking's making to its window.")
    money = MoneyRepresentation(many=True, required=False, help_text="For whoever may look at rates.")


class UtilisationRepresentation(serializers.Serializer[Report]):
    starts_at = InstantField(source="span.starts_at")
    ends_at = InstantField(source="span.ends_at")
    total = UseRepresentation()
    groups = UseGroupRepresentation(many=True)
    over_time = UseRepresentation(many=True)
    figures = FiguresRepresentation()


class Utilisation(Endpoint):
    """How much of what could be booked was, of the windows in a span. For staff who may look at bookings."""

    query = UtilisationQuery
    serializer_class = UtilisationRepresentation
    refusals: ClassVar[tuple[str, ...]] = ("invalid", "permission_denied", "not_found")

    @extend_schema(responses=UtilisationRepresentation)
    def get(self, request: Request, slug: str) -> Response:
        actor = _allowed(request, "booking")
        found = report(get_object_or_404(Module, slug=slug), Span(self.asked["from"], self.asked["to"]))
        said = self.get_serializer(found).data
        if not actor.sees_all("ratecard"):
            del said["figures"]["money"]
        return Response(said)
