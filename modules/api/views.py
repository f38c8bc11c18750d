"""Modules, their phases, zones and closures, and places on the ground: what anybody who may read may know."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from modules.api.endpoint import Endpoint, Listing
from modules.api.queries import SpanQuery
from modules.api.representations import (
    ClosureRepresentation,
    ModuleRepresentation,
    PhaseRepresentation,
    PlaceRepresentation,
    ZoneRepresentation,
)
from modules.models import Closure, Module, Phase, Place, Zone


def _modules_now() -> QuerySet[Module]:
    now = Prefetch("phases", queryset=Phase.objects.at(timezone.now()), to_attr="phases_now")
    return Module.objects.prefetch_related(now)


class OfModule(Endpoint):
    """Something of the module that the address names."""

    refusals: ClassVar[tuple[str, ...]] = ("not_found",)

    def module(self) -> Module:
        return get_object_or_404(Module, slug=self.kwargs["slug"])


class ModuleList(Listing):
    """The modules that can be booked."""

    serializer_class = ModuleRepresentation
    ordering = ("position", "slug")

    def get_queryset(self) -> QuerySet[Module]:
        return _modules_now()

    def get(self, request: Request) -> Response:
        return self.page()


class ModuleDetail(OfModule):
    """One module: its facts and the mission phase that holds now."""

    serializer_class = ModuleRepresentation

    def get(self, request: Request, slug: str) -> Response:
        module = get_object_or_404(_modules_now(), slug=slug)
        return Response(self.get_serializer(module).data)


class PhaseList(OfModule, Listing):
    """The phases of a module's mission, in order, with the flight rules of each."""

    serializer_class = PhaseRepresentation
    ordering = ("starts_at", "id")

    def get_queryset(self) -> QuerySet[Phase]:
        return Phase.objects.filter(module=self.module()).with_rules()

    def get(self, request: Request, slug: str) -> Response:
        return self.page()


class ZoneList(OfModule, Listing):
    """The zones of a module, and what each is equipped for."""

    serializer_class = ZoneRepresentation
    ordering = ("position", "slug")

    def get_queryset(self) -> QuerySet[Zone]:
        return Zone.objects.filter(module=self.module())

    def get(self, request: Request, slug: str) -> Response:
        return self.page()


class ClosureList(OfModule, Listing):
    """When a module, or some of its zones, cannot be booked."""

    query = SpanQuery
    serializer_class = ClosureRepresentation
    ordering = ("starts_at", "id")

    def get_queryset(self) -> QuerySet[Closure]:
        closures = Closure.objects.filter(overlapping(self.asked), module=self.module())
        return closures.standing().prefetch_related("zones")

    def get(self, request: Request, slug: str) -> Response:
        return self.page()


class PlaceList(Listing):
    """Cities and ground stations worth naming."""

    serializer_class = PlaceRepresentation
    ordering = ("slug",)

    def get_queryset(self) -> QuerySet[Place]:
        return Place.objects.all()

    def get(self, request: Request) -> Response:
        return self.page()


def overlapping(asked: dict[str, Any]) -> Q:
    """What overlaps the span from `from` to `to`, open where one is not said."""
    overlap = Q()
    if "from" in asked:
        overlap &= Q(ends_at__gt=asked["from"])
    if "to" in asked:
        overlap &= Q(starts_at__lt=asked["to"])
    return overlap
