"""Celery's broker by its address, and how its work is told apart: one queue for each kind that can pile up."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

SCHEMES = ("redis", "rediss", "sentinel", "amqp", "amqps")
VISIBILITY_S = 600
"""Longer than any task may run: a message that Redis believes lost is delivered again."""

REST = "celery"
QUEUES = [Queue(name) for name in (REST, "mail", "webhooks", "orbit")]
"""A worker takes from all of them, or from those that its `--queues` names."""

ROUTES = {
    "bookings.tasks.deliver_mail": {"queue": "mail"},
    "bookings.tasks.deliver_webhooks": {"queue": "webhooks"},
    "bookings.tasks.refresh_elements": {"queue": "orbit"},
    "bookings.tasks.issue_nominal": {"queue": "orbit"},
    "modules.tasks.*": {"queue": "orbit"},
}


def checked_url(value: str) -> str:
    """`value`, where it names a broker that we know how to speak to. Sentinels are several, with `;` between."""
    if urlsplit(value.split(";")[0]).scheme not in SCHEMES:
        raise ImproperlyConfigured(
            "BROKER_URL is no broker's address: it reads redis://, sentinel:// or amqp://user:password@host:port/name."
        )
    return value


def transport_options(url: str, *, sentinel_master: str) -> dict[str, Any]:
    """What the transport of `url` understands; each refuses what another one needs."""
    scheme = urlsplit(url.split(";")[0]).scheme
    if scheme in {"amqp", "amqps"}:
        return {"confirm_publish": True}
    options: dict[str, Any] = {
        "visibility_timeout": VISIBILITY_S,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "socket_keepalive": True,
    }
    if scheme != "sentinel":
        return options
    if not sentinel_master:
        raise ImproperlyConfigured(
            "BROKER_SENTINEL_MASTER must name the master that the sentinels of BROKER_URL watch."
        )
    return options | {"master_name": sentinel_master}
