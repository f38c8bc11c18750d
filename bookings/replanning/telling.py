"""One mail to each person about the windows that they are offered, however many of their bookings they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bookings import outbox
from bookings.models import Mail, Proposal, Rebooking
from bookings.nudge import nudge

KIND = "proposed"


def tell_of_proposals(offered: Sequence[Proposal], round_: Rebooking, *, at: datetime) -> None:
    """To be called in the transaction that offers them."""
    theirs: dict[int, list[Proposal]] = {}
    people = outbox.recipients_of([proposal.booking for proposal in offered])
    for proposal in offered:
        for user_id in people[proposal.booking_id]:
            theirs.setdefault(user_id, []).append(proposal)
    Mail.objects.bulk_create(
        [
            Mail(
                recipient_id=user_id,
                kind=KIND,
                once_key=f"{KIND}:{user_id}:{round_.pk}",
                context={
                    "reason": round_.reason,
                    "proposals": [str(proposal.pk) for proposal in proposals],
                    **outbox.whose(proposal.booking for proposal in proposals),
                },
                due_at=at,
                created_at=at,
            )
            for user_id, proposals in theirs.items()
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge, robust=True)
