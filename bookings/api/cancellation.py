"""What giving up a booking costs, before it is given up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.authentication import actor_of
from bookings.api.bookings import OfBooking
from bookings.ratecards import fee_to_cancel
from modules.api.fields import AmountField, DurationField, InstantField, QuantityField


class TermRepresentation(serializers.Serializer[Any]):
    notice = DurationField(help_text="Who gives less than this before the window's start pays `percent`.")
    percent = QuantityField(max_digits=5, decimal_places=2)


class CancellationRepresentation(serializers.Serializer[Any]):
    fee = AmountField(
        help_text="What cancelling costs now: nothing for a hold, a request never confirmed, or what is over."
    )
    currency = serializers.CharField(help_text="ISO 4217.")
    at = InstantField(help_text="The instant that the fee was computed for.")
    terms = TermRepresentation(many=True, help_text="Of the rate card that the booking was quoted with.")


class Cancellation(OfBooking):
    """What cancelling the booking costs now, and by which terms. No effect: `cancel/` does it."""

    serializer_class = CancellationRepresentation

    def get(self, request: Request, booking_id: UUID) -> Response:
        booking, at = self.booking(actor_of(request)), timezone.now()
        terms = booking.rate_card.cancellation_terms.order_by("-notice") if booking.rate_card else []
        said = {"fee": fee_to_cancel(booking, at=at), "currency": booking.currency, "at": at, "terms": terms}
        return Response(self.get_serializer(said).data)
