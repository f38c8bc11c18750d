"""Who changed what, when, from where, before and after: for staff, as far as they may look at the things."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.authentication import actor_of
from bookings.exceptions import NotAllowed
from bookings.models import AuditEntry
from modules.api.endpoint import Listing
from modules.api.fields import InstantField, QueryInstantField
from modules.api.queries import PageQuery


class AuditQuery(PageQuery):
    model = serializers.RegexField(
        r"^[a-z0-9_]+\.[a-z0-9_]+$", required=False, max_length=100, help_text="Of one kind of thing: bookings.booking."
    )
    object = serializers.CharField(required=False, max_length=64, help_text="The id of one thing, beside `model`.")
    user = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="What one person changed."
    )
    request = serializers.CharField(required=False, max_length=64, help_text="What one request changed, by its id.")
    # `from` is a word of Python's, so it is put in below.
    to = QueryInstantField(required=False, help_text="Before then.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": QueryInstantField(required=False, help_text="At or after then.")}


LOOKUPS = {
    "model": "model",
    "object": "object_id",
    "user": "user_id",
    "request": "request_id",
    "from": "at__gte",
    "to": "at__lt",
}


class AuditRepresentation(serializers.ModelSerializer[AuditEntry]):
    id = serializers.IntegerField()
    at = InstantField()
    verb = serializers.ChoiceField(AuditEntry.Verb.choices)
    object = serializers.CharField(source="object_id")
    before = serializers.DictField(help_text="The fields that differ, as they were; empty where it was added.")
    after = serializers.DictField(help_text="As they are since; empty where it was deleted.")
    user = serializers.IntegerField(source="user_id", allow_null=True)
    key = serializers.IntegerField(source="key_id", allow_null=True)
    request = serializers.CharField(source="request_id", help_text="The X-Request-ID that it was done under.")

    class Meta:
        model = AuditEntry
        fields = [
            "id", "at", "verb", "model", "object", "part", "label", "before", "after", "actor", "user", "key", "via",
            "address", "doing", "request",
        ]  # fmt: skip


class AuditList(Listing):
    """Every change, the oldest first. For staff, and only of what they may look at."""

    query = AuditQuery
    serializer_class = AuditRepresentation
    ordering = ("id",)
    refusals = ("permission_denied",)

    def get_queryset(self) -> QuerySet[AuditEntry]:
        actor = actor_of(self.request)
        if not actor.sees_all("auditentry"):
            raise NotAllowed("Only SEE-1 staff who may look at the audit read it.")
        wanted = {lookup: self.asked[name] for name, lookup in LOOKUPS.items() if name in self.asked}
        return AuditEntry.objects.visible_to(actor).filter(**wanted)

    def get(self, request: Request) -> Response:
        return self.page()
