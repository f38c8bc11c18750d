"""Which rate card prices a window, and what its terms ask of who cancels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from bookings.exceptions import NotPriced
from bookings.models import Booking, CancellationTerm, RateCard
from bookings.pricing import cancellation_fee
from bookings.states import Status
from modules.models import Module
from modules.schedule import revision_of

STANDARD_TERMS = ((timedelta(days=60), 25), (timedelta(days=30), 50), (timedelta(days=7), 100))
"""Notice and per cent of the price: what a new card says where nobody says otherwise."""

_known: dict[int, tuple[UUID, Sequence[RateCard]]] = {}


def card_for(module: Module, at: datetime, *, revision: UUID | None = None) -> RateCard:
    """The rate card in force at `at`, the newest where several are; `revision` where it was just read."""
    for card in _cards(module.pk, revision or revision_of(module.pk)):
        if card.valid_from <= at and (card.valid_until is None or at < card.valid_until):
            return card
    raise NotPriced(
        _("No rate card is in force for %(module)s, so nothing can be priced. Ask staff.") % {"module": module.name}
    )


def give_standard_terms(card: RateCard) -> None:
    """For a card that has no terms of its own yet, and by which nothing was quoted."""
    CancellationTerm.objects.bulk_create(
        CancellationTerm(card=card, notice=notice, percent=percent) for notice, percent in STANDARD_TERMS
    )


def fee_to_cancel(booking: Booking, *, at: datetime) -> Decimal:
    """What cancelling `booking` at `at` costs, in its currency, by the terms of the card it was quoted with.

    Only what was confirmed costs anything: a hold may always be given up, and so may a request, unless its producer
    made it of what was confirmed. That costs what it would have cost then, or a small change first would spare the fee.
    """
    if booking.status == Status.REQUESTED:
        return booking.fee_kept
    if booking.status != Status.CONFIRMED or booking.rate_card is None:
        return Decimal("0.00")
    terms = booking.rate_card.cancellation_terms.all()
    return cancellation_fee(booking.price_total, terms, notice=booking.starts_at - at)


def _cards(module_id: int, revision: UUID) -> Sequence[RateCard]:
    """The module's cards, the newest first, as `modules.schedule` keeps a schedule: a rate renews the revision too."""
    known = _known.get(module_id)
    if known is None or known[0] != revision:
        cards = (
            RateCard.objects.filter(module=module_id).prefetch_related("rates__season").order_by("-valid_from", "-pk")
        )
        known = _known[module_id] = (revision, list(cards))
    return known[1]
