"""The secret addresses of one's calendars."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.authentication import actor_of
from bookings.api.bookings import read_body
from bookings.api.idempotency import idempotent
from bookings.exceptions import NotFound
from bookings.feeds import feed_for, feeds_of, reset
from bookings.models import CalendarFeed
from modules.api.bodies import Body, EmptyBody
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import IdField, InstantField


class FeedBody(Body):
    only_ours = frozenset({"id", "url", "created_at"})

    organisation = IdField(required=False, help_text="Only this organisation's bookings.")
    production = IdField(required=False, help_text="Only this production's bookings.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) > 1:
            detail = _("Name an organisation or a production, not both.")
            raise serializers.ValidationError({"production": [ErrorDetail(detail, "not_both")]})
        return attrs


class FeedRepresentation(serializers.ModelSerializer[CalendarFeed]):
    organisation = serializers.UUIDField(source="organisation_id", allow_null=True)
    production = serializers.UUIDField(source="production_id", allow_null=True)
    url = serializers.SerializerMethodField(help_text="Whoever has it sees the bookings: reset it when it gets about.")
    created_at = InstantField()

    class Meta:
        model = CalendarFeed
        fields = ["id", "organisation", "production", "url", "created_at"]

    def get_url(self, feed: CalendarFeed) -> str:
        return f"{settings.PUBLIC_URL}/calendar/{feed.secret}.ics"


class FeedList(Listing):
    """One's own calendars."""

    serializer_class = FeedRepresentation
    ordering = ("id",)
    refusals = ("invalid", "not_found")

    def get_queryset(self) -> QuerySet[CalendarFeed]:
        return feeds_of(actor_of(self.request))

    def get(self, request: Request) -> Response:
        return self.page()

    @extend_schema(request=FeedBody, responses={201: FeedRepresentation})
    @idempotent
    def post(self, request: Request) -> Response:
        """A calendar of one's own bookings, an organisation's or a production's; the same one where it is there."""
        said = read_body(FeedBody, request).validated_data
        actor = actor_of(request)
        feed = feed_for(
            actor,
            organisation_id=said.get("organisation"),
            production_id=said.get("production"),
            at=timezone.now(),
        )
        return Response(self.get_serializer(feed).data, status=status.HTTP_201_CREATED)


class ResetFeed(Endpoint):
    """A new address for a calendar; the old one shows nothing any more."""

    serializer_class = FeedRepresentation
    refusals = ("not_found",)

    @extend_schema(request=EmptyBody, responses=FeedRepresentation)
    @idempotent
    def post(self, request: Request, feed_id: int) -> Response:
        read_body(EmptyBody, request)
        feed = feeds_of(actor_of(request)).filter(pk=feed_id).first()
        if feed is None:
            raise NotFound(_("There is no such calendar among yours."))
        return Response(self.get_serializer(reset(feed)).data)
