"""Worker, beat and web killed in the middle of their work, and Redis flushed: nothing promised is lost."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone
from redis import Redis

from bookings.keys import make_key
from bookings.models import Booking, Mail
from bookings.states import Status
from modules.intervals import Span
from modules.locking import own_module
from tests.bookings import invariants
from tests.processes import Processes, wait_for
from tests.smtp_sink import Sink
from tests.world import World

pytestmark = pytest.mark.slow
SLOWLY_S = 0.03


def ahead(*, hours: int) -> Span:
    """Two hours, some time after a midnight forty days from now: these processes go by the real clock."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=40)
    return Span(midnight + timedelta(hours=hours), midnight + timedelta(hours=hours + 2))


def promised(world: World) -> set[str]:
    """The Message-IDs of reminders and notices that all became due a minute ago."""
    now = timezone.now()
    for place in range(30):
        world.reserve(ahead(hours=4 * place), status=Status.REQUESTED, at=now)
    Mail.objects.update(due_at=now - timedelta(minutes=1))
    return {f"<{mail.message_id}@see1.example>" for mail in Mail.objects.all()}


def test_killing_worker_and_beat_and_flushing_redis_loses_no_mail(
    world: World, sink: Sink, processes: Processes, broker: Redis, broker_url: str
) -> None:
    lapsed = world.reserve(ahead(hours=240), at=timezone.now())
    Booking.objects.filter(pk=lapsed.pk).update(hold_expires_at=timezone.now())
    lapsed.mails.all().delete()
    promises = promised(world)
    sink.on_message = lambda message: time.sleep(SLOWLY_S)
    worker, beat = processes.worker(), processes.beat()
    kills = 0

    wait_for(lambda: len(sink.messages) > 20, "the first mails")
    worker.kill_all()
    kills += 1
    worker = processes.worker()
    wait_for(lambda: len(set(sink.ids)) > 50, "the mails after the worker was killed")
    broker.flushall()
    beat.kill_all()
    worker.kill_all()
    kills += 1
    processes.worker()
    processes.beat()
    processes.beat()  # a second one by mistake
    wait_for(lambda: set(sink.ids) >= promises, "every mail")
    wait_for(lambda: Booking.objects.get(pk=lapsed.pk).status == "expired", "the lapsed hold to expire")
    wait_for(lambda: not Mail.objects.due(timezone.now()).exists(), "the outbox to be empty")

    repeated = Counter(sink.ids) - Counter(set(sink.ids))
    assert repeated.total() <= kills, "only the mail in flight at each kill may come again"
    assert set(sink.ids) - promises <= {f"<{mail.message_id}@see1.example>" for mail in lapsed.mails.all()}
    assert not Mail.objects.filter(state="failed").exists()
    assert Celery(broker=broker_url).control.ping(timeout=5, limit=1), "a flushed Redis knows its workers again"


def test_killing_a_web_worker_in_the_middle_of_a_booking_leaves_all_or_nothing(
    world: World, processes: Processes
) -> None:
    _, key = make_key(user=world.ours.owner, organisation=world.ours.organisation, name="test", at=timezone.now())
    window = ahead(hours=10)
    body = {
        "production": str(world.ours.production.pk),
        "zones": ["arena"],
        "activity": "filming",
        "starts_at": window.starts_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
        "status": "requested",
    }
    web, port = processes.web(workers=1, threads=2)

    def book() -> int | None:
        server = HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": "once"}
        try:
            server.request("POST", "/api/v1/bookings/", json.dumps(body), headers)
            return server.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            server.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        own_module(world.module.pk)
        answer = pool.submit(book)
        wait_for(somebody_waits_for_the_module, "the request to be in the middle of its work")
        for child in web.children():
            child.kill()
        assert answer.result(60) is None
    assert not Booking.objects.exists()
    answers: list[int | None] = []
    wait_for(lambda: answers.append(book()) or answers[-1] is not None, "the web server to be back")
    assert (answers[-1], book()) == (201, 201), "the second time the same answer, and no second booking"
    assert Booking.objects.count() == 1
    invariants.check_one_occupant()


def somebody_waits_for_the_module() -> bool:
    return bool(invariants.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
