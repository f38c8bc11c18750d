"""Many bookings offered other windows at once: planned without effect, then held and offered, then answered in time.

Bookings get their turn by how firm they are (confirmed, requested, held) and then by age. Each is given the nearest
window that satisfies all it asks for in the schedule as it is, beside what those before it were given; so where two
want the same window, the firmer or older one has it. A plan holds its windows inside a savepoint that is undone;
offering holds exactly those. A window that somebody else took meanwhile is not offered, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, SmallIntegerField, When
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, InvalidTransition, NotAllowed, NotFound, Refusal
from bookings.lifecycle import record
from bookings.lifecycle.actions import draft_of
from bookings.lifecycle.instead import hold_instead
from bookings.models import Booking, Proposal, Rebooking
from bookings.querysets import BookingQuerySet
from bookings.replanning.elsewhere import REACHES, windows_for
from bookings.replanning.telling import tell_of_proposals
from bookings.states import ACTIVE, Action, Status
from modules.locking import own_module
from modules.models import Module

State = Proposal.State

MOST = 100
"""Bookings in one round: the module is owned while it is planned, and others wait so long to book."""

SHORTEST = timedelta(hours=1)
FIRMNESS = {Status.CONFIRMED: 0, Status.REQUESTED: 1, Status.HELD: 2}


def plan(
    module: Module, booking_ids: Sequence[UUID], *, reason: str, answer_by: datetime, actor: Actor, at: datetime
) -> Rebooking:
    """Which window each booking would be offered, kept and not done; those that are over are left out."""
    check_decides(actor)
    _check(booking_ids, reason, answer_by, at)
    with transaction.atomic():
        own_module(module.pk)
        bookings = in_turn(booking_ids, module, at=at)
        undone = transaction.savepoint()
        windows = [_nearest(booking, until=answer_by, actor=actor, at=at) for booking in bookings]
        transaction.savepoint_rollback(undone)
        round_ = Rebooking.objects.create(
            module=module,
            state=Rebooking.State.PLANNED,
            reason=reason.strip(),
            answer_by=answer_by,
            author=actor.label[:200],
            user=actor.user,
            via=actor.via,
            prepared_at=at,
        )
        pairs = enumerate(zip(bookings, windows, strict=True))
        with override("en"):  # what is kept
            planned = [_planned(round_, n, booking, window) for n, (booking, window) in pairs]
        Proposal.objects.bulk_create(planned)
    return round_


def offer(rebooking_id: int, *, actor: Actor, at: datetime) -> Rebooking:
    """Hold every planned window that can still be had, and tell the producers, each once."""
    check_decides(actor)
    found = Rebooking.objects.filter(pk=rebooking_id).first()
    if found is None:
        raise NotFound(_("There is no such re-booking."))
    with transaction.atomic():
        own_module(found.module_id)
        round_ = Rebooking.objects.select_related("module").get(pk=rebooking_id)
        _may_be_offered(round_, at)
        planned = round_.proposals.filter(state=State.PLANNED).order_by("position")
        with override("en"):  # why not is kept
            offered = [each for each in planned if _hold(each, actor=actor, at=at)]
        round_.state, round_.offered_at, round_.offered_by = Rebooking.State.OFFERED, at, actor.label[:200]
        round_.save()
        tell_of_proposals(offered, round_, at=at)
    return round_


def seeking(module: Module, *, at: datetime) -> BookingQuerySet:
    """Bookings that need a look, are not over and wait for no answer already, in the order in which they choose.

    Those that a plan found nothing for as they stand come last: else every round would be theirs.
    """
    firmness = Case(*(When(status=status, then=n) for status, n in FIRMNESS.items()), output_field=SmallIntegerField())
    found_nothing = Exists(
        Proposal.objects.filter(
            booking=OuterRef("pk"), version=OuterRef("version"), state=State.NONE, starts_at__isnull=True
        )
    )
    found: BookingQuerySet = _free(Booking.objects.exclude(attention=[]), module, at=at)
    in_turn: BookingQuerySet = found.annotate(firmness=firmness, found_nothing=found_nothing).order_by(
        "found_nothing", "firmness", "created_at", "arrival"
    )
    return in_turn


def _free(bookings: Any, module: Module, *, at: datetime) -> Any:
    """Those that stand, and neither wait for an answer to an offer nor keep an offered window."""
    waiting = Proposal.objects.filter(state=State.OPEN)
    standing = bookings.active().filter(module=module, ends_at__gt=at)
    return standing.exclude(pk__in=waiting.values("booking")).exclude(pk__in=waiting.values("hold"))


def in_turn(booking_ids: Sequence[UUID], module: Module, *, at: datetime) -> list[Booking]:
    """The bookings that can be offered another window, in the order in which they get their turn."""
    found = _free(Booking.objects.for_writing().filter(pk__in=booking_ids), module, at=at)
    return sorted(found, key=lambda b: (FIRMNESS[Status(b.status)], b.created_at, b.arrival))


def check_decides(actor: Actor) -> None:
    if not actor.decides:
        raise NotAllowed(_("Only SEE-1 staff who handle bookings do this."))


def _check(booking_ids: Sequence[UUID], reason: str, answer_by: datetime, at: datetime) -> None:
    errors = []
    if not booking_ids:
        errors.append(FieldError("bookings", "required", _("Choose at least one booking.")))
    if len(booking_ids) > MOST:
        said = _("At most %(most)d bookings are re-booked at once. Choose fewer, and plan the others after.")
        errors.append(FieldError("bookings", "too_many", said % {"most": MOST}))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("Say why: the producers are told.")))
    if answer_by < at + SHORTEST:
        errors.append(FieldError("answer_by", "too_soon", _("Give the producers at least an hour to answer.")))
    if errors:
        raise Invalid(errors)


def _may_be_offered(round_: Rebooking, at: datetime) -> None:
    if round_.is_offered:
        raise InvalidTransition(
            _("%(round)s was offered already, by %(who)s.") % {"round": round_, "who": round_.offered_by}
        )
    if round_.answer_by < at + SHORTEST:
        raise InvalidTransition(_("The date to answer by is too near by now. Plan it anew."))


def _nearest(booking: Booking, *, until: datetime, actor: Actor, at: datetime) -> dict[str, Any] | None:
    """The window that the booking would be given, held so that those after it see it as taken; None: there is none."""
    own = set(draft_of(booking).zones)
    for reach in REACHES:
        for window in windows_for(booking, booking.attention, at=at, reach=reach):
            if set(window["zones"]) != own:
                continue  # what it asks for includes where
            try:
                hold = _hold_window(booking, window, until=until, actor=actor, at=at)
            except Refusal:
                continue
            return {**window, "until": hold.hold_until}
    return None


def _hold_window(booking: Booking, window: dict[str, Any], *, until: datetime, actor: Actor, at: datetime) -> Booking:
    zones, starts_at, ends_at = (window[name] for name in ("zones", "starts_at", "ends_at"))
    draft = draft_of(booking).changed(zones=tuple(zones), starts_at=_instant(starts_at), ends_at=_instant(ends_at))
    return hold_instead(booking, draft, until=until, actor=actor, at=at)


def _planned(round_: Rebooking, position: int, booking: Booking, window: dict[str, Any] | None) -> Proposal:
    proposal = Proposal(
        rebooking=round_,
        position=position,
        booking=booking,
        version=booking.version,
        from_starts_at=booking.starts_at,
        from_ends_at=booking.ends_at,
        state=State.PLANNED if window else State.NONE,
    )
    if window is None:
        days = REACHES[-1].days
        said = _("Within %(days)d days of its time no free window suits it better than the one it has.")
        proposal.why = said % {"days": days}
        return proposal
    proposal.zones, proposal.answer_by = window["zones"], window["until"]
    proposal.starts_at, proposal.ends_at = _instant(window["starts_at"]), _instant(window["ends_at"])
    return proposal


def _hold(proposal: Proposal, *, actor: Actor, at: datetime) -> bool:
    """Hold what was planned, where the booking is as it was and the window is still free; else keep why not."""
    booking = Booking.objects.for_writing().get(pk=proposal.booking_id)
    proposal.why = _why_not(proposal, booking)
    if not proposal.why:
        window = {"zones": proposal.zones, "starts_at": proposal.starts_at, "ends_at": proposal.ends_at}
        try:
            until = proposal.rebooking.answer_by
            proposal.hold = _hold_window(booking, window, until=until, actor=actor, at=at)
        except Refusal as refusal:
            proposal.why = refusal.detail
    proposal.state = State.NONE if proposal.why else State.OPEN
    if proposal.hold is not None:
        proposal.booking, proposal.answer_by = booking, proposal.hold.hold_until
        record.write(booking, Action.PROPOSE, actor=actor, at=at, detail=_said(proposal))
    proposal.save()
    return proposal.is_open


def _why_not(proposal: Proposal, booking: Booking) -> str:
    if booking.version != proposal.version or booking.status not in ACTIVE:
        return _("The booking has changed since. Plan it anew.")
    if booking.proposals.filter(state=State.OPEN).exists():
        return _("It was offered another window meanwhile.")
    return ""


def _said(proposal: Proposal) -> dict[str, Any]:
    """For the history of the booking."""
    assert proposal.answer_by is not None  # noqa: S101 - it is held
    return {
        "zones": [draft_of(proposal.booking).zones, proposal.zones],
        "starts_at": [proposal.from_starts_at.isoformat(), proposal.span.starts_at.isoformat()],
        "ends_at": [proposal.from_ends_at.isoformat(), proposal.span.ends_at.isoformat()],
        "answer_by": proposal.answer_by.isoformat(),
        "reason": proposal.rebooking.reason,
    }


def _instant(value: Any) -> datetime:
    instant = parse_datetime(value) if isinstance(value, str) else value
    assert isinstance(instant, datetime)  # noqa: S101 - the search writes them
    return instant
