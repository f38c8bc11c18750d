"""What a change to a booking would do, before it is done."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import lifecycle
from bookings.api.authentication import actor_of
from bookings.api.bodies import ChangeBody
from bookings.api.bookings import PLACING, OfBooking, may_write, read_body
from bookings.api.idempotency import idempotent
from bookings.api.representations import PriceRepresentation
from bookings.models.booking import Attention
from bookings.reminders import KINDS
from bookings.states import Status
from modules.api.fields import InstantField


class StandingRepresentation(serializers.Serializer[Any]):
    """A booking as far as a change can alter it."""

    status = serializers.ChoiceField(Status.choices)
    hold_rank = serializers.SerializerMethodField(help_text="1 occupies, 2 and 3 wait; null where not held.")
    hold_expires_at = InstantField(allow_null=True)
    price = PriceRepresentation()
    attention = serializers.ListField(child=serializers.ChoiceField(Attention.choices))

    def get_hold_rank(self, standing: lifecycle.Standing) -> int | None:
        return standing.rank if standing.status == Status.HELD else None


class RetimedRepresentation(serializers.Serializer[Any]):
    """A reminder that would come at another time, no more (`after` is null), or newly (`before` is null)."""

    kind = serializers.ChoiceField([(kind, kind) for kind in KINDS])
    before = InstantField(allow_null=True)
    after = InstantField(allow_null=True)


class PreviewRepresentation(serializers.Serializer[Any]):
    before = StandingRepresentation()
    after = StandingRepresentation()
    reminders = RetimedRepresentation(many=True)


class Preview(OfBooking):
    """What PATCH with the same body would make of a booking, or what it would be refused with. No effect."""

    serializer_class = PreviewRepresentation
    refusals: ClassVar[tuple[str, ...]] = (*PLACING, "invalid_transition")

    @extend_schema(request=ChangeBody, responses=PreviewRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        actor = actor_of(request)
        may_write(actor, self.booking(actor))
        changes = read_body(ChangeBody, request, partial=True).changes()
        seen = lifecycle.preview_change(actor=actor, booking_id=booking_id, changes=changes, at=timezone.now())
        told = [{"kind": kind, "before": before, "after": after} for kind, before, after in seen.reminders()]
        shown = {"before": seen.before, "after": seen.after, "reminders": told}
        return Response(self.get_serializer(shown).data)
