"""Every change to one's bookings, in the order in which it became visible, for systems that follow along."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.authentication import actor_of
from bookings.api.representations import TransitionRepresentation
from bookings.changes import BEGINNING, CURSOR, changes_since, cursor_of, position_after
from bookings.models import Transition
from modules.api.endpoint import Endpoint
from modules.api.queries import MOST_ON_A_PAGE, USUAL_PAGE, Query


class ChangeQuery(Query):
    since = serializers.RegexField(
        CURSOR, default=BEGINNING, help_text="The `cursor` of the last answer; from the beginning without one."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_ON_A_PAGE, default=USUAL_PAGE)


class ChangeRepresentation(TransitionRepresentation):
    booking = serializers.UUIDField(source="booking_id")

    class Meta(TransitionRepresentation.Meta):
        model = Transition
        fields = ["booking", *TransitionRepresentation.Meta.fields]


class ChangesRepresentation(serializers.Serializer[Any]):
    cursor = serializers.CharField(help_text="To ask for what comes after these.")
    more = serializers.BooleanField(help_text="Whether there is more already.")
    results = ChangeRepresentation(many=True)


class ChangeList(Endpoint):
    """Follow every change; nothing is missed, whatever commits when."""

    query = ChangeQuery
    serializer_class = ChangesRepresentation
    refusals = ("invalid_cursor",)

    @extend_schema(responses=ChangesRepresentation)
    def get(self, request: Request) -> Response:
        """Ask again with the `cursor` of the last answer: each change comes exactly once, none is left out."""
        actor, since, size = actor_of(request), self.asked["since"], self.asked["page_size"]
        rows = list(changes_since(actor, position_after(actor, since))[: size + 1])
        shown = rows[:size]
        cursor = cursor_of(shown[-1]) if shown else since
        data = ChangeRepresentation(shown, many=True).data
        return Response({"cursor": cursor, "more": len(rows) > size, "results": data})
