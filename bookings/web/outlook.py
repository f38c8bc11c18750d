"""What a window would mean before one says yes: its price line by line, and who stands there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookings import occupancy
from bookings.drafts import Draft
from bookings.lifecycle import Preview
from bookings.lifecycle.change import is_elsewhere
from bookings.models import Booking, Claim
from bookings.models.booking import LAST_RANK
from bookings.notifications import KINDS
from bookings.search.nearest import is_awake
from bookings.states import Status
from bookings.web.wording import place_in_line
from bookings.wording import money
from modules.models import Module, Phase
from modules.schedule import schedule_of

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One kind of reminder that a change would re-time, take back (no `after`) or newly promise (no `before`)."""

    label: Any
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Effects:
    """What a change would do besides the price, each only where it would do anything.

    `leaves` is how much of its window and zones the booking would leave: all, some, none.
    """

    preview: Preview
    leaves: str

    @property
    def is_asked_anew(self) -> bool:
        """Whether what staff had confirmed would need their word again."""
        return self.preview.before.status == Status.CONFIRMED and self.preview.after.status == Status.REQUESTED

    @property
    def fee_kept(self) -> str:
        """What cancelling would go on to cost until staff confirm it anew; empty where it costs nothing."""
        fee = self.preview.after.fee if self.is_asked_anew else None
        return money(fee, str(self.preview.after.price["currency"])) if fee else ""

    @property
    def given_up(self) -> str:
        """What a confirmed booking would cost less by giving up time; empty where cancelling costs nothing anyway."""
        before, after = self.preview.before, self.preview.after
        less = Decimal(str(before.price["total"])) - Decimal(str(after.price["total"]))
        is_charged = before.status == after.status == Status.CONFIRMED and before.fee > 0 and less > 0
        return money(less, str(after.price["currency"])) if is_charged else ""

    @property
    def fees(self) -> tuple[str, str]:
        """What cancelling the booking costs, now and after."""
        before, after = self.preview.before, self.preview.after
        return money(before.fee, str(before.price["currency"])), money(after.fee, str(after.price["currency"]))

    @property
    def places(self) -> tuple[str, str] | None:
        """A hold's place in the line, now and after."""
        before, after = self.preview.before.rank, self.preview.after.rank
        held = self.preview.after.status == Status.HELD
        return (place_in_line(before), place_in_line(after)) if held and before != after else None

    @property
    def hold_ends(self) -> tuple[datetime | None, datetime | None] | None:
        before, after = self.preview.before.hold_expires_at, self.preview.after.hold_expires_at
        return (before, after) if after and before != after else None

    @property
    def settles(self) -> list[str]:
        """What needed a look, and no longer would."""
        return [why for why in self.preview.before.attention if why not in self.preview.after.attention]

    @property
    def reminders(self) -> list[Reminder]:
        labels = {kind.name: kind.label for kind in KINDS}
        return [Reminder(labels[kind], before, after) for kind, before, after in self.preview.reminders()]


@dataclass(frozen=True)
class Outlook:
    """`rank` is where a hold would stand now: 1 is free time. `turnaround` is what each window keeps free after it.

    `only_turnaround` says whose it is that stands in the way, where nobody's window does.
    """

    price: Mapping[str, Any]
    rank: int
    before: Mapping[str, Any] | None = None
    effects: Effects | None = None
    turnaround: timedelta = NO_TIME
    only_turnaround: Sequence[str] = ()

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


def outlook(draft: Draft, price: Mapping[str, Any], module: Module, own: Collection[UUID]) -> Outlook:
    """The outlook for a new booking of `draft` by somebody of the organisations `own`."""
    turnaround = _turnaround(draft, module)
    rank = _rank(draft, module, turnaround)
    said = _only_turnaround(draft, module, turnaround, own) if rank > 1 else ()
    return Outlook(price, rank, turnaround=turnaround, only_turnaround=said)


def standing_elsewhere(draft: Draft, booking: Booking) -> Outlook:
    """Where a hold would stand at the time that `booking` was not given; it does not stand in its own way."""
    module, own = booking.module, {booking.organisation_id}
    turnaround = _turnaround(draft, module)
    rank = _rank(draft, module, turnaround, but=booking.pk)
    said = _only_turnaround(draft, module, turnaround, own, but=booking.pk) if rank > 1 else ()
    return Outlook({}, rank, turnaround=turnaround, only_turnaround=said)


def outlook_of_change(preview: Preview, before: Draft, wanted: Draft) -> Outlook:
    """The outlook for a booking if it changed from `before` to `wanted`, as `preview` says."""
    effects = Effects(preview, _left(before, wanted))
    return Outlook(preview.after.price, preview.after.rank or 1, preview.before.price, effects)


def _left(before: Draft, wanted: Draft) -> str:
    if not before.span.overlaps(wanted.span) or not set(before.zones) & set(wanted.zones):
        return "all"
    return "some" if is_elsewhere(wanted, before) else "none"


def crew_sleeps(draft: Draft, module: Module) -> bool:
    """Whether crew is asked for in hours in which it sleeps: no rule forbids it, and nobody should overlook it."""
    return bool(draft.crew) and not is_awake(draft.span, schedule_of(module.pk).phases)


def is_live_without_downlink(draft: Draft) -> bool:
    """Whether it asks to be live without a break, and for nothing to be sent down by: held and priced so."""
    return bool(draft.conditions.get("downlink_min")) and not draft.downlink_mbps


def _turnaround(draft: Draft, module: Module) -> timedelta:
    phase = Phase.objects.filter(module=module).at(draft.span.starts_at).with_rules().first()
    return phase.rules.turnaround if phase else NO_TIME


def _only_turnaround(
    draft: Draft, module: Module, turnaround: timedelta, own: Collection[UUID], but: UUID | None = None
) -> list[str]:
    """Nothing where a window stands in the way. Of others only where theirs begin is known, not their turnaround."""
    claims = Claim.objects.standing().touching(occupancy.buffered(draft.span, turnaround))
    claims = claims.filter(zone__module=module, zone__slug__in=draft.zones).select_related("booking")
    said = {}
    for claim in claims.exclude(booking_id=but).order_by("booking__starts_at"):
        is_own, booking = claim.booking.organisation_id in own, claim.booking
        if booking.starts_at >= draft.span.ends_at:
            said[booking.pk] = (
                _("The turnaround after this window reaches into your %(booking)s.") % {"booking": booking.reference}
                if is_own
                else _("The turnaround after this window reaches into time that is taken.")
            )
        elif is_own and booking.ends_at <= draft.span.starts_at:
            said[booking.pk] = _("The turnaround of your %(booking)s lasts into this window.") % {
                "booking": booking.reference
            }
        else:
            return []
    return list(dict.fromkeys(said.values()))


def _rank(draft: Draft, module: Module, turnaround: timedelta, but: UUID | None = None) -> int:
    zone_ids = list(module.zones.filter(slug__in=draft.zones).values_list("pk", flat=True))
    return occupancy.rank_behind(zone_ids, occupancy.buffered(draft.span, turnaround), but=but)
