"""Webhooks: where a partner's system is told, of what, and how far the telling has come."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from bookings import webhooks
from bookings.api.authentication import actor_of
from bookings.api.bookings import read_body
from bookings.api.idempotency import ShowsSecret, idempotent
from bookings.exceptions import NotAllowed, NotFound
from bookings.models import WebhookDelivery, WebhookEndpoint
from bookings.organisations import organisation_for
from modules.api.bodies import Body, EmptyBody
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import DistinctListField, IdField, InstantField, OneOfField, TextField

EVENTS = [(event, event) for event in webhooks.EVENTS]
DIGEST = "sha256:"


class AddressField(TextField):
    """Whether it is one, `bookings.webhooks` says."""


class EndpointBody(Body):
    only_ours = frozenset({"id", "secret", "previous_secret_until", "paused_at", "paused_because", "created_at"})

    url = AddressField(max_length=500, help_text="https, and a public address.")
    events = DistinctListField(child=OneOfField(EVENTS), default=list, help_text="None named: all.")
    organisation = IdField(required=False, help_text="For whoever books for more than one.")


class EndpointChangeBody(EndpointBody):
    only_ours = EndpointBody.only_ours | {"organisation"}
    organisation = None  # type: ignore[assignment]  # the framework's way to leave an inherited field out


class EndpointRepresentation(serializers.ModelSerializer[WebhookEndpoint]):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id")
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS))
    previous_secret_until = InstantField(
        source="previous_until", allow_null=True, help_text="Until then both secrets sign."
    )
    paused_at = InstantField(allow_null=True)
    created_at = InstantField()

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "organisation",
            "url",
            "events",
            "previous_secret_until",
            "paused_at",
            "paused_because",
            "created_at",
        ]


class EndpointWithSecret(EndpointRepresentation):
    """With the secret, which is shown when it is made and never again."""

    class Meta(EndpointRepresentation.Meta):
        fields = [*EndpointRepresentation.Meta.fields, "secret"]


class DeliveryRepresentation(serializers.ModelSerializer[WebhookDelivery]):
    id = serializers.UUIDField(source="message_id", help_text="The header `webhook-id` is `msg_` and this.")
    booking = serializers.UUIDField(source="booking_id", allow_null=True)
    event = serializers.ChoiceField(EVENTS)
    state = serializers.ChoiceField(WebhookDelivery.State.choices)
    attempts = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True)
    next_attempt_at = InstantField(source="due_at")
    created_at = InstantField()
    delivered_at = InstantField(allow_null=True)
    payload = serializers.DictField()

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "booking",
            "event",
            "state",
            "attempts",
            "last_status",
            "last_error",
            "next_attempt_at",
            "created_at",
            "delivered_at",
            "payload",
        ]


class ShowsSigningSecret(ShowsSecret):
    """Of a secret only its digest is kept; sent again, it is read from the webhook that has it still."""

    def without_secret(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "secret": _digest(data["secret"])} if "secret" in data else data

    def with_secret(self, kept: dict[str, Any]) -> dict[str, Any]:
        if not kept.get("secret", "").startswith(DIGEST):
            return kept
        endpoint = WebhookEndpoint.objects.filter(pk=kept["id"]).first()
        secrets = [] if endpoint is None else [endpoint.secret, endpoint.previous_secret]
        secret = next((secret for secret in secrets if _digest(secret) == kept["secret"]), "")
        return {**kept, "secret": secret}


def _digest(secret: str) -> str:
    return DIGEST + hashlib.sha256(secret.encode()).hexdigest()


class EndpointList(ShowsSigningSecret, Listing):
    """The webhooks of one's organisation, oldest first."""

    serializer_class = EndpointRepresentation
    ordering = ("created_at", "id")
    refusals = ("invalid", "not_found")

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        visible: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.visible_to(actor_of(self.request))
        return visible

    def get(self, request: Request) -> Response:
        return self.page()

    @extend_schema(request=EndpointBody, responses={201: EndpointWithSecret})
    @idempotent
    def post(self, request: Request) -> Response:
        """Be told by webhook. The answer has the secret that signs, this once."""
        said = read_body(EndpointBody, request).validated_data
        actor = actor_of(request)
        organisation = organisation_for(actor, said.pop("organisation", None))
        if organisation.pk not in actor.booking_ids and not actor.sees_all("webhookendpoint"):
            raise NotAllowed(_("You may look at this organisation's things, but not make any."))
        endpoint = webhooks.add_endpoint(organisation=organisation, at=timezone.now(), **said)
        address = reverse("api-webhook", [endpoint.pk], request=request)
        data = EndpointWithSecret(endpoint).data
        return Response(data, status=status.HTTP_201_CREATED, headers={"Location": address})


class OfEndpoint(Endpoint):
    """Something of the webhook that the address names; somebody else's is not there."""

    serializer_class: Any = EndpointRepresentation
    refusals: ClassVar[tuple[str, ...]] = ("not_found",)

    def endpoint(self, request: Request, *, writing: bool = True) -> WebhookEndpoint:
        actor = actor_of(request)
        visible = WebhookEndpoint.objects.visible_to(actor).select_related("organisation")
        endpoint: WebhookEndpoint | None = visible.filter(pk=self.kwargs["endpoint_id"]).first()
        if endpoint is None:
            raise NotFound(_("There is no such webhook among yours."))
        if writing and not actor.may_book_for(endpoint.organisation_id):
            raise NotAllowed(_("You may look at this organisation's webhooks, but not change them."))
        return endpoint


class EndpointDetail(OfEndpoint):
    """One webhook."""

    refusals = ("invalid", "not_found")

    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return Response(self.get_serializer(self.endpoint(request, writing=False)).data)

    @extend_schema(request=EndpointChangeBody, responses=EndpointRepresentation)
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        """Change where to, or of what."""
        endpoint = self.endpoint(request)
        said = read_body(EndpointChangeBody, request, partial=True).validated_data
        return Response(self.get_serializer(webhooks.change_endpoint(endpoint, **said)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        """Be told no more. What waits for delivery is dropped."""
        webhooks.remove_endpoint(self.endpoint(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateSecret(ShowsSigningSecret, OfEndpoint):
    """A new secret; for a day messages bear both signatures."""

    @extend_schema(request=EmptyBody, responses=EndpointWithSecret)
    @idempotent
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = self.endpoint(request)
        read_body(EmptyBody, request)
        return Response(EndpointWithSecret(webhooks.rotate_secret(endpoint, at=timezone.now())).data)


class Resume(OfEndpoint):
    """Send again to a webhook that was paused."""

    @extend_schema(request=EmptyBody, responses=EndpointRepresentation)
    @idempotent
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        endpoint = self.endpoint(request)
        read_body(EmptyBody, request)
        return Response(self.get_serializer(webhooks.resume(endpoint, at=timezone.now())).data)


class DeliveryList(OfEndpoint, Listing):
    """What was sent to a webhook, or waits to be, oldest first."""

    serializer_class = DeliveryRepresentation
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        return WebhookDelivery.objects.filter(endpoint=self.endpoint(self.request, writing=False))

    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return self.page()


class Resend(OfEndpoint):
    """Send a message once more, with its own id."""

    serializer_class = DeliveryRepresentation

    @extend_schema(request=EmptyBody, responses=DeliveryRepresentation)
    @idempotent
    def post(self, request: Request, endpoint_id: UUID, message_id: UUID) -> Response:
        endpoint = self.endpoint(request)
        read_body(EmptyBody, request)
        delivery = endpoint.deliveries.filter(message_id=message_id).first()
        if delivery is None:
            raise NotFound(_("There is no such message to this webhook."))
        return Response(self.get_serializer(webhooks.resend(delivery, at=timezone.now())).data)
