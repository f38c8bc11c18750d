"""Guards against two that do the same at one time: the first is in the middle of it when the second comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bookings import webhooks
from bookings.api import idempotency
from bookings.keys import make_key
from bookings.models import Production
from bookings.querysets import DeliveryQuerySet
from bookings.webhooks import add_endpoint, sending
from tests.threads import PATIENCE_S
from tests.world import NOW, World, span

pytestmark = pytest.mark.django_db(transaction=True)


class Meeting:
    """Whoever comes first stays in the middle of its work until the second has come and gone."""

    def __init__(self) -> None:
        self.came = 0
        self._first_is_in, self._second_is_gone = threading.Event(), threading.Event()

    def middle(self) -> None:
        self.came += 1
        if self.came == 1:
            self._first_is_in.set()
            assert self._second_is_gone.wait(PATIENCE_S)

    def of(self, work: Callable[[], Any]) -> tuple[Any, Any]:
        """What the first got and the second."""

        def first() -> Any:
            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            earlier = pool.submit(first)
            try:
                assert self._first_is_in.wait(PATIENCE_S)
                later = work()
            finally:
                self._second_is_gone.set()
            return earlier.result(PATIENCE_S), later


@pytest.fixture
def meeting() -> Iterator[Meeting]:
    return Meeting()


class TestTheClaimOnAWebhookMessage:
    """Two workers send what is due, and the receiver is slow."""

    def both_send(self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> int:
        add_endpoint(organisation=world.ours.organisation, url="https://partner.example/", events=[], at=NOW)
        world.reserve(span("03-10 10:00"))
        monkeypatch.setattr(sending, "post", lambda *args: meeting.middle() or 204)
        meeting.of(lambda: webhooks.deliver_due(at=NOW))
        return meeting.came

    def test_one_sends_it(self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.both_send(world, meeting, monkeypatch) == 1

    def test_without_the_claim_both_do(self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(DeliveryQuerySet, "claimed", lambda found: found)
        assert self.both_send(world, meeting, monkeypatch) == 2


class TestTheLockOnAnIdempotencyKey:
    """A partner that lost patience asks again while the first is still being answered."""

    def both_ask(self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
        _, key = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="t", at=NOW)
        work = idempotency._undoing_refusals

        def slowly(*args: Any) -> Any:
            meeting.middle()
            return work(*args)

        def ask() -> int:
            client, wish = Client(raise_request_exception=False), {"title": "Once", "activity": "music"}
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
            path = "/api/v1/productions/"
            return client.post(path, wish, content_type="application/json", headers=headers).status_code

        monkeypatch.setattr(idempotency, "_undoing_refusals", slowly)
        return meeting.of(ask)

    def test_the_second_is_told_to_come_back(
        self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.both_ask(world, meeting, monkeypatch) == (201, 409)
        assert Production.objects.filter(title="Once").count() == 1

    def test_without_the_lock_one_fails_and_does_not_know_why(
        self, world: World, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The record's constraint still keeps the effect from happening twice."""
        monkeypatch.setattr(idempotency, "_take", lambda caller, key: None)
        assert self.both_ask(world, meeting, monkeypatch) == (500, 201)
        assert Production.objects.filter(title="Once").count() == 1
