"""What is done with a booking: one endpoint a verb, each a verb of lifecycle."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import lifecycle
from bookings.api.authentication import actor_of
from bookings.api.bodies import CancelBody, ConfirmBody, DeclineBody
from bookings.api.bookings import ACTING, RULES, OfBooking, answer, may_write, read_body
from bookings.api.idempotency import idempotent
from bookings.api.preconditions import version_read
from bookings.api.representations import BookingRepresentation
from modules.api.bodies import Body, EmptyBody


class Action(OfBooking):
    """A verb of lifecycle on one booking. `body` is what it may be told."""

    serializer_class = BookingRepresentation
    refusals: ClassVar[tuple[str, ...]] = ACTING
    body: ClassVar[type[Body]] = EmptyBody
    staff_only: ClassVar[bool] = False

    def do(self, **said: Any) -> Any:
        raise NotImplementedError

    def act(self, request: Request, booking_id: UUID) -> Response:
        actor = actor_of(request)
        booking = self.booking(actor)
        may_write(actor, booking, staff_only=self.staff_only)
        said = read_body(self.body, request).validated_data
        version = version_read(request, booking)
        self.do(actor=actor, booking_id=booking_id, version=version, at=timezone.now(), **said)
        return answer(booking_id)


class RequestBooking(Action):
    """Turn a hold of rank 1 into a request for staff's confirmation."""

    refusals: ClassVar[tuple[str, ...]] = (*ACTING, *RULES, "slot_taken", "over_capacity")

    def do(self, **said: Any) -> None:
        lifecycle.request(**said)

    @extend_schema(request=EmptyBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)


class ConfirmBooking(Action):
    """Staff's yes; while docked with the host's concurrence."""

    body = ConfirmBody
    staff_only = True
    refusals: ClassVar[tuple[str, ...]] = (*ACTING, *RULES, "over_capacity")

    def do(self, **said: Any) -> None:
        lifecycle.confirm(**said)

    @extend_schema(request=ConfirmBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)


class DeclineBooking(Action):
    """Staff's no, with the reason that the producer is told."""

    body = DeclineBody
    staff_only = True

    def do(self, **said: Any) -> None:
        lifecycle.decline(**said)

    @extend_schema(request=DeclineBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)


class CancelBooking(Action):
    """Give up a booking or a hold for good. `cancellation/` says what that costs."""

    body = CancelBody
    refusals: ClassVar[tuple[str, ...]] = (*ACTING, "fee_changed")

    def do(self, **said: Any) -> None:
        lifecycle.cancel(**said)

    @extend_schema(request=CancelBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)


class ReleaseBooking(Action):
    """Let a hold go; whoever waits behind it moves up."""

    def do(self, **said: Any) -> None:
        lifecycle.release(**said)

    @extend_schema(request=EmptyBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)


class ChallengeBooking(Action):
    """Challenge every hold before this one: each must request in time, or expires."""

    def do(self, **said: Any) -> None:
        lifecycle.challenge(**said)

    @extend_schema(request=EmptyBody, responses=BookingRepresentation)
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        return self.act(request, booking_id)
