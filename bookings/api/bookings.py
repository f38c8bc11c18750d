"""Bookings: made, read, changed and acted upon. All writing is lifecycle's."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import lifecycle
from bookings.actors import Actor
from bookings.api.authentication import actor_of
from bookings.api.bodies import BookingBody, ChangeBody
from bookings.api.idempotency import idempotent
from bookings.api.preconditions import version_read
from bookings.api.queries import BookingQuery, narrowed
from bookings.api.representations import (
    EXPANDABLE,
    BookingRepresentation,
    PriceRepresentation,
    TransitionRepresentation,
)
from bookings.exceptions import NotAllowed, NotFound
from bookings.models import Booking, Transition
from bookings.states import Status
from modules.api.bodies import Body
from modules.api.endpoint import Endpoint, Listing
from modules.api.queries import PageQuery, Query
from modules.api.sparse import sparse

RULES = (
    "outside_phase",
    "crosses_phase",
    "activity_not_allowed",
    "zone_not_equipped",
    "closed",
    "too_short",
    "too_long",
    "lead_time",
    "crew_limit",
    "power_limit",
    "downlink_limit",
    "in_the_past",
    "conditions_not_met",
)
ASKING = ("invalid", *RULES, "not_found")
PLACING = (*ASKING, "slot_taken", "hold_ranks_full", "over_capacity", "not_priced")
ACTING = ("not_found", "invalid_transition", "version_required", "stale_version")


def read_body(kind: type[Body], request: Request, *, partial: bool = False) -> Any:
    return kind.read(request.data, partial=partial)


def answer(booking_id: UUID) -> Response:
    """A booking as it is now, with its ETag."""
    return answer_with(Booking.objects.with_details().get(pk=booking_id))


def answer_with(booking: Booking, code: int = status.HTTP_200_OK, **headers: str) -> Response:
    said = _whole().to_representation(booking)
    return Response(said, status=code, headers={"ETag": booking.etag, **headers})


@cache
def _whole() -> BookingRepresentation:
    """Built once: that takes longer than writing a booking with it. It keeps nothing of what it writes."""
    return BookingRepresentation()


class BookingList(Listing):
    """One's organisation's bookings, by their start; staff see all."""

    query = sparse(BookingQuery, BookingRepresentation, expand=EXPANDABLE)
    serializer_class = BookingRepresentation
    ordering = ("starts_at", "id")
    refusals: ClassVar[tuple[str, ...]] = PLACING

    def get_queryset(self) -> QuerySet[Booking]:
        visible = Booking.objects.visible_to(actor_of(self.request)).with_details()
        narrow: QuerySet[Booking] = narrowed(visible, self.asked)
        return narrow

    def get(self, request: Request) -> Response:
        return self.page()

    @extend_schema(request=BookingBody, responses={201: BookingRepresentation})
    @idempotent
    def post(self, request: Request) -> Response:
        """Hold a window, or request it outright where nobody holds it."""
        body = read_body(BookingBody, request)
        booking = lifecycle.reserve(
            actor=actor_of(request),
            draft=body.draft(),
            status=Status(body.validated_data["status"]),
            at=timezone.now(),
        )
        address = request.build_absolute_uri(f"{request.path}{booking.pk}/")  # as `reverse` would say, but sooner
        return answer_with(booking, status.HTTP_201_CREATED, Location=address)


class OfBooking(Endpoint):
    """Something of the booking that the address names; somebody else's is not there."""

    refusals: ClassVar[tuple[str, ...]] = ("not_found",)

    def booking(self, actor: Actor) -> Booking:
        booking: Booking | None = (
            Booking.objects.visible_to(actor).with_details().filter(pk=self.kwargs["booking_id"]).first()
        )
        if booking is None:
            raise NotFound(_("There is no such booking among yours."))
        return booking


class BookingDetail(OfBooking):
    """One booking."""

    query = sparse(Query, BookingRepresentation, expand=EXPANDABLE)
    serializer_class = BookingRepresentation
    refusals: ClassVar[tuple[str, ...]] = (*PLACING, *ACTING)

    def get(self, request: Request, booking_id: UUID) -> Response:
        booking = self.booking(actor_of(request))
        whole = {"ETag": booking.etag} if not self.asked else {}  # a part of it has an ETag of its own
        return Response(self.get_serializer(booking).data, headers=whole)

    @extend_schema(request=ChangeBody, responses=BookingRepresentation)
    def patch(self, request: Request, booking_id: UUID) -> Response:
        """Change or move a booking: inside its own time it keeps its place, elsewhere it joins the queue there."""
        actor = actor_of(request)
        booking = self.booking(actor)
        may_write(actor, booking)
        body = read_body(ChangeBody, request, partial=True)
        version = version_read(request, booking)
        lifecycle.change(actor=actor, booking_id=booking_id, changes=body.changes(), version=version, at=timezone.now())
        return answer(booking_id)


class BookingHistory(OfBooking, Listing):
    """Who did what with a booking, when, from which state to which; oldest first."""

    query = PageQuery
    serializer_class = TransitionRepresentation
    ordering = ("at", "id")

    def get_queryset(self) -> QuerySet[Transition]:
        return Transition.objects.filter(booking=self.booking(actor_of(self.request)))

    def get(self, request: Request, booking_id: UUID) -> Response:
        return self.page()


def may_write(actor: Actor, booking: Booking, *, staff_only: bool = False) -> None:
    """Whether to read on at all; lifecycle asks again, under its lock."""
    if staff_only and not actor.decides:
        raise NotAllowed(_("Only SEE-1 staff who handle bookings do this."))
    if not actor.may_book_for(booking.organisation_id):
        raise NotAllowed(_("You may look at this organisation's bookings, but not change them."))


class Quote(Endpoint):
    """What a booking would cost, line by line. No effect."""

    serializer_class = PriceRepresentation
    refusals: ClassVar[tuple[str, ...]] = (*ASKING, "not_priced")

    @extend_schema(request=BookingBody, responses=PriceRepresentation)
    @idempotent
    def post(self, request: Request) -> Response:
        body = read_body(BookingBody, request)
        quote = lifecycle.quote(actor=actor_of(request), draft=body.draft(), at=timezone.now())
        return Response(quote.as_json())
