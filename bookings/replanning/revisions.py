"""A change of the schedule previewed, applied as one revision, and taken back by another.

A preview makes the change inside a savepoint that is undone, and keeps what came of it. Applying it makes it again,
and compares: where anything is not what was shown, because somebody changed the schedule or a booking since, nothing
is done. So what was previewed is what happens, or nothing is.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from django.db import connection, transaction

from bookings import outbox, webhooks
from bookings.actors import Actor
from bookings.exceptions import InvalidTransition, NotFound, StalePreview
from bookings.models import ScheduleRevision
from bookings.replanning import asking
from bookings.replanning.effects import Outcome
from bookings.replanning.working import Worked, check_staff, work, write_flags
from modules import operations
from modules.locking import own_module
from modules.models import Module

State = ScheduleRevision.State


def preview(
    module: Module, change: partial[Any], *, reason: str, actor: Actor, at: datetime, returns: int | None = None
) -> ScheduleRevision:
    """What `change` would do, kept and not done. `returns` is the revision that it takes back.

    Raises NotAllowed for others than staff, and whatever the verb raises.
    """
    check_staff(actor)
    asked = asking.write(change)
    with transaction.atomic():
        undone = transaction.savepoint()
        worked = work(module, change, reason=reason, actor=actor, at=at)
        transaction.savepoint_rollback(undone)
        return record(module, asked, worked, reason=reason, actor=actor, at=at, returns=returns)


def apply_preview(revision_id: int, *, actor: Actor, at: datetime) -> ScheduleRevision:
    """Do what the preview showed, all of it. Raises StalePreview, and does nothing, where it would be anything else."""
    check_staff(actor)
    with transaction.atomic():
        revision = _owned(revision_id)
        if revision.is_applied:
            raise InvalidTransition(f"{revision} was applied already, by {revision.applied_by}.")
        change = change_of(revision, at=at)
        worked = work(revision.module, change, reason=revision.reason, actor=actor, at=at)
        if worked.digest != revision.digest:
            raise StalePreview(
                f"Something changed since {revision} was previewed, so it would no longer do what it showed. "
                "Nothing was done. Preview it anew, then decide."
            )
        revision.changes = worked.changes  # with the keys that what is new was really given
        carry_out(revision, worked, actor=actor, at=at)
    return revision


def preview_again(revision_id: int, *, actor: Actor, at: datetime) -> ScheduleRevision:
    """The same change previewed as things are now; the old preview stays as it is."""
    revision = _found(revision_id)
    returns = revision.takes_back_id
    return preview(
        revision.module, change_of(revision, at=at), reason=revision.reason, actor=actor, at=at, returns=returns
    )


def preview_return(revision_id: int, *, reason: str, actor: Actor, at: datetime) -> ScheduleRevision:
    """A preview of taking an applied revision back. Raises ScheduleConflict where a later one stands in the way."""
    check_staff(actor)
    revision = _found(revision_id)
    if not revision.is_applied:
        raise InvalidTransition(f"{revision} was never applied: there is nothing to take back.")
    later = revision.taken_back_by.filter(state=State.APPLIED).first()
    if later is not None:
        raise InvalidTransition(f"{revision} was taken back already, by {later}.")
    change = partial(operations.restore, module=revision.module, changes=revision.changes)
    return preview(revision.module, change, reason=reason, actor=actor, at=at, returns=revision.pk)


def _found(revision_id: int) -> ScheduleRevision:
    found: ScheduleRevision | None = (
        ScheduleRevision.objects.select_related("module", "takes_back").filter(pk=revision_id).first()
    )
    if found is None:
        raise NotFound("There is no such revision.")
    return found


def _owned(revision_id: int) -> ScheduleRevision:
    """The revision as it is with its module owned: of two who apply it at once, the second sees that it is done."""
    own_module(_found(revision_id).module_id)
    revision = _found(revision_id)
    earlier = revision.takes_back and revision.takes_back.taken_back_by.filter(state=State.APPLIED).first()
    if earlier and not revision.is_applied:
        raise InvalidTransition(f"{revision.takes_back} was taken back already, by {earlier}.")
    return revision


def change_of(revision: ScheduleRevision, *, at: datetime) -> partial[Any]:
    """The verb that the revision asks for, with what it is called with."""
    content = None if revision.content is None else bytes(revision.content)
    return asking.read(asking.Asked(revision.verb, revision.asked, content), revision.module, at=at)


def record(
    module: Module,
    asked: asking.Asked,
    worked: Worked[Any],
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    returns: int | None = None,
) -> ScheduleRevision:
    """Keep what was worked out, as not applied, before any booking is written."""
    counted = [effect.outcome for effect in worked.effects]
    touched = [effect.booking for effect in worked.effects if effect.changes]
    revision = ScheduleRevision(
        module=module,
        state=State.PREVIEWED,
        verb=asked.verb,
        asked=asked.values,
        content=asked.content,
        reason=reason.strip(),
        author=actor.label[:200],
        user=actor.user,
        via=actor.via,
        prepared_at=at,
        changes=worked.changes,
        digest=worked.digest,
        flagged=counted.count(Outcome.FLAGGED),
        cleared=counted.count(Outcome.CLEARED),
        staying=counted.count(Outcome.STAYS),
        told=len(set(chain.from_iterable(outbox.recipients_of(touched).values()))),
        takes_back_id=returns,
    )
    revision.save(force_insert=True)
    _keep_touched(revision, worked)
    return revision


def _keep_touched(revision: ScheduleRevision, worked: Worked[Any]) -> None:
    """One row a booking, all in one text that PostgreSQL takes apart: thousands of objects would cost a second."""
    rows = [
        {
            "booking_id": str(effect.booking.pk),
            "outcome": effect.outcome,
            "status": effect.booking.status,
            "version": effect.booking.version,
            "attention_before": list(effect.booking.attention),
            "attention_after": effect.flags,
            "phase_before": effect.booking.phase.kind,
            "phase_after": effect.phase.kind,
            "findings": [{"code": finding.code, "detail": str(finding.detail)} for finding in effect.findings],
        }
        for effect in worked.effects
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP_TOUCHED, [revision.pk, json.dumps(rows)])


KEEP_TOUCHED = """
    INSERT INTO bookings_revisedbooking
           (revision_id, booking_id, outcome, status, version,
            attention_before, attention_after, phase_before, phase_after, findings)
    SELECT %s, touched.*
      FROM jsonb_to_recordset(%s::jsonb)
        AS touched(booking_id uuid, outcome text, status text, version int,
                   attention_before jsonb, attention_after jsonb, phase_before text, phase_after text, findings jsonb)
"""


def carry_out(revision: ScheduleRevision, worked: Worked[Any], *, actor: Actor, at: datetime) -> None:
    """Write what was worked out into the bookings, tell of it, and keep that it was done."""
    webhooks.announce_closures(revision.module, after=worked.closures_after, at=at)
    write_flags(worked.effects, reason=revision.reason, actor=actor, at=at, once=str(revision.pk))
    revision.state, revision.applied_at, revision.applied_by = State.APPLIED, at, actor.label[:200]
    revision.save()
