"""`Idempotency-Key`: a request that is sent again is answered again, and done once.

The answer is written in the transaction of the effect itself, so a crash leaves both or neither. A lock on the key
lets a second request wait for what the first is answered, and answer the same; where that takes too long it is told
so, and keeps nobody else from being served. The effect runs in a savepoint: a refusal takes back all of it, and only
the refusal is kept. What depends on who asks, how often or with which version is not kept, nor is a fault of ours:
such a request may be tried again with the same key.

An answer that shows a secret is kept without it: its view says what to keep, and puts the secret back from where it is
kept anyway.
"""

from __future__ import annotations

import functools
import hashlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.exceptions import IdempotencyInFlight, IdempotencyKeyReused, InvalidIdempotencyKey
from bookings.models import ApiKey, IdempotencyRecord
from modules.prepared import Insert, Prepared, Slot, insert_together

KEPT = timedelta(hours=24)
LONGEST_KEY = 255
TRIES, PAUSE_S = 100, 0.05
"""Five seconds for the first request with a key: the longest that booking takes on a machine that is busy."""
NOT_KEPT = frozenset({401, 403, 408, 412, 413, 415, 428, 429})
KEPT_HEADERS = ("Content-Type", "Content-Disposition", "ETag", "Location")

Handler = Callable[..., Any]


class ShowsSecret(ABC):
    """A view whose answers may show a secret, this once."""

    @abstractmethod
    def without_secret(self, data: dict[str, Any]) -> dict[str, Any]:
        """What may be kept of an answer, a refusal or not."""

    @abstractmethod
    def with_secret(self, kept: dict[str, Any]) -> dict[str, Any]:
        """The answer as it was given."""


class Draws(ABC):
    """A view whose answers are drawn from what is kept of them."""

    @abstractmethod
    def drawn_again(self, kept: Any) -> bytes:
        """The answer as it was given; only of what was no refusal."""


def idempotent(handler: Handler) -> Handler:
    """A `post` that takes an Idempotency-Key."""

    @functools.wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        key = key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        caller, fingerprint, at = caller_of(request), fingerprint_of(request), timezone.now()
        with transaction.atomic():
            _take(caller, key)
            record = _known(caller, key, at)
            if record is not None:
                return _replay(view, record, fingerprint)
            response = _undoing_refusals(view, lambda: handler(view, request, *args, **kwargs))
            _keep(view, response, caller=caller, key=key, fingerprint=fingerprint, at=at)
        return response

    return once


def key_of(request: Request) -> str | None:
    key: str | None = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= sign <= "~" for sign in key):
        raise InvalidIdempotencyKey(
            _("An Idempotency-Key has 1 to %(most)s visible ASCII characters; a UUID is a good one.")
            % {"most": LONGEST_KEY}
        )
    return key


def caller_of(request: Request) -> str:
    return f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"


def fingerprint_of(request: Request) -> str:
    """The same for the same request, however its JSON is spaced and ordered."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def forget_old(*, at: datetime) -> int:
    """Drop what is kept longer than it need be; how many."""
    return IdempotencyRecord.objects.filter(created_at__lte=at - KEPT).delete()[0]


def _take(caller: str, key: str) -> None:
    """The key to oneself until the transaction ends, as soon as nobody else has it; a refusal where that takes long."""
    digest = hashlib.sha256(f"{caller}\n{key}".encode()).digest()
    with connection.cursor() as cursor:
        for left in reversed(range(TRIES)):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
            if cursor.fetchone()[0]:
                return
            if left:
                time.sleep(PAUSE_S)
    raise IdempotencyInFlight(_("A request with this Idempotency-Key is being answered. Send it again shortly."))


def _known(caller: str, key: str, at: datetime) -> IdempotencyRecord | None:
    record = _RECORD.first(caller=caller, key=key)
    if record is not None and record.created_at <= at - KEPT:
        record.delete()
        return None
    return record


_RECORD = Prepared[IdempotencyRecord](
    lambda: IdempotencyRecord.objects.filter(caller=Slot("caller"), key=Slot("key")).order_by()
)
_NEW_RECORD = Insert(IdempotencyRecord)


def _replay(view: Any, record: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if record.fingerprint != fingerprint:
        raise IdempotencyKeyReused(_("This Idempotency-Key was used for another request. Take a new one."))
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    body: Any = record.body
    if record.status_code < 400 and isinstance(view, Draws):
        body = view.drawn_again(json.loads(body))
    if body and isinstance(view, ShowsSecret):
        body = _written(view.with_secret(json.loads(body)))
    return HttpResponse(body, status=record.status_code, headers=headers)


def _undoing_refusals(view: Any, effect: Callable[[], Response]) -> Response:
    """What `effect` answers; where it refuses, all that it did is undone."""
    try:
        with transaction.atomic():
            return effect()
    except Exception as error:
        answer = view.get_exception_handler()(error, view.get_exception_handler_context())
        if answer is None:
            raise
        answer.exception = True
        response: Response = answer
        return response


def _keep(view: Any, response: Response, *, caller: str, key: str, fingerprint: str, at: datetime) -> None:
    if response.status_code in NOT_KEPT or response.status_code >= 500:
        return
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    headers["Content-Type"] = response.content_type or "application/json"
    record = IdempotencyRecord(
        caller=caller,
        key=key,
        fingerprint=fingerprint,
        status_code=response.status_code,
        headers=headers,
        body=_written(view.without_secret(response.data) if isinstance(view, ShowsSecret) else response.data),
        created_at=at,
    )
    insert_together((_NEW_RECORD, [record]))


def _written(data: Any) -> str:
    """As text: the same to the byte when it is sent again."""
    return JSONRenderer().render(data).decode()
