"""Changes of the schedule, previewed and applied, and the bookings each touches: for staff, to be read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.actors import Actor
from bookings.api.authentication import actor_of
from bookings.exceptions import NotAllowed, NotFound
from bookings.models import RevisedBooking, ScheduleRevision
from bookings.models.booking import Attention
from bookings.states import Status
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import InstantField, OneOfField
from modules.api.queries import PageQuery
from modules.models import PhaseKind

LARGEST = 2**63 - 1


class ScheduleChangeRepresentation(serializers.Serializer[Any]):
    """One thing of the schedule that differs."""

    subject = serializers.CharField(help_text="phase, rules, closure, event, ephemeris or elements.")
    key = serializers.IntegerField(help_text="Its number.")
    before = serializers.DictField(allow_null=True, help_text="Null where it is new.")
    after = serializers.DictField(allow_null=True)


class RevisionRepresentation(serializers.ModelSerializer[ScheduleRevision]):
    id = serializers.IntegerField()
    module = serializers.SlugRelatedField("slug", read_only=True)  # type: ignore[var-annotated]  # drf-stubs ask for a model that it has not
    state = serializers.ChoiceField(ScheduleRevision.State.choices)
    change = serializers.CharField(source="verb", help_text="What was asked: revise_phase, declare_closure …")
    prepared_at = InstantField()
    applied_at = InstantField(allow_null=True)
    takes_back = serializers.IntegerField(source="takes_back_id", allow_null=True)
    flagged = serializers.IntegerField(help_text="Bookings that need a look by it.")
    cleared = serializers.IntegerField(help_text="Bookings that need none any more.")
    staying = serializers.IntegerField(help_text="Bookings that are flagged before as after.")
    told = serializers.IntegerField(help_text="How many people get a message.")
    changes = ScheduleChangeRepresentation(many=True)

    class Meta:
        model = ScheduleRevision
        fields = [
            "id",
            "module",
            "state",
            "change",
            "reason",
            "author",
            "prepared_at",
            "applied_at",
            "applied_by",
            "takes_back",
            "flagged",
            "cleared",
            "staying",
            "told",
            "changes",
        ]


class FindingRepresentation(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="The rule that it breaks.")
    detail = serializers.CharField()


class RevisedBookingRepresentation(serializers.ModelSerializer[RevisedBooking]):
    booking = serializers.UUIDField(source="booking_id")
    reference = serializers.CharField(source="booking.reference")
    outcome = serializers.ChoiceField(RevisedBooking.Outcome.choices)
    status = serializers.ChoiceField(Status.choices, help_text="When it was looked at.")
    attention_before = serializers.ListField(child=serializers.ChoiceField(Attention.choices))
    attention_after = serializers.ListField(child=serializers.ChoiceField(Attention.choices))
    phase_before = serializers.ChoiceField(PhaseKind.choices)
    phase_after = serializers.ChoiceField(PhaseKind.choices)
    findings = FindingRepresentation(many=True)

    class Meta:
        model = RevisedBooking
        fields = [
            "booking",
            "reference",
            "outcome",
            "status",
            "attention_before",
            "attention_after",
            "phase_before",
            "phase_after",
            "findings",
        ]


class RevisionQuery(PageQuery):
    state = OneOfField(ScheduleRevision.State.choices, required=False)


class RevisedQuery(PageQuery):
    outcome = OneOfField(RevisedBooking.Outcome.choices, required=False)


def _revisions(actor: Actor) -> QuerySet[ScheduleRevision]:
    if not actor.sees_all("booking"):
        raise NotAllowed("Only SEE-1 staff who may look at bookings read the revisions of the schedule.")
    return ScheduleRevision.objects.select_related("module").defer("content", "asked")


def _revision(actor: Actor, revision_id: int) -> ScheduleRevision:
    found = _revisions(actor).filter(pk=revision_id).first() if revision_id <= LARGEST else None
    if found is None:
        raise NotFound("There is no such revision.")
    return found


class RevisionList(Listing):
    """What was previewed and what was applied, the oldest first. For staff."""

    query = RevisionQuery
    serializer_class = RevisionRepresentation
    ordering = ("id",)
    refusals = ("permission_denied",)

    def get_queryset(self) -> QuerySet[ScheduleRevision]:
        return _revisions(actor_of(self.request)).filter(**self.asked_for("state"))

    def asked_for(self, name: str) -> dict[str, Any]:
        return {name: self.asked[name]} if name in self.asked else {}

    def get(self, request: Request) -> Response:
        return self.page()


class RevisionDetail(Endpoint):
    """One revision. For staff."""

    serializer_class = RevisionRepresentation
    refusals = ("permission_denied", "not_found")

    def get(self, request: Request, revision_id: int) -> Response:
        return Response(self.get_serializer(_revision(actor_of(request), revision_id)).data)


class RevisionBookings(Listing):
    """What a revision does, or would do, to each booking, in the order of time. For staff."""

    query = RevisedQuery
    serializer_class = RevisedBookingRepresentation
    ordering = ("id",)
    refusals = ("permission_denied", "not_found")

    def get_queryset(self) -> QuerySet[RevisedBooking]:
        found = _revision(actor_of(self.request), self.kwargs["revision_id"]).bookings.select_related("booking")
        return found.filter(outcome=self.asked["outcome"]) if "outcome" in self.asked else found

    def get(self, request: Request, revision_id: int) -> Response:
        return self.page()
