"""What one takes along of a booking: its calendar file, its call sheet, and its quote, also before there is one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.authentication import actor_of
from bookings.api.bodies import BookingBody
from bookings.api.bookings import ASKING, OfBooking, read_body
from bookings.api.idempotency import Draws, idempotent
from bookings.api.renderers import CalendarRenderer, PdfRenderer
from bookings.api.representations import BookingRepresentation
from bookings.calendars import calendar, event
from bookings.clocks import own_text
from bookings.exceptions import NotFound
from bookings.lifecycle import module_of
from bookings.models import Booking, Production
from bookings.papers.call_sheet import Sheet, ahead
from bookings.papers.quote import Paper, of_booking, of_draft
from bookings.papers.rundown import KINDS, Moment
from modules.api.endpoint import Endpoint, Listing
from modules.api.representations import ClosureRepresentation
from modules.instants import write_instant, write_tenths
from modules.orbit.tiers import Tier


def named(response: Response, name: str) -> Response:
    """With the name that it is kept by."""
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def drawn(paper: Paper) -> Response:
    return named(Response(paper.as_json(), content_type=PdfRenderer.media_type), paper.file_name)


class CalendarFile(OfBooking):
    """One booking as a calendar file (RFC 5545). Its UID is that of the feeds: a calendar updates what it has."""

    renderer_classes = [CalendarRenderer]

    @extend_schema(responses=OpenApiTypes.STR)
    def get(self, request: Request, booking_id: UUID) -> Response:
        booking = self.booking(actor_of(request))
        body = calendar(f"SEE-1 {booking.reference}", [event(booking)]).to_ical()
        return named(Response(body), f"{booking.reference}.ics")


class QuoteOfBooking(OfBooking):
    """A booking's price as it was quoted, as a PDF. `price` of the booking has the same as JSON."""

    renderer_classes = [PdfRenderer]

    @extend_schema(responses=OpenApiTypes.BINARY)
    def get(self, request: Request, booking_id: UUID) -> Response:
        return drawn(of_booking(self.booking(actor_of(request)), at=timezone.now()))


class QuoteOnPaper(Draws, Endpoint):
    """What a booking would cost, as a PDF. No effect."""

    renderer_classes = [PdfRenderer]
    refusals: ClassVar[tuple[str, ...]] = (*ASKING, "not_priced")

    @extend_schema(request=BookingBody, responses=OpenApiTypes.BINARY)
    @idempotent
    def post(self, request: Request) -> Response:
        draft = read_body(BookingBody, request).draft()
        return drawn(of_draft(draft, module_of(draft), actor=actor_of(request), at=timezone.now()))

    def drawn_again(self, kept: Any) -> bytes:
        return Paper.read(kept).as_pdf()


class MomentRepresentation(serializers.Serializer[Any]):
    at = serializers.SerializerMethodField(help_text="To tenths of a second where it is computed.")
    kind = serializers.ChoiceField(KINDS, help_text="This list may grow.")
    what = serializers.CharField(help_text="The same in words.")
    local = serializers.SerializerMethodField(help_text="The same instant by the clock of `time_zone`, in words.")
    uncertainty_seconds = serializers.FloatField(allow_null=True, help_text="Null where it is exact.")
    tier = serializers.ChoiceField(
        [(tier, tier) for tier in Tier], allow_null=True, help_text="Null where it is exact."
    )

    def get_at(self, moment: Moment) -> str:
        return write_instant(moment.at) if moment.tier is None else write_tenths(moment.at.timestamp())

    def get_local(self, moment: Moment) -> str:
        return own_text(moment.at, self.context["zone"])


class CallSheetRepresentation(serializers.Serializer[Any]):
    booking = BookingRepresentation()
    production = serializers.CharField(source="booking.production.title")
    organisation = serializers.CharField(source="booking.organisation.name")
    time_zone = serializers.CharField(source="zone", help_text="The organisation's.")
    is_firm = serializers.BooleanField(help_text="Whether it is confirmed; else it may change or go to somebody else.")
    moments = serializers.SerializerMethodField()
    closures = ClosureRepresentation(many=True, help_text="Within a day of it.")
    note = serializers.CharField(source="rundown.note", help_text="Why some times are not told; else empty.")

    @extend_schema_field(MomentRepresentation(many=True))
    def get_moments(self, sheet: Sheet) -> Any:
        told = MomentRepresentation(list(sheet.rundown.moments), many=True, context={"zone": sheet.zone})
        return told.data

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of a booking: its sheet is worked out as it is written, so that a page works out its own alone."""
        said: dict[str, Any] = super().to_representation(Sheet.of(instance))
        return said


class CallSheet(OfBooking):
    """What happens when in one booking's window, from its beginning to the end of its turnaround."""

    serializer_class = CallSheetRepresentation

    def get(self, request: Request, booking_id: UUID) -> Response:
        return Response(self.get_serializer(self.booking(actor_of(request))).data)


class CallSheetList(Listing):
    """The call sheet of each window that a production has ahead, by their start."""

    serializer_class = CallSheetRepresentation
    ordering = ("starts_at", "id")
    refusals: ClassVar[tuple[str, ...]] = ("not_found",)

    def get_queryset(self) -> QuerySet[Booking]:
        actor = actor_of(self.request)
        production = Production.objects.visible_to(actor).filter(pk=self.kwargs["production_id"]).first()
        if production is None:
            raise NotFound(_("There is no such production among yours."))
        return ahead(Booking.objects.visible_to(actor), production, at=timezone.now())

    def get(self, request: Request, production_id: UUID) -> Response:
        return self.page()
