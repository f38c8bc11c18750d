"""Windows that SEE-1 offers instead of those that the schedule no longer suits: read, accepted, declined."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import replanning
from bookings.actors import Actor
from bookings.api.authentication import actor_of
from bookings.api.bookings import ACTING, RULES, may_write, read_body
from bookings.api.exceptions import VersionRequired
from bookings.api.idempotency import idempotent
from bookings.exceptions import NotFound
from bookings.models import Proposal
from modules.api.bodies import EmptyBody
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import InstantField
from modules.api.queries import PageQuery

NO_VERSION = 0
STATES = [choice for choice in Proposal.State.choices if choice[0] not in ("planned", "none")]


class ProposalRepresentation(serializers.ModelSerializer[Proposal]):
    id = serializers.UUIDField()
    booking = serializers.UUIDField(source="booking_id", help_text="The booking that would move.")
    hold = serializers.UUIDField(source="hold_id", help_text="The hold that keeps the window until then.")
    state = serializers.ChoiceField(STATES)
    zones = serializers.ListField(child=serializers.SlugField(), help_text="Of the window that is offered.")
    starts_at = InstantField()
    ends_at = InstantField()
    reason = serializers.CharField(source="rebooking.reason")
    answer_by = InstantField(help_text="Where nobody accepts it by then it lapses, and the hold with it.")
    answered_at = InstantField(allow_null=True)
    etag = serializers.CharField(help_text="As in the header ETag: what If-Match takes.")

    class Meta:
        model = Proposal
        fields = [
            "id",
            "booking",
            "hold",
            "state",
            "zones",
            "starts_at",
            "ends_at",
            "reason",
            "answer_by",
            "answered_at",
            "etag",
        ]


def _visible(actor: Actor) -> QuerySet[Proposal]:
    found: QuerySet[Proposal] = Proposal.objects.visible_to(actor).select_related("booking", "rebooking")
    return found


class ProposalList(Listing):
    """What one's organisation is and was offered, by the date to answer by; staff see all."""

    query = PageQuery
    serializer_class = ProposalRepresentation
    ordering = ("answer_by", "id")

    def get_queryset(self) -> QuerySet[Proposal]:
        return _visible(actor_of(self.request))

    def get(self, request: Request) -> Response:
        return self.page()


class OfProposal(Endpoint):
    serializer_class = ProposalRepresentation
    refusals: ClassVar[tuple[str, ...]] = ("not_found",)

    def proposal(self, actor: Actor, proposal_id: UUID) -> Proposal:
        found = _visible(actor).filter(pk=proposal_id).first()
        if found is None:
            raise NotFound("There is no such proposal among yours.")
        return found

    def answer(self, actor: Actor, proposal_id: UUID) -> Response:
        proposal = self.proposal(actor, proposal_id)
        return Response(ProposalRepresentation(proposal).data, headers={"ETag": proposal.etag})


class ProposalDetail(OfProposal):
    """One window that is or was offered."""

    def get(self, request: Request, proposal_id: UUID) -> Response:
        return self.answer(actor_of(request), proposal_id)


class Answer(OfProposal):
    refusals: ClassVar[tuple[str, ...]] = ACTING

    def do(self, **said: Any) -> Any:
        raise NotImplementedError

    def act(self, request: Request, proposal_id: UUID) -> Response:
        actor = actor_of(request)
        proposal = self.proposal(actor, proposal_id)
        may_write(actor, proposal.booking)
        read_body(EmptyBody, request)
        self.do(actor=actor, proposal_id=proposal_id, version=version_of(request, proposal), at=timezone.now())
        return self.answer(actor, proposal_id)


def version_of(request: Request, proposal: Proposal) -> int | None:
    """The version of the booking that a proposal was read with; None for any (`*`)."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise VersionRequired("Say with If-Match which version of the proposal you read: its ETag, as GET answers it.")
    if header == "*":
        return None
    return proposal.booking.version if proposal.etag in parse_etags(header) else NO_VERSION


class AcceptProposal(Answer):
    """Move the booking to the window that is kept for it. A confirmed booking is requested anew."""

    refusals: ClassVar[tuple[str, ...]] = (*ACTING, *RULES, "slot_taken", "over_capacity")

    def do(self, **said: Any) -> None:
        replanning.accept(**said)

    @extend_schema(request=EmptyBody, responses=ProposalRepresentation)
    @idempotent
    def post(self, request: Request, proposal_id: UUID) -> Response:
        return self.act(request, proposal_id)


class DeclineProposal(Answer):
    """Let the window go; the booking stays where it is."""

    def do(self, **said: Any) -> None:
        replanning.decline(**said)

    @extend_schema(request=EmptyBody, responses=ProposalRepresentation)
    @idempotent
    def post(self, request: Request, proposal_id: UUID) -> Response:
        return self.act(request, proposal_id)
