"""Webhooks against a real receiver that fails as it likes; verified by the reference library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bookings import lifecycle
from bookings.exceptions import Invalid
from bookings.models import Mail, WebhookDelivery, WebhookEndpoint
from bookings.webhooks import add_endpoint, deliver_due, resume, rotate_secret, sending
from bookings.webhooks.connection import Unreachable, is_public, post
from bookings.webhooks.sending import PAUSES, signed
from tests.world import NOW, World, span


class Receiver(ThreadingHTTPServer):
    """Keeps what it got; answers with the next of `answers`, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 204
        if status < 300:
            self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint(world: World, receiver: Receiver) -> WebhookEndpoint:
    return add_endpoint(organisation=world.ours.organisation, url=receiver.url, events=[], at=NOW)


def types(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, body in receiver.got]


def test_every_transition_arrives_signed_and_in_order(world: World, receiver: Receiver, endpoint) -> None:
    booking = world.reserve(span("03-10 10:00"))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="by mail")
    assert deliver_due(at=NOW) == 3
    assert types(receiver) == ["booking.created", "booking.requested", "booking.confirmed"]


def test_the_signature_verifies_and_a_forged_body_does_not(world: World, endpoint: WebhookEndpoint, settings) -> None:
    world.reserve(span("03-10 10:00"))
    from django.utils import timezone  # noqa: PLC0415 - the library compares with the present

    body, headers = signed(WebhookDelivery.objects.get(), timezone.now())
    Webhook(endpoint.secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(body.replace(b"held", b"free"), headers)


def test_both_secrets_sign_during_a_rotation(world: World, endpoint: WebhookEndpoint) -> None:
    from django.utils import timezone  # noqa: PLC0415 - the library compares with the present

    old = endpoint.secret
    rotate_secret(endpoint, at=timezone.now())
    world.reserve(span("03-10 10:00"))
    delivery = WebhookDelivery.objects.get()
    body, headers = signed(delivery, timezone.now())
    for secret in (old, endpoint.secret):
        Webhook(secret).verify(body, headers)
    delivery.endpoint.previous_until = timezone.now()
    body, headers = signed(delivery, timezone.now())
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


@pytest.mark.parametrize("answer", [500, 404, 302, 429])
def test_a_refusal_is_tried_again_later_and_later_ones_of_that_booking_wait(
    world: World, receiver: Receiver, endpoint, answer: int
) -> None:
    booking = world.reserve(span("03-10 10:00"))
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    other = world.reserve(span("03-12 10:00"))
    receiver.answers = [answer]
    assert deliver_due(at=NOW) == 1, "only the other booking's"
    assert json.loads(receiver.got[0][1])["data"]["booking"] == str(other.pk)
    assert deliver_due(at=NOW + timedelta(seconds=10)) == 2
    assert types(receiver) == ["booking.created", "booking.created", "booking.requested"]


def test_a_dead_endpoint_is_paused_and_its_owner_told(world: World, receiver: Receiver, endpoint) -> None:
    world.reserve(span("03-10 10:00"))
    receiver.answers = [503] * 50
    at = NOW
    for _ in range(len(PAUSES) + 1):
        deliver_due(at=at)
        at += timedelta(hours=31)
    endpoint.refresh_from_db()
    assert endpoint.paused_at is not None
    assert Mail.objects.get(kind="webhook_paused").recipient == world.ours.owner
    world.reserve(span("03-12 10:00"))
    assert deliver_due(at=at) == 0
    receiver.answers = []
    resume(endpoint, at=at)
    assert deliver_due(at=at) == 1


def test_the_pauses_add_up_to_three_days() -> None:
    assert timedelta(days=2.9) < sum(PAUSES, timedelta(0)) < timedelta(days=3.2)


def test_only_the_events_asked_for_and_only_ones_own(world: World, receiver: Receiver) -> None:
    add_endpoint(organisation=world.ours.organisation, url=receiver.url, events=["booking.requested"], at=NOW)
    booking = world.reserve(span("03-10 10:00"))
    world.reserve(span("03-12 10:00"), by=world.theirs)
    lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    deliver_due(at=NOW)
    assert types(receiver) == ["booking.requested"]


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "ftp://a.example",
        "https://user:pw@a.example/",
        "https://",
        "nonsense",
        "https://[::1/x",
        "https://a.example:99999/",
        "https://a.example:x/",
        "https://０.example/",
        "https://a b.example/",
        "https://[1::2::3]/",
    ],
)
def test_bad_addresses_are_refused(world: World, settings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    with pytest.raises(Invalid):
        add_endpoint(organisation=world.ours.organisation, url=url, events=[], at=NOW)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("::127.0.0.1", False),
        ("64:ff9b:1::1", False),
        ("fec0::1", False),
        ("192.88.99.1", False),
        ("192.0.0.8", False),
        ("2001:4860:4860::8888", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_nothing_is_sent_to_a_private_address_in_production(receiver: Receiver, settings) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    with pytest.raises(Unreachable, match="not a public address"):
        post(f"http://localhost:{receiver.server_port}/", b"{}", {})
    assert receiver.got == []


def test_a_run_is_bounded_in_time(world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow receivers do not keep a worker from its other tasks."""
    add_endpoint(organisation=world.ours.organisation, url=receiver.url, events=[], at=NOW)
    world.reserve(span("03-10 10:00"))
    with monkeypatch.context() as patch:
        patch.setattr(sending, "RUN_S", 0)
        assert deliver_due(at=NOW) == 0
    assert deliver_due(at=NOW) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://[::1/", "http://０.０.０.０/"]
)
def test_one_bad_address_does_not_keep_the_others_messages(world: World, receiver: Receiver, url: str) -> None:
    bad = add_endpoint(organisation=world.theirs.organisation, url=receiver.url, events=[], at=NOW)
    WebhookEndpoint.objects.filter(pk=bad.pk).update(url=url)
    add_endpoint(organisation=world.ours.organisation, url=receiver.url, events=[], at=NOW)
    world.reserve(span("03-10 10:00"), by=world.theirs)
    world.reserve(span("03-12 10:00"))
    assert deliver_due(at=NOW) == 1
    assert WebhookDelivery.objects.get(endpoint=bad).attempts == 1


def test_a_slow_organisation_does_not_use_up_the_others_time(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message to theirs takes eight seconds; ours, which was announced last, still goes out in the same run."""
    now_s = [0.0]
    monkeypatch.setattr(sending.time, "monotonic", lambda: now_s[0])

    def slowly(url: str, body: bytes, headers: dict[str, str]) -> int:
        now_s[0] += 8 if "slow" in url else 0.01
        return post(url, body, headers)

    monkeypatch.setattr(sending, "post", slowly)
    for _ in range(3):
        add_endpoint(organisation=world.theirs.organisation, url=f"{receiver.url}?slow", events=[], at=NOW)
    add_endpoint(organisation=world.ours.organisation, url=receiver.url, events=[], at=NOW)
    for day in (10, 11, 12):
        world.reserve(span(f"03-{day} 10:00"), by=world.theirs)
    ours = world.reserve(span("03-14 10:00"))
    assert deliver_due(at=NOW) == 2
    assert str(ours.pk) in {json.loads(body)["data"]["booking"] for _, body in receiver.got}
    assert deliver_due(at=NOW) == 1, "and theirs comes again"


def test_only_what_is_2xx_was_accepted(
    world: World, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.reserve(span("03-10 10:00"))
    monkeypatch.setattr(sending, "post", lambda *args: 103)
    assert deliver_due(at=NOW) == 0
    assert WebhookDelivery.objects.get().last_error == "It answered 103."
