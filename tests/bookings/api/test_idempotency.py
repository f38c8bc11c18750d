"""A request sent again is answered again and done once; on real connections too."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from bookings.api import idempotency
from bookings.models import Booking, IdempotencyRecord, Production
from tests.callers import Callers, problem
from tests.world import World, build, span

KEY = "0d2f8a2e-6f5c-4a50-9d59-2f0a4b9d6a11"
ANOTHER = {"title": "Another", "activity": "music"}


def test_the_same_again(api: Callers, body: dict[str, Any]) -> None:
    first = api.ours.post("bookings/", body, idempotency_key=KEY)
    again = api.ours.post("bookings/", dict(reversed(body.items())), idempotency_key=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Booking.objects.count() == 1


def test_another_body_under_the_same_key(api: Callers, body: dict[str, Any]) -> None:
    api.ours.post("bookings/", body, idempotency_key=KEY)
    problem(api.ours.post("bookings/", {**body, "crew": 1}, idempotency_key=KEY), 422, "idempotency_key_reused")
    problem(api.ours.post("quotes/", body, idempotency_key=KEY), 422, "idempotency_key_reused")
    assert Booking.objects.count() == 1


def test_keys_are_each_callers_own(api: Callers, world: World, body: dict[str, Any]) -> None:
    api.ours.post("bookings/", body, idempotency_key=KEY)
    theirs = {**body, "production": str(world.theirs.production.pk)}
    assert api.theirs.post("bookings/", theirs, idempotency_key=KEY).status_code == 201
    assert Booking.objects.count() == 2


def test_a_secret_is_shown_again_and_not_kept_with_the_answer(api: Callers) -> None:
    made = api.ours.post("webhooks/", {"url": "https://partner.example/hook"}, idempotency_key=KEY)
    rotate = f"webhooks/{made.json()['id']}/rotate/"
    rotated = api.ours.post(rotate, idempotency_key="rotated")
    assert made.json()["secret"] != rotated.json()["secret"]
    kept = "".join(IdempotencyRecord.objects.values_list("body", flat=True))
    assert "whsec_" not in kept
    assert (
        api.ours.post("webhooks/", {"url": "https://partner.example/hook"}, idempotency_key=KEY).content == made.content
    )
    assert api.ours.post(rotate, idempotency_key="rotated").content == rotated.content
    api.ours.post(rotate)
    assert (
        api.ours.post("webhooks/", {"url": "https://partner.example/hook"}, idempotency_key=KEY).json()["secret"] == ""
    )
    assert api.ours.post("webhooks/", {"url": "no address"}, idempotency_key="odd").status_code == 400
    assert api.ours.post("webhooks/", {"url": "no address"}, idempotency_key="odd").status_code == 400


def test_a_key_is_forgotten_after_a_day(api: Callers, clock: time_machine.Traveller) -> None:
    statuses = []
    for hours in (0, 23.9, 0.2):
        clock.shift(timedelta(hours=hours))
        statuses.append(api.ours.post("productions/", ANOTHER, idempotency_key=KEY).headers.get("Idempotency-Replayed"))
    assert statuses == [None, "true", None]
    assert Production.objects.filter(title="Another").count() == 2
    clock.shift(timedelta(hours=24))
    assert idempotency.forget_old(at=timezone.now()) == 1


def test_an_action_is_done_once_whatever_its_version_has_become(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    address = f"bookings/{said['id']}/request/"
    first = api.ours.post(address, if_match=said["etag"], idempotency_key=KEY)
    again = api.ours.post(address, if_match=said["etag"], idempotency_key=KEY)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)


def test_a_refusal_is_kept_and_leaves_nothing_behind(api: Callers, world: World, body: dict[str, Any]) -> None:
    other = world.reserve(span("03-10 10:00"), by=world.theirs)
    asked = {**body, "status": "requested"}
    first = api.ours.post("bookings/", asked, idempotency_key=KEY)
    problem(first, 409, "slot_taken")
    other.claims.all().delete()
    other.delete()
    again = api.ours.post("bookings/", asked, idempotency_key=KEY)
    problem(again, 409, "slot_taken")
    assert again.content == first.content
    assert not Booking.objects.exists()


def test_a_refusal_after_half_an_effect_undoes_the_half(
    api: Callers, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(*args: Any, **kwargs: Any) -> None:
        raise idempotency.IdempotencyKeyReused("something that is refused late")

    monkeypatch.setattr("bookings.measures.changed", half)
    assert api.ours.post("bookings/", body, idempotency_key=KEY).status_code == 422
    assert not Booking.objects.exists()
    assert IdempotencyRecord.objects.get().status_code == 422


@pytest.mark.parametrize(
    ("broken", "first_status"),
    [("version", 428), ("stale", 412), ("fault", 500)],
)
def test_what_may_be_tried_again_is_not_kept(
    api: Callers, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, broken: str, first_status: int
) -> None:
    said = api.ours.post("bookings/", body).json()
    address = f"bookings/{said['id']}/release/"
    headers = {"version": {}, "stale": {"if_match": '"x"'}, "fault": {"if_match": "*"}}[broken]
    with monkeypatch.context() as broken_for_now:
        if broken == "fault":
            broken_for_now.setattr("bookings.api.actions.lifecycle.release", None)
        assert api.ours.post(address, idempotency_key=KEY, **headers).status_code == first_status
    assert api.ours.post(address, if_match="*", idempotency_key=KEY).status_code == 200


def test_a_reading_key_keeps_no_refusal(api: Callers) -> None:
    problem(api.readonly.post("productions/", ANOTHER, idempotency_key=KEY), 403, "insufficient_scope")
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "two words", "\x7f", "schlüssel"])
def test_a_key_that_is_none(api: Callers, key: str) -> None:
    problem(api.ours.post("productions/", ANOTHER, idempotency_key=key), 400, "invalid_idempotency_key")


def _at_once(count: int, act: Any) -> list[Any]:
    barrier = threading.Barrier(count)

    def one(place: int) -> Any:
        try:
            barrier.wait(30)
            return act(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect_and_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "TRIES", 600)  # a machine that is busy may take long over the first
    api = Callers.of(build())
    answers = _at_once(8, lambda _: api.ours.post("productions/", ANOTHER, idempotency_key=KEY))
    assert Production.objects.filter(title="Another").count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in answers) == [""] + ["true"] * 7


@pytest.mark.django_db(transaction=True)
def test_a_request_that_waited_long_for_the_first_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "TRIES", 2)
    api = Callers.of(build())
    caller = f"key:{idempotency.ApiKey.objects.get(organisation__name='Aurora Pictures', scopes__len=2).pk}"
    taken, done = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with idempotency.transaction.atomic():
                idempotency._take(caller, KEY)
                taken.set()
                done.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert taken.wait(30)
    in_flight = api.ours.post("productions/", ANOTHER, idempotency_key=KEY)
    elsewhere = api.theirs.post("productions/", ANOTHER, idempotency_key=KEY)
    done.set()
    thread.join(30)
    problem(in_flight, 409, "idempotency_in_flight")
    assert elsewhere.status_code == 201
    assert api.ours.post("productions/", ANOTHER, idempotency_key=KEY).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_neither_effect_nor_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Callers.of(build())

    def crash(*args: Any, **kwargs: Any) -> None:
        raise SystemError("the process dies here")

    with monkeypatch.context() as dying:
        dying.setattr("bookings.api.idempotency._keep", crash)
        problem(api.ours.post("productions/", ANOTHER, idempotency_key=KEY), 500, "internal_error")
    assert not Production.objects.filter(title="Another").exists()
    assert not IdempotencyRecord.objects.exists()
    assert api.ours.post("productions/", ANOTHER, idempotency_key=KEY).status_code == 201
