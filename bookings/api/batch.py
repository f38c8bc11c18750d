"""Several windows as one, all or none: a shoot of five nights."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import lifecycle
from bookings.api.authentication import actor_of
from bookings.api.bodies import BookingBody
from bookings.api.bookings import PLACING, read_body
from bookings.api.idempotency import idempotent
from bookings.api.representations import BookingRepresentation
from bookings.drafts import Draft
from bookings.models import Booking
from bookings.states import Status
from modules.api.bodies import Body
from modules.api.endpoint import Endpoint
from modules.api.fields import OneOfField

MOST = 50


class WindowOfBatch(BookingBody):
    status = None  # type: ignore[assignment]  # said once, for all of them


class BatchBody(Body):
    bookings: Any = serializers.ListSerializer(child=WindowOfBatch(), min_length=1, max_length=MOST)
    status = OneOfField([Status.HELD, Status.REQUESTED], default=Status.HELD)

    def drafts(self) -> list[Draft]:
        return [BookingBody.draft_of(dict(window)) for window in self.validated_data["bookings"]]


class BatchRepresentation(serializers.Serializer[Any]):
    results = BookingRepresentation(many=True)


class Batch(Endpoint):
    """Several windows as one, all or none."""

    serializer_class = BatchRepresentation
    refusals = PLACING

    @extend_schema(request=BatchBody, responses={201: BatchRepresentation})
    @idempotent
    def post(self, request: Request) -> Response:
        """Hold or request every window, or none: a refusal names the first that cannot be had in `index`."""
        body = read_body(BatchBody, request)
        made = lifecycle.reserve_all(
            actor=actor_of(request),
            drafts=body.drafts(),
            status=Status(body.validated_data["status"]),
            at=timezone.now(),
        )
        found = Booking.objects.with_details().in_bulk([booking.pk for booking in made])
        data = BookingRepresentation([found[booking.pk] for booking in made], many=True).data
        return Response({"results": data}, status=status.HTTP_201_CREATED)
