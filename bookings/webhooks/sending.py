"""Sending what is queued: in order per booking and endpoint, with growing pauses, for three days.

A delivery is claimed with `skip_locked` and marked in the same transaction; a crash in between repeats it with the
same `webhook-id`, by which receivers tell a repetition. While one message of a booking waits for its next try, the
later ones of that booking wait behind it; other bookings go on. An endpoint that fails for three days is paused and
the organisation's owners are told.

What is slow is slow for its own organisation: of each run an organisation gets a share of time, and who has used it up
comes again in the next.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from standardwebhooks import Webhook

from bookings import measures, outbox, tracing
from bookings.models import WebhookDelivery, WebhookEndpoint
from bookings.webhooks.connection import Unreachable, post

# Pauses before the second try, the third …: three days in all.
PAUSES = [
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=25),
]
JITTER = 0.2
RUN_S = 20  # a run begins no further message after this long: slow receivers leave other tasks their turn
SHARE_S = 4
"""Of a run, for each organisation; a message that was begun in it may take longer."""
log = logging.getLogger(__name__)


def deliver_due(*, at: datetime, most: int = 200) -> int:
    """Send what is due at `at`, at most `most` messages; how many were accepted."""
    accepted, until = 0, time.monotonic() + RUN_S
    used_s: dict[UUID, float] = defaultdict(float)
    for _ in range(most):
        begun = time.monotonic()
        if begun >= until:
            break
        over = [organisation for organisation, seconds in used_s.items() if seconds >= SHARE_S]
        with transaction.atomic():
            delivery = WebhookDelivery.objects.due(at).of_others_than(over).claimed().first()
            if delivery is None:
                break
            accepted += _attempt(delivery, at)
        used_s[delivery.endpoint.organisation_id] += time.monotonic() - begun
    return accepted


def _attempt(delivery: WebhookDelivery, at: datetime) -> bool:
    with tracing.bound(delivery.request_id):
        return _try(delivery, at)


def _try(delivery: WebhookDelivery, at: datetime) -> bool:
    delivery.attempts += 1
    try:
        body, headers = signed(delivery, at)
        delivery.last_status = post(delivery.endpoint.url, body, headers)
        delivery.last_error = "" if 200 <= delivery.last_status < 300 else f"It answered {delivery.last_status}."
    except Unreachable as error:
        delivery.last_status, delivery.last_error = None, str(error)
    except Exception as error:  # whatever one address brings about, the other organisations' messages go on
        log.exception("Webhook message %s could not be sent.", delivery.pk)
        delivery.last_status, delivery.last_error = None, f"It could not be sent: {type(error).__name__}."
    if not delivery.last_error:
        delivery.state, delivery.delivered_at = WebhookDelivery.State.DELIVERED, at
    elif delivery.attempts > len(PAUSES):
        delivery.state = WebhookDelivery.State.FAILED
        _pause(delivery.endpoint, delivery.last_error, at)
    else:
        delivery.due_at = at + pause_after(delivery.attempts)
    delivery.save()
    measures.WEBHOOKS.labels(outcome="failed" if delivery.last_error else "delivered").inc()
    if delivery.last_error:
        log.warning("Webhook message %s failed (try %s): %s", delivery.pk, delivery.attempts, delivery.last_error)
    return not delivery.last_error


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the given number of tries; spread, so that a recovering receiver is not stampeded."""
    pause = PAUSES[attempts - 1]
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, hides nothing


def signed(delivery: WebhookDelivery, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Body and headers, signed with the endpoint's secret, and with the one before it while that is still good."""
    body = json.dumps(delivery.payload, separators=(",", ":"), ensure_ascii=False)
    message_id = f"msg_{delivery.message_id.hex}"
    endpoint = delivery.endpoint
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > at:
        secrets.append(endpoint.previous_secret)
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets]
    headers = {
        "content-type": "application/json",
        "user-agent": "SEE-1-Bookings/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return body.encode(), headers


def _pause(endpoint: WebhookEndpoint, why: str, at: datetime) -> None:
    endpoint.paused_at, endpoint.paused_because = at, why[:300]
    endpoint.save(update_fields=["paused_at", "paused_because"])
    outbox.tell_owners(
        endpoint.organisation,
        "webhook_paused",
        at=at,
        once=f"{endpoint.pk}:{at.isoformat()}",
        context={"url": endpoint.url, "why": why[:300], "settings": f"{settings.PUBLIC_URL}/api/v1/webhooks/"},
    )
