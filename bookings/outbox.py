"""Promise in the transaction, deliver afterwards: rows that say which mail is due to whom, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction

from bookings.models import Booking, Mail, Membership, Organisation, Role, User
from bookings.nudge import nudge
from bookings.tracing import current_request_id
from modules.planned import planned, send
from modules.prepared import insert_together


def recipients(booking: Booking) -> list[int]:
    """The users who are told of it: whoever made it, while they belong to its organisation; else the owners."""
    members = _members(booking)
    own = [user_id for user_id, _ in members if user_id == booking.created_by_id]
    return own or [user_id for user_id, role in members if role == Role.OWNER]


def _members(booking: Booking) -> list[tuple[int, str]]:
    """The organisation's active people and their roles; without a query where they were read before."""
    organisation = booking.organisation
    if hasattr(organisation, "active_members"):
        return organisation.active_members
    if "memberships" in getattr(organisation, "_prefetched_objects_cache", {}):
        return [(each.user_id, each.role) for each in organisation.memberships.all() if each.user.is_active]
    return [(user_id, role) for user_id, role in send(planned(_MEMBERS), [organisation.pk])]


_MEMBERS = (
    "SELECT member.user_id, member.role FROM bookings_membership AS member"
    " JOIN bookings_user AS person ON person.id = member.user_id"
    " WHERE member.organisation_id = %s AND person.is_active ORDER BY member.id"
)
"""Spelled out, because every change of a booking asks it."""


class Promise(NamedTuple):
    """A mail of a booking that is to be written: to whom, of which kind, known by what, and due when."""

    recipient_id: int
    kind: str
    once_key: str
    due_at: datetime


class Promises:
    """New mails of `booking`, which was changed at `at`; `context` is what they say beside the booking itself.

    A new booking has five of them or more. So they are written by one statement, which names once what they share, and
    no model is made of them. One that is known by the same key already is left out.
    """

    def __init__(self, booking: Booking, *, at: datetime, context: dict[str, Any] | None = None) -> None:
        self._shared = [booking.pk, json.dumps(context or {}), current_request_id(), at]

    def statement(self, rows: Sequence[Promise]) -> tuple[str, list[Any]]:
        people, kinds, keys, due = zip(*rows, strict=True)
        return planned(_PROMISE), [*self._shared, list(people), list(kinds), list(keys), list(due)]


_PROMISE = (
    "INSERT INTO bookings_mail (booking_id, context, request_id, created_at, recipient_id, kind, once_key, due_at,"
    " address, state, attempts, last_error, message_id)"
    " SELECT %s::uuid, %s::jsonb, %s::text, %s::timestamptz, promise.recipient_id, promise.kind, promise.once_key,"
    " promise.due_at, '', 'pending', 0, '', gen_random_uuid()"
    " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])"
    " AS promise (recipient_id, kind, once_key, due_at) ON CONFLICT DO NOTHING"
)


def promise(booking: Booking, kind: str, *, at: datetime, once: str, context: dict[str, Any] | None = None) -> None:
    """One mail of `kind` now to each recipient. `once` tells this occasion from others of its kind."""
    promises = promises_of(booking, kind, recipients(booking), at=at, once=once)
    insert_together((Promises(booking, at=at, context=context), promises))


def promises_of(booking: Booking, kind: str, people: Iterable[int], *, at: datetime, once: str) -> list[Promise]:
    """What `promise` writes, for whoever writes it in their own transaction with more beside it."""
    transaction.on_commit(nudge, robust=True)
    return [Promise(user_id, kind, f"{kind}:{booking.pk}:{user_id}:{once}", at) for user_id in people]


LOST = "lost_confirmation"
"""In what a mail of a change keeps: the booking was confirmed until then, and is requested anew."""

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
    said_of_all: dict[str, Any] = {"reason": context["reason"], "count": len(touched), "bookings": named}
    said_of_all["flagged"] = any(said.get("attention", said["findings"]) for _each, said in touched)
    said_of_all |= whose(each for each, _said in touched)
    key = f"{TOGETHER}:{user_id}:{once}"
    return Mail(recipient_id=user_id, kind=TOGETHER, once_key=key, context=said_of_all, due_at=at, created_at=at)


def whose(bookings: Iterable[Booking]) -> dict[str, list[str]]:
    """What a mail about several bookings keeps of their organisations: who belongs to none is not told of them."""
    return {"organisations": sorted({str(booking.organisation_id) for booking in bookings})}


def concerns_its_recipient(mail: Mail) -> bool:
    """Whether they still belong to an organisation that a mail about no single booking is about."""
    organisations = mail.context.get("organisations")
    if organisations is None:  # of an account
        return True
    return bool(Membership.objects.filter(organisation__in=organisations, user=mail.recipient).exists())


def tell_owners(organisation: Organisation, kind: str, *, at: datetime, once: str, context: dict[str, Any]) -> None:
    """One mail of `kind` now to each owner, about the organisation rather than a booking."""
    owners = organisation.memberships.select_related("user").filter(role=Role.OWNER, user__is_active=True)
    Mail.objects.bulk_create(
        [
            Mail(
                recipient=owner.user,
                kind=kind,
                once_key=f"{kind}:{owner.user_id}:{once}",
                context=context | {"organisations": [str(organisation.pk)]},
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
    """Its recipient has left the organisation: withdraw it, and promise the same to whoever stands in for them.

    They may have stood there before, and theirs have been withdrawn when somebody else took their place: it is
    promised again.
    """
    assert mail.booking is not None  # noqa: S101 - only a booking's mail has somebody to stand in
    about, separator, rest = mail.once_key.partition(f":{mail.recipient_id}:")
    same = [
        Mail(
            booking=mail.booking,
            recipient_id=user_id,
            kind=mail.kind,
            once_key=f"{about}:{user_id}:{rest}",
            context=mail.context,
            due_at=mail.due_at,
            created_at=mail.created_at,
        )
        for user_id in recipients(mail.booking)
        if separator
    ]
    withdrawn = Mail.objects.filter(once_key__in=[each.once_key for each in same], state=Mail.State.WITHDRAWN)
    withdrawn.update(state=Mail.State.PENDING, attempts=0, retry_at=None)
    Mail.objects.bulk_create(same, ignore_conflicts=True)
