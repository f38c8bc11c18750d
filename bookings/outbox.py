"""Promise in the transaction, deliver afterwards: rows that say which mail is due to whom, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bookings.models import Booking, Mail, Organisation, Role, User


def recipients(booking: Booking) -> list[User]:
    """Whoever made the booking, while they belong to its organisation; else the organisation's owners."""
    members = booking.organisation.memberships.select_related("user").filter(user__is_active=True)
    own = [member.user for member in members if member.user_id == booking.created_by_id]
    return own or [member.user for member in members if member.role == Role.OWNER]


def promise(booking: Booking, kind: str, *, at: datetime, once: str, context: dict[str, Any] | None = None) -> None:
    """One mail of `kind` now to each recipient. `once` tells this occasion from others of its kind."""
    Mail.objects.bulk_create(
        [
            Mail(
                booking=booking,
                recipient=user,
                kind=kind,
                once_key=f"{kind}:{booking.pk}:{user.pk}:{once}",
                context=context or {},
                due_at=at,
                created_at=at,
            )
            for user in recipients(booking)
        ],
        ignore_conflicts=True,
    )


def tell_owners(organisation: Organisation, kind: str, *, at: datetime, once: str, context: dict[str, Any]) -> None:
    """One mail of `kind` now to each owner, about the organisation rather than a booking."""
    owners = organisation.memberships.select_related("user").filter(role=Role.OWNER, user__is_active=True)
    Mail.objects.bulk_create(
        [
            Mail(
                recipient=owner.user,
                kind=kind,
                once_key=f"{kind}:{owner.user_id}:{once}",
                context=context,
                due_at=at,
                created_at=at,
            )
            for owner in owners
        ],
        ignore_conflicts=True,
    )


def withdraw(mails: Iterable[Mail]) -> None:
    """Take back what is not sent yet."""
    Mail.objects.filter(pk__in=[mail.pk for mail in mails], state=Mail.State.PENDING).update(state=Mail.State.WITHDRAWN)
