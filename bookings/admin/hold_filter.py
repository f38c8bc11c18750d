"""The holds that soon end, of their own or because they are challenged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from bookings.states import Status

SOON = timedelta(days=7)


class HoldFilter(admin.SimpleListFilter):
    title = "hold"
    parameter_name = "hold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("soon", "ends within a week"), ("challenged", "challenged")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "soon":
            return queryset.ending_within(SOON, timezone.now())  # type: ignore[attr-defined,no-any-return]  # the admin's base classes are not typed
        if self.value() == "challenged":
            return queryset.challenged()  # type: ignore[attr-defined,no-any-return]  # the admin's base classes are not typed
        return queryset


def soonest_first(request: HttpRequest) -> tuple[str, ...]:
    """The order of a list of what must be decided: holds by their end, requests by their window. Empty for others."""
    if request.GET.get("hold"):
        return ("hold_expires_at", "reference")
    return ("starts_at", "reference") if request.GET.get("status__in") == Status.REQUESTED else ()
