"""The coming weeks, computed before anybody asks; and what nobody asks for any more, forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from modules.conditions.engine import VERSION
from modules.conditions.outlook import Overhead, outlook
from modules.conditions.sources import timeline
from modules.intervals import Span
from modules.models import ComputedDay, Module, Place

AHEAD = timedelta(weeks=8)
FARTHEST = timedelta(days=430)
"""As far as a search reaches, and some."""

KEPT = timedelta(days=60)


def compute(module: Module, *, at: datetime) -> int:
    """Nights, coverage and beta of the coming weeks, and the passes over every place of ours; days now kept."""
    span = Span(at - timedelta(days=1), at + AHEAD)
    outlook(module, span, downlink=True, betas=True)
    for place in Place.objects.all():
        outlook(module, span, over=Overhead(place.latitude, place.longitude))
    outlook(module, Span(at, at + FARTHEST))
    return _of(module).filter(day__gte=at.date()).count()


def forget(module: Module, *, at: datetime) -> int:
    """Delete what is long past, what an older engine computed, and the future of sources that answer no more."""
    sources = [stretch.source for stretch in timeline(module, Span(at, at + FARTHEST)) if stretch.source]
    elements = {source.key[0] for source in sources if source.key[0]}
    ephemerides = {source.key[1] for source in sources if source.key[1]}
    unasked = Q(day__gt=at.date()) & ~Q(elements__in=elements) & ~Q(ephemeris__in=ephemerides)
    stale = Q(day__lt=(at - KEPT).date()) | ~Q(engine=VERSION) | unasked
    return _of(module).filter(stale).delete()[0]


def _of(module: Module) -> QuerySet[ComputedDay]:
    return ComputedDay.objects.filter(Q(elements__module=module) | Q(ephemeris__module=module))
