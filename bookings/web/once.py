"""A form that is sent twice has one effect: the second finds what the first made.

Each form carries a token. It is written in the transaction of the effect itself, under a unique constraint, so the
second of two clicks waits for the first and is then led to the same booking, or told the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from bookings.models import Booking, IdempotencyRecord, User

Body = dict[str, Any]


def made_by(user: User, token: UUID | None) -> UUID | None:
    """The booking that the form with this token made already."""
    body = _told(f"page:{user.pk}", token) if token else None
    return UUID(body["id"]) if body else None


def once(user: User, token: UUID | None, make: Callable[[], Booking], *, at: datetime) -> UUID:
    """The id of what `make` makes, or made when this token was first sent."""
    if token is None:
        return make().pk
    return UUID(_once(f"page:{user.pk}", token, lambda: {"id": str(make().pk)}, at)["id"])


def import_once(user: User, token: UUID, take: Callable[[], Body], *, at: datetime) -> Body:
    """What `take` says of the import that it does, or said when this token was first sent.

    Where it raises, nothing has been done, and the token is good for another time.
    """
    return _once(f"import:{user.pk}", token, take, at)


class _SentTwice(Exception):
    pass


def _once(caller: str, token: UUID, make: Callable[[], Body], at: datetime) -> Body:
    try:
        with transaction.atomic():
            record = _open_record(caller, token, at)
            record.body = make()
            record.save(update_fields=["body"])
            return record.body
    except _SentTwice:
        told = _told(caller, token)
        assert told is not None  # noqa: S101 - the first one's transaction has ended, or ours had gone through
        return told


def _told(caller: str, token: UUID) -> Body | None:
    record = IdempotencyRecord.objects.filter(caller=caller, key=token.hex).first()
    return record.body or None if record else None


def _open_record(caller: str, token: UUID, at: datetime) -> IdempotencyRecord:
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                caller=caller, key=token.hex, fingerprint="page", status_code=302, created_at=at
            )
    except IntegrityError as error:
        raise _SentTwice from error
