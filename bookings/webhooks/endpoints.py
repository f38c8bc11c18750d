"""Endpoints: where to, which events, and the secret that signs."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bookings.exceptions import FieldError, Invalid
from bookings.models import Organisation, WebhookDelivery, WebhookEndpoint
from bookings.webhooks.announcing import EVENTS

OVERLAP = timedelta(hours=24)
MOST_PER_ORGANISATION = 20


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def add_endpoint(*, organisation: Organisation, url: str, events: Sequence[str], at: datetime) -> WebhookEndpoint:
    """A new endpoint with its own secret, which is shown this once."""
    _check(url, events)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # or many at once pass the limit
        if WebhookEndpoint.objects.filter(organisation=organisation).count() >= MOST_PER_ORGANISATION:
            detail = _("An organisation has at most %(most)s webhooks; delete one that is no longer used.") % {
                "most": MOST_PER_ORGANISATION
            }
            raise Invalid([FieldError("url", "too_many", detail)])
        return WebhookEndpoint.objects.create(
            organisation=organisation, url=url, events=list(events), secret=new_secret(), created_at=at
        )


def remove_endpoint(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Tell it no more, and drop what waits for delivery.

    It waits for whoever is sending to it, then for whoever is announcing to it: in the order in which a sender locks.
    """
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(paused_at=at)  # no sender begins anew
    with transaction.atomic():
        list(endpoint.deliveries.select_for_update().order_by("pk").values_list("pk", flat=True))
        standing = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
        if standing is not None:
            standing.delete()


def change_endpoint(
    endpoint: WebhookEndpoint, *, url: str | None = None, events: Sequence[str] | None = None
) -> WebhookEndpoint:
    _check(endpoint.url if url is None else url, endpoint.events if events is None else events)
    endpoint.url = endpoint.url if url is None else url
    endpoint.events = endpoint.events if events is None else list(events)
    endpoint.save(update_fields=["url", "events"])
    return endpoint


def rotate_secret(endpoint: WebhookEndpoint, *, at: datetime) -> WebhookEndpoint:
    """A new secret; for a day messages bear both signatures, so that the receiver can change over in between."""
    with transaction.atomic():
        standing: WebhookEndpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
        standing.previous_secret, standing.previous_until = standing.secret, at + OVERLAP
        standing.secret = new_secret()
        standing.save(update_fields=["secret", "previous_secret", "previous_until"])
    return standing


def resume(endpoint: WebhookEndpoint, *, at: datetime) -> WebhookEndpoint:
    """Send again to an endpoint that was paused; what waited is due now."""
    endpoint.paused_at, endpoint.paused_because = None, ""
    endpoint.save(update_fields=["paused_at", "paused_because"])
    endpoint.deliveries.filter(state="pending").update(due_at=at)
    return endpoint


def _check(url: str, events: Sequence[str]) -> None:
    errors = []
    schemes = {"https", "http"} if settings.WEBHOOKS_ALLOW_PRIVATE else {"https"}
    if not _is_address(url, schemes):
        detail = _("Give an address that starts with %(schemes)s:// and names a host, no password.") % {
            "schemes": " or ".join(sorted(schemes))
        }
        errors.append(FieldError("url", "invalid_url", detail))
    unknown = [name for name in events if name not in EVENTS]
    if unknown:
        detail = _("There is no event “%(event)s”; there are: %(events)s.") % {
            "event": unknown[0],
            "events": ", ".join(EVENTS),
        }
        errors.append(FieldError("events", "unknown_event", detail))
    if len(set(events)) < len(events):
        errors.append(FieldError("events", "duplicate", _("Name each event once.")))
    if errors:
        raise Invalid(errors)


def _is_address(url: str, schemes: set[str]) -> bool:
    """Whether a request could be made to `url`: a host in ASCII (as IDNA writes others), a real port, no password."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises for what is no port
    except ValueError:
        return False
    plain = url.isascii() and not any(sign.isspace() for sign in url)
    return plain and parts.scheme in schemes and bool(parts.hostname) and not parts.username and not parts.password


def resend(delivery: WebhookDelivery, *, at: datetime) -> WebhookDelivery:
    """Send a message once more, with its own id, whatever became of it before."""
    delivery.state, delivery.attempts, delivery.due_at = WebhookDelivery.State.PENDING, 0, at
    delivery.save(update_fields=["state", "attempts", "due_at"])
    return delivery
