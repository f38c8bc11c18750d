"""What the database says of the state of things, as gauges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily

from bookings.models import Booking, Mail, WebhookDelivery, WebhookEndpoint
from bookings.reminders import KINDS
from bookings.states import Status
from modules.models import EphemerisFile, Module

OPEN = (Status.HELD, Status.REQUESTED, Status.CONFIRMED)


def all_families(*, at: datetime) -> Iterator[GaugeMetricFamily]:
    yield from _bookings(at)
    yield from _outbox(at)
    yield from _webhooks(at)
    yield from _orbit_data(at)


def _bookings(at: datetime) -> Iterator[GaugeMetricFamily]:
    ahead = Booking.objects.filter(status__in=OPEN, ends_at__gt=at)
    by_status = dict(ahead.order_by().values_list("status").annotate(Count("pk")))
    family = GaugeMetricFamily("see1_bookings_ahead", "Bookings that are not over, by status.", labels=["status"])
    for status in OPEN:
        family.add_metric([str(status)], by_status.get(status, 0))
    yield family
    overdue = Booking.objects.expired_holds(at).aggregate(oldest=Min("hold_expires_at"))["oldest"]
    yield _gauge(
        "see1_hold_overdue_seconds", "How long the oldest hold that should have expired is overdue.", at, overdue
    )
    needing = Booking.objects.filter(status__in=OPEN, ends_at__gt=at).exclude(attention=[]).count()
    yield GaugeMetricFamily("see1_bookings_needing_attention", "Bookings that staff should look at.", value=needing)


def _outbox(at: datetime) -> Iterator[GaugeMetricFamily]:
    due = Mail.objects.filter(state=Mail.State.PENDING, due_at__lte=at)
    found = due.aggregate(
        count=Count("pk"), oldest=Min("due_at"), oldest_reminder=Min("due_at", filter=Q(kind__in=KINDS))
    )
    yield GaugeMetricFamily("see1_outbox_due", "Mails that are due and not sent.", value=found["count"])
    yield _gauge("see1_outbox_age_seconds", "How long the oldest mail that is not sent is due.", at, found["oldest"])
    yield _gauge(
        "see1_reminder_lag_seconds",
        "How long the oldest reminder that is not sent is due.",
        at,
        found["oldest_reminder"],
    )


def _webhooks(at: datetime) -> Iterator[GaugeMetricFamily]:
    oldest = WebhookDelivery.objects.due(at).values_list("due_at", flat=True).first()
    yield _gauge(
        "see1_webhook_age_seconds",
        "How long the oldest webhook message that may go out has been waiting.",
        at,
        oldest,
    )
    retried = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING, attempts__gt=0).count()
    yield GaugeMetricFamily("see1_webhooks_retrying", "Webhook messages that failed and wait for a try.", value=retried)
    paused = WebhookEndpoint.objects.filter(paused_at__isnull=False).count()
    yield GaugeMetricFamily("see1_webhook_endpoints_paused", "Endpoints paused after days of failure.", value=paused)


def _orbit_data(at: datetime) -> Iterator[GaugeMetricFamily]:
    """By module, the age of the newest ephemeris and how far it still reaches. No series where there is none."""
    age = GaugeMetricFamily("see1_ephemeris_age_seconds", "Age of the newest ephemeris.", labels=["module"])
    left = GaugeMetricFamily("see1_ephemeris_left_seconds", "How far the ephemeris still reaches.", labels=["module"])
    for module in Module.objects.order_by("slug"):
        newest = EphemerisFile.objects.filter(module=module).order_by("-created_at").first()
        if newest is not None:
            age.add_metric([module.slug], (at - newest.created_at).total_seconds())
            left.add_metric([module.slug], (newest.ends_at - at).total_seconds())
    yield from (age, left)


def _gauge(name: str, meaning: str, at: datetime, since: datetime | None) -> GaugeMetricFamily:
    """Seconds since an instant; 0 where there is none, so that an alert can end."""
    return GaugeMetricFamily(name, meaning, value=max(0.0, (at - since).total_seconds()) if since else 0.0)
