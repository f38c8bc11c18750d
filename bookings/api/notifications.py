"""What one is told beside the mails: read it, mark it as read, and choose what comes where."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import notifications
from bookings.api.authentication import actor_of
from bookings.api.bookings import read_body
from bookings.api.idempotency import idempotent
from bookings.models import Mail, NotificationChoice
from bookings.notifications import NAMES, Notification
from modules.api.bodies import Body
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import DistinctListField, InstantField, OneOfField, WholeNumberField
from modules.api.queries import PageQuery

CHOICES = [(name, name) for name in NAMES]
LARGEST_ID = 2**53 - 1
MOST_AT_ONCE = 200


class NotificationQuery(PageQuery):
    unread = serializers.BooleanField(default=False, help_text="Only what is not read yet.")


class NotificationRepresentation(serializers.ModelSerializer[Mail]):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Of what it tells; new kinds may come.")
    title = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    booking = serializers.UUIDField(source="booking_id", allow_null=True)
    at = InstantField(source="due_at")
    read_at = InstantField(allow_null=True)

    class Meta:
        model = Mail
        fields = ["id", "kind", "title", "sentences", "booking", "at", "read_at"]

    def get_title(self, row: Mail) -> str:
        return Notification(row, timezone.now()).title

    def get_sentences(self, row: Mail) -> list[str]:
        return Notification(row, timezone.now()).sentences


class NotificationList(Listing):
    """What one was told, oldest first; by a key, what concerns its organisation."""

    query = NotificationQuery
    serializer_class = NotificationRepresentation
    ordering = ("due_at", "id")

    def get_queryset(self) -> QuerySet[Mail]:
        found = notifications.to_read(actor_of(self.request), at=timezone.now())
        return found.unread() if self.asked["unread"] else found

    def get(self, request: Request) -> Response:
        return self.page()


class ReadBody(Body):
    ids = DistinctListField(
        child=WholeNumberField(min_value=1, max_value=LARGEST_ID),
        required=False,
        max_length=MOST_AT_ONCE,
        help_text="Left out: all that have come.",
    )


class ReadRepresentation(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text="How many were unread.")


class MarkRead(Endpoint):
    """Mark notifications as read. What is not among one's own is passed over."""

    serializer_class = ReadRepresentation
    refusals = ("invalid",)

    @extend_schema(request=ReadBody, responses=ReadRepresentation)
    @idempotent
    def post(self, request: Request) -> Response:
        said = read_body(ReadBody, request).validated_data
        count = notifications.mark_read(actor=actor_of(request), at=timezone.now(), ids=said.get("ids"))
        return Response({"marked": count})


class ChoiceBody(Body):
    """Either list may be left out: it stays."""

    not_by_mail = DistinctListField(child=OneOfField(CHOICES), required=False)
    not_on_pages = DistinctListField(child=OneOfField(CHOICES), required=False)


class ChoiceRepresentation(serializers.ModelSerializer[NotificationChoice]):
    not_by_mail = serializers.ListField(child=serializers.ChoiceField(CHOICES))
    not_on_pages = serializers.ListField(child=serializers.ChoiceField(CHOICES))

    class Meta:
        model = NotificationChoice
        fields = ["not_by_mail", "not_on_pages"]


class Choice(Endpoint):
    """Which kinds of news one does not want, and where. What has a deadline or ends a booking comes somewhere."""

    serializer_class = ChoiceRepresentation
    refusals = ("invalid",)

    def get(self, request: Request) -> Response:
        return Response(self.get_serializer(notifications.choice_of(actor_of(request))).data)

    @extend_schema(request=ChoiceBody, responses=ChoiceRepresentation)
    def patch(self, request: Request) -> Response:
        """Choose anew. It holds for all that is still to come."""
        actor = actor_of(request)
        said = read_body(ChoiceBody, request, partial=True).validated_data
        was = notifications.choice_of(actor)
        chosen = notifications.choose(
            actor=actor,
            not_by_mail=said.get("not_by_mail", was.not_by_mail),
            not_on_pages=said.get("not_on_pages", was.not_on_pages),
        )
        return Response(self.get_serializer(chosen).data)
