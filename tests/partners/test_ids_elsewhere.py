"""Ids of one organisation, put by another into every place that takes one."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine

from bookings.models import Booking, WebhookDelivery
from bookings.webhooks import add_endpoint
from tests.partners.test_permissions import Scene
from tests.world import NOW, World, span

WINDOW_ASKED = {
    "zones": ["arena"],
    "activity": "filming",
    "starts_at": "2027-03-20T10:00:00Z",
    "ends_at": "2027-03-20T12:00:00Z",
}
IDS_ELSEWHERE = [
    ("GET", "bookings/?production={production}", None),
    ("GET", "bookings/?expand=production&production={production}", None),
    ("GET", "bookings/changes/?since={booking}.1", None),
    ("GET", "productions/{production}/", None),
    ("GET", "webhooks/{endpoint}/deliveries/", None),
    ("POST", "bookings/", {"production": "{production}", **WINDOW_ASKED}),
    ("POST", "quotes/", {"production": "{production}", **WINDOW_ASKED}),
    ("POST", "bookings/batch/", {"bookings": [{"production": "{production}", **WINDOW_ASKED}]}),
    ("PATCH", "bookings/{theirs}/", {"production": "{production}"}),
    ("PATCH", "bookings/{booking}/", {"crew": 1}),
    ("POST", "productions/", {"title": "A", "activity": "music", "organisation": "{organisation}"}),
    ("POST", "webhooks/", {"url": "https://a.example/", "organisation": "{organisation}"}),
    ("PATCH", "webhooks/{endpoint}/", {"url": "https://a.example/"}),
    ("DELETE", "webhooks/{endpoint}/", None),
    ("POST", "webhooks/{endpoint}/rotate/", None),
    ("POST", "webhooks/{endpoint}/deliveries/{message}/resend/", None),
    ("POST", "webhooks/{their_endpoint}/deliveries/{message}/resend/", None),
    ("POST", "calendars/", {"organisation": "{organisation}"}),
    ("POST", "calendars/", {"production": "{production}"}),
]


@pytest.mark.parametrize(("method", "address", "body"), IDS_ELSEWHERE, ids=[f"{m} {a}" for m, a, _ in IDS_ELSEWHERE])
def test_our_ids_mean_nothing_wherever_a_rival_puts_them(world: World, method: str, address: str, body: Any) -> None:
    """The answer to an id of ours and to one that nobody has is the same, and nothing comes of either."""
    with time_machine.travel(NOW, tick=False):
        scene = Scene(world)
        theirs = world.reserve(span("03-16 10:00"), by=world.theirs)
        their_endpoint = add_endpoint(
            organisation=world.theirs.organisation, url="https://b.example/", events=[], at=NOW
        )
        own = {"theirs": str(theirs.pk), "their_endpoint": str(their_endpoint.pk)}
        ours = {
            "production": str(world.ours.production.pk),
            "organisation": str(world.ours.organisation.pk),
            "booking": str(scene.held.pk),
            "endpoint": str(scene.endpoint.pk),
            "message": str(scene.delivery.message_id),
        }
        nobodys = dict.fromkeys(ours, "00000000-0000-4000-8000-000000000000")

        def answered(ids: dict[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
            def put(text: str) -> str:
                for name, value in {**own, **ids}.items():
                    text = text.replace(f"{{{name}}}", value)
                return text

            answer = scene.callers["rival"].send(
                method, put(address), put(json.dumps(body or {})).encode(), if_match="*", x_request_id="the-same"
            )
            said, headers = answer.content.decode(), sorted(answer.headers.items())
            for value in ids.values():
                said = said.replace(value, "ID")
            return answer.status_code, said, [] if method == "GET" else headers

        scene.callers["rival"].get("places/")  # the key's use is noted once a minute
        before = Booking.objects.count(), WebhookDelivery.objects.count(), scene.endpoint.secret
        to_ours, to_nobodys = answered(ours), answered(nobodys)
        scene.endpoint.refresh_from_db()
        assert to_ours == to_nobodys
        assert (Booking.objects.count(), WebhookDelivery.objects.count(), scene.endpoint.secret) == before
        assert to_ours[0] in (200, 400, 404)
