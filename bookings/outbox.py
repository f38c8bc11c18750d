"""Promise in the transaction, deliver afterwards: rows that say which mail is due to whom, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from bookings.models import Booking, Mail, Membership, Organisation, Role, User
from bookings.nudge import nudge


def recipients(booking: Booking) -> list[User]:
    """Whoever made the booking, while they belong to its organisation; else the organisation's owners."""
    members = [member for member in members_of(booking.organisation) if member.user.is_active]
    own = [member.user for member in members if member.user_id == booking.created_by_id]
    return own or [member.user for member in members if member.role == Role.OWNER]


def members_of(organisation: Organisation) -> list[Membership]:
    """With their users; without a query where they were read before."""
    if "memberships" in getattr(organisation, "_prefetched_objects_cache", {}):
        return list(organisation.memberships.all())
    return list(organisation.memberships.select_related("user"))


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
    transaction.on_commit(nudge, robust=True)


TOGETHER = "replanned"
"""The kind of a mail about several bookings that one change of the schedule touches."""

LISTED = 100
"""How many bookings such a mail names one by one; it counts the others."""


def promise_together(
    bookings: Sequence[Booking], contexts: Sequence[dict[str, Any]], *, at: datetime, once: str
) -> None:
    """One mail to each person, however many of `bookings` are theirs: about the one, or about all of them."""
    theirs: dict[int, list[tuple[Booking, dict[str, Any]]]] = {}
    people = recipients_of(bookings)
    for booking, context in zip(bookings, contexts, strict=True):
        for user_id in people[booking.pk]:
            theirs.setdefault(user_id, []).append((booking, context))
    mails = [_about(user_id, touched, at, once) for user_id, touched in theirs.items()]
    Mail.objects.bulk_create(mails, batch_size=1000, ignore_conflicts=True)
    transaction.on_commit(nudge, robust=True)


def recipients_of(bookings: Sequence[Booking]) -> dict[UUID, list[int]]:
    """The ids of the `recipients` of each booking, in one query."""
    organisations = {booking.organisation_id for booking in bookings}
    active = Membership.objects.filter(organisation__in=organisations, user__is_active=True).order_by("pk")
    members: dict[UUID, dict[int, str]] = {pk: {} for pk in organisations}
    for organisation_id, user_id, role in active.values_list("organisation_id", "user_id", "role"):
        members[organisation_id][user_id] = role
    owners = {pk: [user for user, role in theirs.items() if role == Role.OWNER] for pk, theirs in members.items()}
    return {
        booking.pk: [booking.created_by_id]
        if booking.created_by_id in members[booking.organisation_id]
        else owners[booking.organisation_id]
        for booking in bookings
    }


def _about(user_id: int, touched: Sequence[tuple[Booking, dict[str, Any]]], at: datetime, once: str) -> Mail:
    booking, context = touched[0]
    if len(touched) == 1:
        key = f"attention:{booking.pk}:{user_id}:{booking.version}"
        return Mail(
            booking=booking,
            recipient_id=user_id,
            kind="attention",
            once_key=key,
            context=context,
            due_at=at,
            created_at=at,
        )
    named = [{"booking": str(each.pk), "findings": said["findings"]} for each, said in touched[:LISTED]]
    said_of_all = {"reason": context["reason"], "count": len(touched), "bookings": named}
    key = f"{TOGETHER}:{user_id}:{once}"
    return Mail(recipient_id=user_id, kind=TOGETHER, once_key=key, context=said_of_all, due_at=at, created_at=at)


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


def write_to(
    address: str, kind: str, *, recipient: User | None, context: dict[str, Any], at: datetime, once: str = ""
) -> None:
    """One mail of `kind` now to an address, about an account or an invitation rather than a booking."""
    Mail.objects.bulk_create(
        [
            Mail(
                recipient=recipient,
                address=address,
                kind=kind,
                once_key=f"{kind}:{once or uuid4()}",
                context=context,
                due_at=at,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(nudge, robust=True)


def withdraw(mails: Iterable[Mail]) -> None:
    """Take back what is not sent yet.

    What is being sent this moment is left to its sender, who looks again before another try: a booking never
    waits for a slow mail server.
    """
    pending = Mail.objects.filter(pk__in=[mail.pk for mail in mails], state=Mail.State.PENDING)
    Mail.objects.filter(pk__in=list(pending.claimed().values_list("pk", flat=True))).update(state=Mail.State.WITHDRAWN)


def readdress(mail: Mail) -> None:
    """Its recipient has left the organisation: withdraw it, and promise the same to whoever stands in for them."""
    assert mail.booking is not None  # noqa: S101 - only a booking's mail has somebody to stand in
    about, separator, rest = mail.once_key.partition(f":{mail.recipient_id}:")
    Mail.objects.bulk_create(
        [
            Mail(
                booking=mail.booking,
                recipient=user,
                kind=mail.kind,
                once_key=f"{about}:{user.pk}:{rest}",
                context=mail.context,
                due_at=mail.due_at,
                created_at=mail.created_at,
            )
            for user in recipients(mail.booking)
            if separator
        ],
        ignore_conflicts=True,
    )
