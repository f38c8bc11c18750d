"""Each guard by itself: the fault that it is there for happens where the guard is taken away, and not where it stands.

The exclusion constraint has its own in `tests/race/test_the_constraint.py`, the hold on webhooks in `test_webhooks.py`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from bookings import capacity, delivery, occupancy
from bookings.api import idempotency
from bookings.exceptions import OverCapacity
from bookings.keys import make_key
from bookings.models import Booking, Mail
from bookings.states import Status
from modules.models import FlightRules
from see1 import log_in_limits
from tests.bookings.test_delivery import FAR, NOW, point_at
from tests.smtp_sink import Sink
from tests.threads import PATIENCE_S, at_once
from tests.world import World, span

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


class TestTheClaimOnAMail:
    """Two workers read the same mail as due before either of them sends it."""

    def both_deliver(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.reserve(FAR, status=Status.REQUESTED)
        read, page = threading.Barrier(2), Mail.objects.due(NOW).with_what_it_says
        assert len(page()) == 1
        deliver = delivery._deliver

        def when_both_have_read(*args: Any) -> Any:
            read.wait(PATIENCE_S)
            return deliver(*args)

        monkeypatch.setattr(delivery, "_deliver", when_both_have_read)

        def deliver_page() -> None:
            with delivery.MailServer() as server:
                delivery._deliver_page(server, Counter(), NOW, until=float("inf"))

        assert at_once([deliver_page] * 2) == [None, None]

    def test_one_sends_it(self, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
        self.both_deliver(world, monkeypatch)
        assert len(sink.ids) == 1

    def test_without_the_claim_both_do(self, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "_claim", lambda mail, at: (mail.booking.version,))
        self.both_deliver(world, monkeypatch)
        assert len(sink.ids) == 2
        assert len(set(sink.ids)) == 1


class TestMarkingBeforeSending:
    """Nothing can be written, as on a full disk, and run follows upon run."""

    def three_runs(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.reserve(FAR, status=Status.REQUESTED)

        def full(mail: Mail) -> None:
            raise OperationalError("could not extend file: No space left on device")

        monkeypatch.setattr(delivery, "_mark", full)
        for _ in range(3):
            with pytest.raises(OperationalError):
                delivery.deliver_due(at=NOW)

    def test_sends_nothing(self, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
        self.three_runs(world, monkeypatch)
        assert sink.ids == []

    def test_the_other_way_round_it_sends_one_mail_in_each(
        self, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def send_and_mark(server: delivery.MailServer, mail: Mail, at: Any) -> None:
            server.send(delivery._composed(mail, at))
            delivery._mark(mail)

        monkeypatch.setattr(delivery, "_try", send_and_mark)
        self.three_runs(world, monkeypatch)
        assert len(sink.ids) == 3
        assert len(set(sink.ids)) == 1


class TestTheLockOnADay:
    """Two bookings, in two zones at one time, that the module can bear one of."""

    def both_reserve(self, world: World) -> list[Any]:
        crew = FlightRules.objects.get(phase__kind="docked").crew_limit
        wanted = [partial(world.reserve, span("03-10 10:00"), zones=(zone,), crew=crew) for zone in ("arena", "studio")]
        return at_once(wanted)

    def test_one_is_refused(self, world: World) -> None:
        outcomes = self.both_reserve(world)
        assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [OverCapacity]
        assert Booking.objects.count() == 1

    def test_without_the_lock_more_is_promised_than_there_is(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked, look = threading.Barrier(2), capacity.check_capacity

        def look_and_wait(*args: Any) -> None:
            look(*args)
            looked.wait(PATIENCE_S)

        monkeypatch.setattr(occupancy, "owning_days", lambda *args: ("SELECT 1", []))
        monkeypatch.setattr(capacity, "check_capacity", look_and_wait)
        assert [outcome for outcome in self.both_reserve(world) if isinstance(outcome, Exception)] == []
        assert Booking.objects.count() == 2


class TestTryingAgain:
    """A mail server that asks for patience, as greylisting does."""

    def deliver_twice(self, world: World, sink: Sink) -> None:
        world.reserve(FAR, status=Status.REQUESTED)
        asked: list[str] = []
        sink.on_recipient = lambda address: asked.append(address) or ("450 4.2.0 Later" if len(asked) == 1 else None)
        delivery.deliver_due(at=NOW)
        delivery.deliver_due(at=NOW + timedelta(minutes=10))

    def test_it_is_sent_the_second_time(self, world: World, sink: Sink) -> None:
        self.deliver_twice(world, sink)
        assert len(sink.ids) == 1

    def test_without_trying_again_it_is_lost(self, world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
        def give_up(mail: Mail, refusal: Exception, at: Any) -> None:
            mail.state = Mail.State.FAILED

        monkeypatch.setattr(delivery, "_put_off", give_up)
        self.deliver_twice(world, sink)
        assert sink.ids == []


class TestOneTransactionForTheEffectAndItsAnswer:
    """A process that dies between booking and keeping what it answered; the partner asks again with the same key."""

    def book_twice(self, world: World, monkeypatch: pytest.MonkeyPatch, *, dying: Callable[..., Any]) -> list[int]:
        _, key = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="t", at=NOW)
        window = {"starts_at": "2027-03-10T10:00:00Z", "ends_at": "2027-03-10T12:00:00Z"}
        body = {"production": str(world.ours.production.pk), "zones": ["arena"], "activity": "filming", **window}
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
        client = Client(raise_request_exception=False)

        def book() -> int:
            return client.post("/api/v1/bookings/", body, content_type="application/json", headers=headers).status_code

        with monkeypatch.context() as patch:
            patch.setattr(idempotency, "_keep", dying)
            first = book()
        return [first, book()]

    def test_is_answered_as_if_for_the_first_time_and_has_one_booking(
        self, world: World, monkeypatch: pytest.MonkeyPatch, time_machine: Any
    ) -> None:
        time_machine.move_to(NOW, tick=False)

        def die(*args: Any, **kwargs: Any) -> None:
            raise MemoryError

        assert self.book_twice(world, monkeypatch, dying=die) == [500, 201]
        assert Booking.objects.count() == 1

    def test_without_keeping_the_answer_it_books_twice(
        self, world: World, monkeypatch: pytest.MonkeyPatch, time_machine: Any
    ) -> None:
        time_machine.move_to(NOW, tick=False)
        assert self.book_twice(world, monkeypatch, dying=lambda *args, **kwargs: None) == [201, 201]
        assert Booking.objects.count() == 2


class TestTheLimitOnLogIns:
    def last_of_many(self, settings: LazySettings) -> int:
        settings.LOG_IN_TRIES_PER_ACCOUNT = 3
        cache.clear()
        guess = {"username": "ours@aurora.example", "password": "a wrong guess", "login": "ours@aurora.example"}
        return [Client().post("/accounts/login/", guess).status_code for _ in range(8)][-1]

    def test_who_guesses_is_turned_away(self, world: World, settings: LazySettings) -> None:
        assert self.last_of_many(settings) == 429

    def test_without_the_limit_one_may_guess_on(
        self, world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log_in_limits.LimitedLogIns, "authenticate", lambda *args, **kwargs: None)
        assert self.last_of_many(settings) == 200


def test_a_hold_that_lapsed_gives_way_even_where_no_clock_ever_ran(world: World) -> None:
    """Beat is dead: whoever wants the time clears it."""
    lapsed = world.reserve(FAR)
    assert lapsed.hold_expires_at is not None
    assert world.reserve(FAR, by=world.theirs, at=lapsed.hold_expires_at + timedelta(hours=1)).rank == 1
    lapsed.refresh_from_db()
    assert lapsed.status == Status.EXPIRED
