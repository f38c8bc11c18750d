"""Webhooks deleted, added and rotated while the product announces: nobody's transaction is taken along."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from bookings.models import Booking, WebhookDelivery, WebhookEndpoint
from bookings.webhooks import add_endpoint, announcing
from modules.prepared import Prepared, Slot
from tests.callers import Callers
from tests.world import NOW, World, build, span

WAIT_S = 30


@pytest.fixture
def world(transactional_db: None, time_machine: Any) -> World:
    time_machine.move_to(NOW, tick=False)
    return build()


def closing(act: Callable[[], Any]) -> Callable[[], Any]:
    def act_and_close() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    return act_and_close


def deletion_waits() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def delete_while_booking(world: World) -> tuple[Any, Any]:
    """What comes of a booking that has announced itself, and of the deletion that comes before its commit."""
    api = Callers.of(world)
    endpoint = add_endpoint(organisation=world.ours.organisation, url="https://a.example/", events=[], at=NOW)
    announced, deleting_or_done = threading.Event(), threading.Event()

    def book() -> Any:
        with transaction.atomic():
            booking = world.reserve(span("03-10 10:00"))
            announced.set()
            assert deleting_or_done.wait(WAIT_S)
        return booking

    with ThreadPoolExecutor(2) as pool:
        booked = pool.submit(closing(book))
        assert announced.wait(WAIT_S)
        deleted = pool.submit(closing(lambda: api.ours.send("DELETE", f"webhooks/{endpoint.pk}/", b"").status_code))
        while not deleted.done() and not deletion_waits():
            pass
        deleting_or_done.set()
        return booked.exception(WAIT_S) or booked.result(), deleted.result(WAIT_S)


def test_without_the_hold_a_deletion_takes_the_booking_with_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    not_held = Prepared[WebhookEndpoint](lambda: announcing.wanting().filter(organisation=Slot("organisation")))
    monkeypatch.setattr(announcing, "WANTING", not_held)
    booked, deleted = delete_while_booking(world)
    assert isinstance(booked, IntegrityError)
    assert deleted == 204
    assert not Booking.objects.exists()


def test_a_deletion_waits_for_the_booking_that_announces(world: World) -> None:
    booked, deleted = delete_while_booking(world)
    assert isinstance(booked, Booking)
    assert deleted == 204
    assert Booking.objects.get() == booked
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(count)

    def one() -> Any:
        barrier.wait(WAIT_S)
        return act()

    with ThreadPoolExecutor(count) as pool:
        return [each.result(WAIT_S) for each in [pool.submit(closing(one)) for _ in range(count)]]


def test_no_more_than_twenty_however_many_ask_at_once(world: World) -> None:
    api = Callers.of(world)
    for number in range(18):
        add_endpoint(organisation=world.ours.organisation, url=f"https://a.example/{number}", events=[], at=NOW)
    statuses = at_once(6, lambda: api.ours.post("webhooks/", {"url": "https://b.example/"}).status_code)
    assert sorted(statuses) == [201] * 2 + [400] * 4


def test_of_secrets_rotated_at_once_the_last_two_sign(world: World) -> None:
    api = Callers.of(world)
    endpoint = add_endpoint(organisation=world.ours.organisation, url="https://a.example/", events=[], at=NOW)
    shown = at_once(4, lambda: api.ours.post(f"webhooks/{endpoint.pk}/rotate/").json()["secret"])
    endpoint.refresh_from_db()
    assert {endpoint.secret, endpoint.previous_secret} < set(shown)
