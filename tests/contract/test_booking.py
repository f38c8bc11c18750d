"""Booking as CONTRACT §3 and §6 have it, from outside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.conftest import Caller, instant


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    found: dict[str, Any] = answer.json()
    return found


def test_the_whole_life(producer: Caller, staff: Caller, callers: dict[str, Caller]) -> None:
    booking = producer.book(crew=1)
    assert (booking["status"], booking["hold_rank"]) == ("held", 1)
    assert booking["reference"]
    assert booking["hold_expires_at"]
    assert producer.act(booking, "request").json()["status"] == "requested"
    problem(producer.act(booking, "confirm", concurrence="me"), 403, "permission_denied")
    assert staff.act(booking, "confirm").status_code == 400
    assert staff.act(booking, "confirm", concurrence="Axiom, by mail").json()["status"] == "confirmed"
    seen = callers["readonly"].get(f"bookings/{booking['id']}/")
    assert seen.json()["status"] == "confirmed"
    history = producer.get(f"bookings/{booking['id']}/history/").json()["results"]
    assert [line["action"] for line in history] == ["create", "request", "confirm"]
    assert producer.act(booking, "cancel").json()["status"] == "cancelled"
    problem(producer.act(booking, "cancel"), 409, "invalid_transition")


def test_ranks_promotion_and_challenge(producer: Caller, rival: Caller) -> None:
    first = producer.book()
    body = {k: first[k] for k in ("zones", "activity", "starts_at", "ends_at")}
    others = [rival("POST", "bookings/", json=body | {"production": rival.production()}) for _ in range(2)]
    assert [o.json()["hold_rank"] for o in others] == [2, 3]
    full = producer("POST", "bookings/", json=body | {"production": producer.production()})
    problem(full, 409, "hold_ranks_full")
    outright = producer("POST", "bookings/", json=body | {"production": producer.production(), "status": "requested"})
    assert problem(outright, 409, "slot_taken")["alternatives"]
    problem(rival.act(others[0].json(), "request"), 409, "slot_taken")
    assert rival.act(others[1].json(), "challenge").status_code == 200
    problem(rival.act(others[1].json(), "challenge"), 409, "invalid_transition")
    problem(producer.act(first, "challenge"), 409, "invalid_transition")
    assert producer.act(first, "release").json()["status"] == "released"
    ranks = [rival.get(f"bookings/{o.json()['id']}/").json()["hold_rank"] for o in others]
    assert ranks == [1, 2]


def test_alternatives_can_be_booked(producer: Caller, rival: Caller) -> None:
    taken = rival.book(status="requested")
    body = {k: taken[k] for k in ("zones", "activity", "starts_at", "ends_at")} | {"status": "requested"}
    refused = producer("POST", "bookings/", json=body | {"production": producer.production()})
    for offer in problem(refused, 409, "slot_taken")["alternatives"][:2]:
        again = producer("POST", "bookings/", json=body | {"production": producer.production()} | offer)
        assert again.status_code == 201, again.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_at": "2025-01-10T10:00:00Z", "ends_at": "2025-01-10T12:00:00Z"}, "in_the_past"),
        ({"starts_at": "2023-01-10T10:00:00Z", "ends_at": "2023-01-10T12:00:00Z"}, None),
        ({"starts_at": "2027-12-31T23:00:00Z", "ends_at": "2028-01-01T02:00:00Z"}, "crosses_phase"),
        ({"zones": ["studio"], "activity": "sports"}, "zone_not_equipped"),
        ({"crew": 100}, "crew_limit"),
        ({"power_kw": "1000"}, "power_limit"),
        ({"downlink_mbps": 100000}, "downlink_limit"),
        ({"crew": -1}, "invalid"),
        ({"crew": 10**30}, None),
        ({"crew": "many"}, "invalid"),
        ({"crew": True}, "invalid"),
        ({"starts_at": "2027-01-10T10:00:00"}, "invalid"),
        ({"starts_at": "2027-01-10T10:00:30Z"}, "invalid"),
        ({"starts_at": 5}, "invalid"),
        ({"zones": []}, "invalid"),
        ({"zones": ["arena", "arena"]}, "invalid"),
        ({"zones": ["kitchen"]}, "invalid"),
        ({"zones": "arena"}, "invalid"),
        ({"activity": "wrestling"}, "invalid"),
        ({"status": "confirmed"}, "invalid"),
        ({"id": "x"}, "invalid"),
        ({"hold_rank": 1}, "invalid"),
        ({"colour": "red"}, "invalid"),
        ({"production": "nonsense"}, "invalid"),
        ({"conditions": {"lighting": "moon"}}, "invalid"),
        ({"conditions": []}, "invalid"),
    ],
)
def test_refusals_name_their_rule(producer: Caller, change: dict[str, Any], code: str | None) -> None:
    answer = producer("POST", "bookings/", json=producer.body() | change)
    assert answer.status_code == 400, answer.text
    found = answer.json()
    assert found["errors"]
    if code not in (None, "invalid"):
        assert found["code"] == code
    assert found["detail"].strip()


def test_short_long_and_late(producer: Caller) -> None:
    body = producer.body()
    start = datetime.fromisoformat(body["starts_at"])
    for length, code in ((timedelta(minutes=10), "too_short"), (timedelta(days=15), "too_long")):
        answer = producer("POST", "bookings/", json=body | {"ends_at": instant(start + length)})
        problem(answer, 400, code)
    soon = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=24)
    late = {"starts_at": instant(soon), "ends_at": instant(soon + timedelta(hours=1))}
    problem(producer("POST", "bookings/", json=body | late), 400, "lead_time")
    backwards = {"starts_at": body["ends_at"], "ends_at": body["starts_at"]}
    assert producer("POST", "bookings/", json=body | backwards).status_code == 400


def test_somebody_elses_things_are_not_there(producer: Caller, rival: Caller) -> None:
    booking = producer.book()
    for answer in (
        rival.get(f"bookings/{booking['id']}/"),
        rival.get(f"bookings/{booking['id']}/history/"),
        rival("POST", f"bookings/{booking['id']}/release/", headers={"If-Match": booking["etag"]}),
        rival("PATCH", f"bookings/{booking['id']}/", json={"crew": 1}, headers={"If-Match": booking["etag"]}),
        rival("POST", "bookings/", json=rival.body() | {"production": producer.production()}),
    ):
        problem(answer, 404, "not_found")


def test_a_read_only_key_reads(callers: dict[str, Caller], producer: Caller) -> None:
    assert callers["readonly"]("POST", "bookings/", json=producer.body()).status_code == 403


def test_versions_guard_changes(producer: Caller) -> None:
    booking = producer.book()
    path = f"bookings/{booking['id']}/"
    etag = producer("GET", path).headers["ETag"]
    assert producer("GET", path, headers={"If-None-Match": etag}).status_code == 304
    problem(producer("PATCH", path, json={"crew": 2}), 428, "version_required")
    problem(producer("PATCH", path, json={"crew": 2}, headers={"If-Match": '"old"'}), 412, "stale_version")
    changed = producer("PATCH", path, json={"crew": 2}, headers={"If-Match": etag})
    assert changed.json()["crew"] == 2
    assert changed.headers["ETag"] != etag
    problem(producer("PATCH", path, json={"crew": 3}, headers={"If-Match": etag}), 412, "stale_version")
    problem(producer("POST", f"{path}release/"), 428, "version_required")
    new = changed.headers["ETag"]
    assert producer("PATCH", path, json={"status": "confirmed"}, headers={"If-Match": new}).status_code == 400
    assert producer("PATCH", path, json={"reference": "X"}, headers={"If-Match": new}).status_code == 400


def test_repeating_a_call_repeats_its_answer(producer: Caller, key: str) -> None:
    body = producer.body()
    first, again = (producer("POST", "bookings/", json=body, headers={"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = producer("POST", "bookings/", json=body | {"crew": 1}, headers={"Idempotency-Key": key})
    problem(other, 422, "idempotency_key_reused")


def test_repeating_a_call_at_once_makes_one_booking(producer: Caller, key: str) -> None:
    body = producer.body()
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: producer("POST", "bookings/", json=body, headers={"Idempotency-Key": key}), range(8))
        )
    made = [a for a in answers if a.status_code == 201]
    assert len({a.text for a in made}) == 1
    for answer in answers:
        if answer.status_code != 201:  # it waited for the first, but that took very long
            problem(answer, 409, "idempotency_in_flight")


def test_a_race_has_one_winner(producer: Caller, rival: Caller) -> None:
    body = producer.body(status="requested")
    bodies = [(c, body | {"production": c.production()}) for c in (producer, rival)] * 8
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda pair: pair[0]("POST", "bookings/", json=pair[1]), bodies))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 15


def test_a_quote_has_lines_and_no_effect(producer: Caller) -> None:
    body = producer.body(crew=2)
    before = len(producer.get("bookings/", page_size=200).json()["results"])
    quote = producer("POST", "quotes/", json=body)
    assert quote.status_code == 200, quote.text
    assert quote.json()["lines"]
    assert len(producer.get("bookings/", page_size=200).json()["results"]) == before


@pytest.mark.parametrize(
    ("kwargs", "status"),
    [
        ({"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "[]", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": b"\xff\xfe", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": '{"crew": NaN}', "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": '{"crew": 1e400}', "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "[" * 100_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": '{"activity": "\\ud800"}', "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": '{"activity": "a\\u0000"}', "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "a=b", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 415),
        ({"data": "{" + " " * 10_000_000 + "}", "headers": {"Content-Type": "application/json"}}, 413),
    ],
)
def test_bodies_that_are_no_bodies(producer: Caller, kwargs: dict[str, Any], status: int) -> None:
    answer = producer("POST", "bookings/", **kwargs)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_moving_a_booking_elsewhere_is_refused_whole_or_done(producer: Caller, rival: Caller) -> None:
    mine, theirs = producer.book(status="requested"), rival.book(status="requested")
    etag = producer("GET", f"bookings/{mine['id']}/").headers["ETag"]
    target = {k: theirs[k] for k in ("starts_at", "ends_at")}
    refused = producer("PATCH", f"bookings/{mine['id']}/", json=target, headers={"If-Match": etag})
    problem(refused, 409, "slot_taken")
    assert producer("GET", f"bookings/{mine['id']}/").headers["ETag"] == etag
    starts_at, ends_at = producer.window()
    moved = producer(
        "PATCH",
        f"bookings/{mine['id']}/",
        json={"starts_at": starts_at, "ends_at": ends_at},
        headers={"If-Match": etag},
    )
    assert moved.json()["starts_at"] == starts_at
