"""Which rate card prices a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bookings.exceptions import NotPriced
from bookings.models import RateCard
from modules.models import Module
from modules.schedule import revision_of

_known: dict[int, tuple[UUID, Sequence[RateCard]]] = {}


def card_for(module: Module, at: datetime, *, revision: UUID | None = None) -> RateCard:
    """The rate card in force at `at`, the newest where several are; `revision` where it was just read."""
    for card in _cards(module.pk, revision or revision_of(module.pk)):
        if card.valid_from <= at and (card.valid_until is None or at < card.valid_until):
            return card
    raise NotPriced(f"No rate card is in force for {module.name}, so nothing can be priced. Ask staff.")


def _cards(module_id: int, revision: UUID) -> Sequence[RateCard]:
    """The module's cards, the newest first, as `modules.schedule` keeps a schedule: a rate renews the revision too."""
    known = _known.get(module_id)
    if known is None or known[0] != revision:
        cards = RateCard.objects.filter(module=module_id).prefetch_related("rates").order_by("-valid_from", "-pk")
        known = _known[module_id] = (revision, list(cards))
    return known[1]
