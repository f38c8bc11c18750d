"""A form that is sent twice has one effect: the second finds what the first made.

Each form carries a token. It is written in the transaction of the booking itself, under a unique constraint, so the
second of two clicks waits for the first and is then led to the same booking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bookings.models import Booking, IdempotencyRecord, User


def made_by(user: User, token: UUID | None) -> UUID | None:
    """The booking that the form with this token made already."""
    if token is None:
        return None
    record = IdempotencyRecord.objects.filter(caller=_caller(user), key=token.hex).first()
    return UUID(record.body["id"]) if record and record.body else None


def once(user: User, token: UUID | None, make: Callable[[], Booking], *, at: datetime) -> UUID:
    """The id of what `make` makes, or made when this token was first sent."""
    if token is None:
        return make().pk
    try:
        with transaction.atomic():
            record = _open_record(user, token, at)
            booking = make()
            record.body = {"id": str(booking.pk)}
            record.save(update_fields=["body"])
            return booking.pk
    except _SentTwice:
        made = made_by(user, token)
        assert made is not None  # noqa: S101 - the first one's transaction has ended, or ours had gone through
        return made


class _SentTwice(Exception):
    pass


def _open_record(user: User, token: UUID, at: datetime) -> IdempotencyRecord:
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                caller=_caller(user), key=token.hex, fingerprint="page", status_code=302, created_at=at
            )
    except IntegrityError as error:
        raise _SentTwice from error


def _caller(user: User) -> str:
    return f"page:{user.pk}"
