"""The admin's pages, from its own addresses, so that a new one is looked at as soon as it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import URLPattern

from tests.stack import RunningStack

ADMIN = "/admin/"
ONE = "<path:object_id>/"
NOT_LOOKED_AT = {
    "login/": "leads on to the product's own log-in, which is looked at as such",
    "logout/": "only POST",
    "autocomplete/": "for scripts",
    "jsi18n/": "for scripts",
    "search/": "a part of a page, for scripts",
    "r/<path:content_type_id>/<path:object_id>/": "leads on",
    f"{ONE}history/": "leads on to the list of the audit",
    "(?P<app_label>modules|auth|bookings|mfa)/$": "what the menu has, once more",
}
"""Addresses, by their ends, that are no page of their own, each with why."""


def routes() -> list[str]:
    """The paths of the admin's pages below `/admin/`, `<path:object_id>` or `<id>` where a thing's key stands."""
    return sorted(path for path in _named(admin.site.get_urls()) if not path.endswith(tuple(NOT_LOOKED_AT)))


def _named(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from _named(pattern.url_patterns, path)
        elif pattern.name:  # Django's own without one lead on from addresses of old
            yield path


def addresses(stack: RunningStack) -> list[str]:
    """Each page's address in the demo, with the key of a thing where it is the page of one."""
    keys = json.loads(stack.manage("shell", "--verbosity", "0", "-c", _KEYS).splitlines()[-1])
    found = []
    for route in routes():
        label = ".".join(route.split("/")[:2])
        needs_key = ONE in route or "<id>/" in route
        assert not needs_key or keys[label], f"There is no {label} to look at: make one in _KEYS."
        key = f"{keys.get(label)}/"
        found.append(ADMIN + route.replace(ONE, key).replace("<id>/", key))
    return found


# What the demo has nothing of is made, so that nothing comes of it: paused, withdrawn, long past, not due in our time.
_KEYS = """
import json
from datetime import datetime, timedelta, UTC
from allauth.mfa.models import Authenticator
from django.contrib import admin
from bookings.models import Booking, Organisation, User, WebhookDelivery, WebhookEndpoint
from modules.models import ElementFeed, EphemerisFile, Module, TrajectoryEvent

then, day = datetime(2021, 11, 1, tzinfo=UTC), timedelta(days=1)
module, organisation = Module.objects.first(), Organisation.objects.first()
endpoint, _ = WebhookEndpoint.objects.get_or_create(
    url="https://walk.example/", organisation=organisation,
    defaults={"secret": "whsec_walk", "created_at": then, "paused_at": then, "paused_because": "Only to look at."},
)
WebhookDelivery.objects.get_or_create(
    endpoint=endpoint, event="booking.held", state="failed",
    defaults={"payload": {"a": 1}, "due_at": then, "created_at": then},
)
ElementFeed.objects.get_or_create(
    module=module, defaults={"url": "https://walk.example/", "next_try_at": then + 365 * 100 * day}
)
file, _ = EphemerisFile.objects.get_or_create(
    module=module, sha256="0" * 64,
    defaults={
        "name": "walk.oem", "object_name": "ISS", "created_at": then, "starts_at": then, "ends_at": then + day,
        "imported_at": then, "imported_by": "walk", "withdrawn_at": then + day, "content": b"",
    },
)
TrajectoryEvent.objects.get_or_create(
    module=module, file=file, name="81P Docking", defaults={"kind": "docking", "occurs_at": then, "status": "dismissed"}
)
nobody, _ = User.objects.get_or_create(email="walk@see1.example", defaults={"is_active": False})
Authenticator.objects.get_or_create(user=nobody, type="totp", defaults={"data": {}})
things = {model: model._default_manager.first() for model in admin.site._registry}
things[Booking] = Booking.objects.filter(status="held").first()
print(json.dumps({model._meta.label_lower: thing and str(thing.pk) for model, thing in things.items()}))
"""
