"""Saved searches: kept by name with the query of the window search, read with the address that runs them now."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from bookings import saved_searches
from bookings.api.authentication import actor_of
from bookings.api.bookings import read_body
from bookings.api.idempotency import idempotent
from bookings.api.windows import WindowQuery, request_for
from bookings.exceptions import Invalid
from bookings.models import SavedSearch
from modules.api.bodies import Body
from modules.api.endpoint import Endpoint, Listing
from modules.api.fields import FlagField, IdField, InstantField, LineField, SlugField, TextField
from modules.models import Module


class SearchBody(Body):
    only_ours = frozenset({"id", "is_own", "windows", "created_at"})

    name = LineField(max_length=saved_searches.LONGEST_NAME)
    query = TextField(max_length=2000, help_text="As the window search takes it: activity=filming&duration=PT2H&…")
    module = SlugField(max_length=50, default="see-1")
    follows_today = FlagField(default=False, help_text="Whether its span moves along with the day.")
    organisation = IdField(required=False, help_text="Whose members see it too. A key's own, where none is said.")


class SearchChangeBody(Body):
    only_ours = SearchBody.only_ours | {"query", "module", "organisation"}

    name = LineField(max_length=saved_searches.LONGEST_NAME)
    follows_today = FlagField()


class SearchRepresentation(serializers.ModelSerializer[SavedSearch]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    module = serializers.CharField(source="module.slug")
    query = serializers.SerializerMethodField(help_text="As of now, where it moves along with the day.")
    windows = serializers.SerializerMethodField(help_text="The address that runs it.")
    follows_today = serializers.BooleanField()
    organisation = serializers.UUIDField(source="organisation_id", allow_null=True)
    is_own = serializers.SerializerMethodField(help_text="Whether one may change and delete it.")
    created_at = InstantField()

    class Meta:
        model = SavedSearch
        fields = [
            "id",
            "name",
            "module",
            "query",
            "windows",
            "follows_today",
            "organisation",
            "is_own",
            "created_at",
        ]

    def get_query(self, search: SavedSearch) -> str:
        return _query_now(search)

    def get_windows(self, search: SavedSearch) -> str:
        address = reverse("api-windows", [search.module.slug], request=self.context["request"])
        return f"{address}?{_query_now(search)}"

    def get_is_own(self, search: SavedSearch) -> bool:
        return saved_searches.may_change(actor_of(self.context["request"]), search)


def _query_now(search: SavedSearch) -> str:
    asked = saved_searches.as_query(saved_searches.request_of(search, at=timezone.now()))
    said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    return urlencode(said, doseq=True)


def _request_in(said: dict[str, Any]) -> Any:
    """What the body's query asks for; what is wrong with it is named as `query.duration`."""
    module = get_object_or_404(Module, slug=said["module"])
    try:
        return request_for(module, WindowQuery.read(QueryDict(said["query"])))
    except ValidationError as error:
        wrong = cast("dict[str, Any]", error.detail)  # a query names what is wrong with it
        raise ValidationError({f"query.{name}": errors for name, errors in wrong.items()}) from None
    except Invalid as refusal:
        details = {f"query.{e.field}": [ErrorDetail(e.detail, e.code)] for e in refusal.errors}
        raise ValidationError(details) from None


class SearchList(Listing):
    """One's saved searches, and those that colleagues share; oldest first."""

    serializer_class = SearchRepresentation
    ordering = ("created_at", "id")
    refusals = ("invalid", "unknown_zone", "not_found")

    def get_queryset(self) -> QuerySet[SavedSearch]:
        return saved_searches.of(actor_of(self.request))

    def get(self, request: Request) -> Response:
        return self.page()

    @extend_schema(request=SearchBody, responses={201: SearchRepresentation})
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep a search by name."""
        said = read_body(SearchBody, request).validated_data
        made = saved_searches.save(
            actor=actor_of(request),
            name=said["name"],
            request=_request_in(said),
            follows_today=said["follows_today"],
            organisation_id=said.get("organisation"),
            at=timezone.now(),
        )
        address = reverse("api-search", [made.pk], request=request)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})


class SearchDetail(Endpoint):
    """One saved search; somebody else's is not there."""

    serializer_class = SearchRepresentation
    refusals = ("invalid", "not_found")

    def get(self, request: Request, search_id: UUID) -> Response:
        return Response(self.get_serializer(saved_searches.get(actor_of(request), search_id)).data)

    @extend_schema(request=SearchChangeBody, responses=SearchRepresentation)
    def patch(self, request: Request, search_id: UUID) -> Response:
        """Another name, or another way to reckon its days."""
        saved_searches.get(actor_of(request), search_id)
        said = read_body(SearchChangeBody, request, partial=True).validated_data
        changed = saved_searches.change(actor=actor_of(request), search_id=search_id, **said)
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, search_id: UUID) -> Response:
        """Forget it."""
        saved_searches.delete(actor=actor_of(request), search_id=search_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
