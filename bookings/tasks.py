"""What Celery runs. Each task asks the database what is due, so it may run twice, late, or side by side."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from bookings import accounts, delivery, lifecycle, refreshing, replanning, webhooks
from bookings.models import IdempotencyRecord
from modules.models import Module

KEYS_KEPT = timedelta(hours=24)


@shared_task(name="bookings.tasks.expire_due")
def expire_due() -> int:
    """Expire the holds whose time is up and the requests that nobody answered; proposals first."""
    at = timezone.now()
    return replanning.lapse_due(at=at) + lifecycle.expire_due(at=at)


@shared_task(name="bookings.tasks.complete_past")
def complete_past() -> int:
    """Complete the confirmed bookings whose window is over."""
    return lifecycle.complete_past(at=timezone.now())


@shared_task(name="bookings.tasks.deliver_mail", soft_time_limit=delivery.LONGEST_S)
def deliver_mail() -> dict[str, int]:
    """Send the mails that are due; how many came to what."""
    return delivery.deliver_due(at=timezone.now())


@shared_task(name="bookings.tasks.deliver_webhooks", soft_time_limit=delivery.LONGEST_S)
def deliver_webhooks() -> int:
    """Send the webhook messages that are due; how many were accepted."""
    return webhooks.deliver_due(at=timezone.now())


@shared_task(name="bookings.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    """Forget the answers that have been kept for as long as was promised."""
    old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT)
    return old.delete()[0]


@shared_task(name="bookings.tasks.forget_unverified")
def forget_unverified() -> int:
    """Forget the sign-ups that nobody stood by; how many."""
    return accounts.forget_unverified(at=timezone.now())


@shared_task(name="bookings.tasks.refresh_elements")
def refresh_elements() -> int:
    """Fetch new orbit elements, where an address is set and it is time; how many now answer."""
    module = Module.objects.filter(slug=settings.ELEMENTS_MODULE).first()
    if module is None:
        return 0
    return len(refreshing.refresh_elements(module, settings.ELEMENTS_URL, at=timezone.now()))


@shared_task(name="bookings.tasks.issue_nominal")
def issue_nominal() -> int:
    """Issue the nominal elements of the day, for every module that still flies on them; how many."""
    return sum(len(refreshing.issue_nominal(module, at=timezone.now())) for module in Module.objects.all())
