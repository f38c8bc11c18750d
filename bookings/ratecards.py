"""Which rate card prices a window."""

from __future__ import annotations

from datetime import datetime

from bookings.exceptions import NotPriced
from bookings.models import RateCard
from modules.models import Module


def card_for(module: Module, at: datetime) -> RateCard:
    """The rate card in force at `at`, the newest where several are."""
    card = (
        module.rate_cards.filter(valid_from__lte=at)
        .exclude(valid_until__lte=at)
        .prefetch_related("rates")
        .order_by("-valid_from", "-pk")
        .first()
    )
    if card is None:
        raise NotPriced(f"No rate card is in force for {module.name}, so nothing can be priced. Ask staff.")
    return card
