"""What is counted while bookings are made, refused, searched for and told about; shown at `/metrics`.

Only what happens is counted here, in each process; what is (how old the outbox is, say) is asked of the database
when it is scraped, by `see1.metrics`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from django.db import transaction
from prometheus_client import Counter, Histogram

from bookings.models import Mail

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LAG_SECONDS = (1, 5, 15, 30, 60, 120, 300, 900, 3600, 6 * 3600, 86_400)

CHANGES = Counter(
    "see1_booking_changes_total",
    "What was done with bookings, once it was committed.",
    ["action", "status", "via"],
)
REFUSALS = Counter("see1_refusals_total", "What was refused, by its code.", ["code", "face"])
SEARCHES = Histogram("see1_search_seconds", "Time that a search for windows took.", ["outcome"], buckets=SECONDS)
MAILS = Counter("see1_mails_total", "Mails tried, by what became of them.", ["kind", "outcome"])
MAIL_LAG = Histogram(
    "see1_mail_lag_seconds", "From when a mail was due to when it was sent.", ["kind"], buckets=LAG_SECONDS
)
WEBHOOKS = Counter("see1_webhook_attempts_total", "Webhook messages tried, by what became of them.", ["outcome"])


def changed(action: str, status: str, via: str) -> None:
    """Count a change once its transaction has kept it; one that is undone never happened."""
    transaction.on_commit(partial(CHANGES.labels(action=action, status=status, via=via).inc))


def mailed(mail: Mail, *, at: datetime) -> None:
    """Count what became of a mail that was tried, and how late it was if it went out."""
    MAILS.labels(kind=mail.kind, outcome=mail.state).inc()
    if mail.state == Mail.State.SENT:
        MAIL_LAG.labels(kind=mail.kind).observe(max(0.0, (at - mail.due_at).total_seconds()))


@contextmanager
def searching() -> Iterator[Callable[[bool], None]]:
    """Time a search; tell what is given whether it found anything. One that is not told was refused or failed."""
    began, outcome = time.monotonic(), "refused"

    def found(anything: bool) -> None:
        nonlocal outcome
        outcome = "found" if anything else "none"

    try:
        yield found
    finally:
        SEARCHES.labels(outcome=outcome).observe(time.monotonic() - began)


def refused(code: str, face: str) -> None:
    REFUSALS.labels(code=code, face=face).inc()
