"""What becomes of a proposal: accepted or declined by its producer, withdrawn by staff, lapsed when nobody answered.

Each ends the hold that kept its window: by the booking's moving there, or by a release, so that who waits behind it
moves up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from bookings.actors import Actor, clock
from bookings.exceptions import InvalidTransition, NotAllowed, NotFound, StaleVersion
from bookings.lifecycle.instead import take_over
from bookings.models import Proposal
from bookings.replanning.ending import close, end, read
from bookings.replanning.rebooking import check_decides
from bookings.states import ACTIVE, Status
from bookings.wording import gmt
from modules.locking import own_module

State = Proposal.State

log = logging.getLogger(__name__)


def accept(*, actor: Actor, proposal_id: UUID, at: datetime, version: int | None = None) -> Proposal:
    """Move the booking to the window that was kept for it. `version` is the booking's, as it was read."""
    with _answering(actor, proposal_id, version, at=at) as proposal:
        gone = _gone(proposal, at)
        if gone:
            raise InvalidTransition(gone)
        assert proposal.hold_id is not None  # noqa: S101 - it is open
        take_over(actor=actor, booking_id=proposal.booking_id, hold_id=proposal.hold_id, at=at)
        close(proposal, State.ACCEPTED, "", actor=actor, at=at)
    return proposal


def decline(*, actor: Actor, proposal_id: UUID, at: datetime, version: int | None = None) -> Proposal:
    """Let the window go; the booking stays where it is."""
    with _answering(actor, proposal_id, version, at=at) as proposal:
        end(proposal, State.DECLINED, "", actor=actor, at=at)
    return proposal


def withdraw(*, actor: Actor, proposal_id: UUID, at: datetime) -> Proposal:
    """Staff take a proposal back; its producer is told."""
    check_decides(actor)
    with _answering(actor, proposal_id, None, at=at) as proposal:
        end(proposal, State.WITHDRAWN, "", actor=actor, at=at)
    return proposal


def lapse_due(*, at: datetime) -> int:
    """End the proposals that were not answered in time, or whose booking or hold is not there any more; how many."""
    ended = 0
    for pk, module_id in Proposal.objects.to_end(at).values_list("pk", "booking__module"):
        try:
            ended += _lapse(pk, module_id, at)
        except OperationalError:
            raise  # the database is away: for all of them
        except Exception:
            log.exception("Proposal %s could not be ended; the others go on.", pk)
    return ended


def _lapse(pk: UUID, module_id: int, at: datetime) -> int:
    with transaction.atomic():
        own_module(module_id)
        proposal = read(pk)
        gone = _gone(proposal, at)
        if not proposal.is_open or not gone:
            return 0
        end(proposal, State.LAPSED, gone, actor=clock(), at=at)
    return 1


@contextmanager
def _answering(actor: Actor, proposal_id: UUID, version: int | None, *, at: datetime) -> Iterator[Proposal]:
    """An open proposal of theirs, its module owned; of two who answer at once one comes too late."""
    found = Proposal.objects.visible_to(actor).filter(pk=proposal_id)
    where = found.values_list("booking__module", "booking__organisation").first()
    if where is None:
        raise NotFound(_("There is no such proposal among yours."))
    if not actor.may_book_for(where[1]):
        raise NotAllowed(_("You may look at this organisation's bookings, but not change them."))
    with transaction.atomic():
        own_module(where[0])
        proposal = read(proposal_id)
        if not proposal.is_open:
            raise InvalidTransition(_answered(proposal))
        if version is not None and proposal.booking.version != version:
            said = _("%(booking)s has changed since you read it. Read it again, then decide.")
            raise StaleVersion(said % {"booking": proposal.booking})
        yield proposal


def _answered(proposal: Proposal) -> str:
    said = _("This proposal is not open any more: it was %(state)s.") % {"state": proposal.get_state_display()}
    return f"{said} {proposal.why}".strip()


def _gone(proposal: Proposal, at: datetime) -> str:
    """Why it can't be accepted any more; empty where it can."""
    hold, booking = proposal.hold, proposal.booking
    assert hold is not None and proposal.answer_by is not None  # noqa: S101, PT018 - it is open
    if proposal.answer_by <= at:
        return _("It was to be answered by %(when)s.") % {"when": gmt(proposal.answer_by)}
    if hold.status != Status.HELD or (hold.starts_at, hold.ends_at) != (proposal.starts_at, proposal.ends_at):
        return _("The hold %(hold)s, which kept the window, is %(status)s now.") % {
            "hold": hold,
            "status": Status(hold.status).label if hold.status != Status.HELD else _("elsewhere"),
        }
    if booking.status not in ACTIVE:
        return _("%(booking)s is %(status)s.") % {"booking": booking, "status": Status(booking.status).label}
    if (booking.starts_at, booking.ends_at) != (proposal.from_starts_at, proposal.from_ends_at):
        return _("%(booking)s was moved meanwhile.") % {"booking": booking}
    return ""
