"""A receiver that fails at random, is killed and comes back: every event arrives, in order for each booking."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bookings import lifecycle
from bookings.models import WebhookDelivery
from bookings.webhooks import add_endpoint, deliver_due
from modules.intervals import Span
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import tied_to_this_process
from tests.world import World

pytestmark = pytest.mark.slow
BOOKINGS = 12
SCRIPT = Path(__file__).with_name("failing_receiver.py")


class Receiver:
    """The process, which can be killed and started again at the same address."""

    def __init__(self, file: Path, secret: str) -> None:
        self.port, self._file, self._secret = free_port(), file, secret
        self.starts = 0

    def start(self) -> None:
        self.starts += 1
        command = [sys.executable, str(SCRIPT), str(self.port), str(self._file), self._secret, str(self.starts)]
        self._process = subprocess.Popen(
            tied_to_this_process(command, at_death=signal.SIGKILL), stderr=subprocess.DEVNULL
        )
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, self.port)) == 0:
                    return
            assert self._process.poll() is None
            time.sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def got(self) -> list[dict]:
        return [json.loads(line) for line in self._file.read_text().splitlines()] if self._file.exists() else []


@pytest.fixture
def receiver(world: World, tmp_path: Path) -> Iterator[Receiver]:
    port_holder = Receiver(tmp_path / "got", "")
    endpoint = add_endpoint(
        organisation=world.ours.organisation,
        url=f"http://{LOOPBACK}:{port_holder.port}/hook",
        events=[],
        at=timezone.now(),
    )
    port_holder._secret = endpoint.secret
    yield port_holder
    port_holder.kill()


def test_every_event_arrives_in_order_for_each_booking(world: World, receiver: Receiver) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    for place in range(BOOKINGS):
        starts_at = now + timedelta(days=30 + place)
        booking = world.reserve(Span(starts_at, starts_at + timedelta(hours=2)), at=now)
        lifecycle.request(actor=world.ours.actor, booking_id=booking.pk, at=now)
        lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=now, concurrence="by mail")
        lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=now)
    expected = {pk.hex for pk in WebhookDelivery.objects.values_list("message_id", flat=True)}
    assert len(expected) == 4 * BOOKINGS

    receiver.start()
    for turn in range(60):
        if turn in (1, 3):
            receiver.kill()  # a whole turn meets a closed door
        deliver_due(at=timezone.now())
        if turn in (1, 3):
            receiver.start()
        waiting = WebhookDelivery.objects.filter(state="pending")
        if not waiting.update(due_at=timezone.now()):  # the pauses pass; the receiver compares with the present
            break
    got = receiver.got()
    assert receiver.starts == 3
    assert {each["id"].removeprefix("msg_") for each in got} == expected, "each event arrives"
    assert not WebhookDelivery.objects.exclude(state="delivered").exists()

    firsts: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for each in got:
        if each["id"] not in seen:
            firsts[each["message"]["data"]["booking"]].append(each["message"]["type"])
            seen.add(each["id"])
    in_order = ["booking.created", "booking.requested", "booking.confirmed", "booking.cancelled"]
    assert list(firsts.values()) == [in_order] * BOOKINGS
    assert len(got) > len(expected), "a receiver that forgets to answer is told again, by the same id"
