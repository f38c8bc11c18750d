"""What a window would mean before one says yes: its price line by line, and who stands there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bookings import occupancy
from bookings.drafts import Draft
from bookings.lifecycle.change import is_elsewhere
from bookings.models import Booking
from bookings.models.booking import LAST_RANK
from bookings.web.wording import place_in_line
from modules.models import Module, Phase


@dataclass(frozen=True)
class Outlook:
    """`rank` is where a hold would stand now: 1 is free time."""

    price: Mapping[str, Any]
    rank: int
    before: Mapping[str, Any] | None = None

    @property
    def total(self) -> str:
        return str(self.price["total"])

    @property
    def is_free(self) -> bool:
        return self.rank == 1

    @property
    def is_full(self) -> bool:
        return self.rank > LAST_RANK

    @property
    def place(self) -> str:
        return place_in_line(self.rank)

    @property
    def difference(self) -> Decimal:
        """How much dearer than before; negative where it is cheaper."""
        return Decimal(self.total) - Decimal(str((self.before or self.price)["total"]))

    @property
    def saving(self) -> Decimal:
        return -self.difference


def outlook(draft: Draft, price: Mapping[str, Any], module: Module) -> Outlook:
    """The outlook for a new booking of `draft`."""
    return Outlook(price, _rank(draft, module))


def outlook_of_change(booking: Booking, before: Draft, draft: Draft, price: Mapping[str, Any]) -> Outlook:
    """The outlook for `booking` if it became `draft`: inside its own time it keeps its place."""
    kept = None if is_elsewhere(before, draft) else booking.rank
    rank = kept or _rank(draft, booking.module, but=booking.pk)
    return Outlook(price, rank, booking.price)


def _rank(draft: Draft, module: Module, *, but: UUID | None = None) -> int:
    zone_ids = list(module.zones.filter(slug__in=draft.zones).values_list("pk", flat=True))
    phase = Phase.objects.filter(module=module).at(draft.span.starts_at).with_rules().first()
    turnaround = phase.rules.turnaround if phase else timedelta(0)
    period = occupancy.buffered(draft.span, turnaround)
    return occupancy.rank_behind(zone_ids, period, but=but)
