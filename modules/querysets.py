"""What is asked of phases and closures, in the field's words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from modules.intervals import Span


class PhaseQuerySet(models.QuerySet[Any]):
    def at(self, instant: datetime) -> PhaseQuerySet:
        """The phase (at most one a module) that holds at `instant`."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=instant), starts_at__lte=instant)

    def overlapping(self, span: Span) -> PhaseQuerySet:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=span.starts_at), starts_at__lt=span.ends_at)

    def with_rules(self) -> PhaseQuerySet:
        return self.select_related("rules").prefetch_related("rules__zone_rules__zone")


class ClosureQuerySet(models.QuerySet[Any]):
    def standing(self) -> ClosureQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def overlapping(self, span: Span) -> ClosureQuerySet:
        return self.filter(ends_at__gt=span.starts_at, starts_at__lt=span.ends_at)


class ElementsQuerySet(models.QuerySet[Any]):
    def accepted(self) -> ElementsQuerySet:
        """Those that may answer for a time."""
        return self.filter(status="accepted")
