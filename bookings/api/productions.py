"""Productions: the caller's own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from bookings.api.authentication import actor_of
from bookings.api.bodies import ProductionBody
from bookings.api.bookings import read_body
from bookings.api.idempotency import idempotent
from bookings.api.representations import ProductionRepresentation
from bookings.models import Production
from bookings.productions import create_production
from modules.api.endpoint import Endpoint, Listing
from modules.api.queries import PageQuery
from modules.api.sparse import sparse


class ProductionList(Listing):
    """The productions of one's organisation, oldest first; staff see all."""

    query = sparse(PageQuery, ProductionRepresentation)
    serializer_class = ProductionRepresentation
    ordering = ("created_at", "id")
    refusals = ("invalid", "not_found")

    def get_queryset(self) -> QuerySet[Production]:
        visible: QuerySet[Production] = Production.objects.visible_to(actor_of(self.request))
        return visible

    def get(self, request: Request) -> Response:
        return self.page()

    @extend_schema(request=ProductionBody, responses={201: ProductionRepresentation})
    @idempotent
    def post(self, request: Request) -> Response:
        """Describe a production, to book for it."""
        said = dict(read_body(ProductionBody, request).validated_data)
        production = create_production(
            actor=actor_of(request), organisation_id=said.pop("organisation", None), at=timezone.now(), **said
        )
        address = reverse("api-production", [production.pk], request=request)
        data = self.get_serializer(production).data
        return Response(data, status=status.HTTP_201_CREATED, headers={"Location": address})


class ProductionDetail(Endpoint):
    """One production; somebody else's is not there."""

    serializer_class = ProductionRepresentation
    refusals = ("not_found",)

    def get(self, request: Request, production_id: UUID) -> Response:
        visible = Production.objects.visible_to(actor_of(request))
        return Response(self.get_serializer(get_object_or_404(visible, pk=production_id)).data)
