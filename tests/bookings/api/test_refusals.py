"""Every refusal of the contract that the world gives rise to, by its code."""

from typing import Any

import pytest

from bookings import lifecycle
from bookings.models import Booking, RateCard
from modules.models import Closure, FlightRules, Zone, ZoneRule
from tests.callers import Callers, problem
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")

RULES = [
    ({"starts_at": "2027-02-20T10:00:00Z", "ends_at": "2027-02-20T12:00:00Z"}, "in_the_past"),
    ({"starts_at": "2027-03-02T10:00:00Z", "ends_at": "2027-03-02T12:00:00Z"}, "lead_time"),
    ({"ends_at": "2027-03-10T10:29:00Z"}, "too_short"),
    ({"ends_at": "2027-03-24T10:01:00Z"}, "too_long"),
    ({"starts_at": "2027-12-31T23:00:00Z", "ends_at": "2028-01-01T01:00:00Z"}, "crosses_phase"),
    ({"crew": 7}, "crew_limit"),
    ({"power_kw": 12.01}, "power_limit"),
    ({"downlink_mbps": 301}, "downlink_limit"),
    ({"zones": ["studio"], "activity": "sports"}, "zone_not_equipped"),
]


def test_a_broken_flight_rule(api: Callers, body: dict[str, Any], subtests: pytest.Subtests) -> None:
    for asked, code in RULES:
        with subtests.test(asked=asked):
            document = problem(api.ours.post("bookings/", {**body, **asked}), 400, code)
            assert document["errors"][0]["code"] == code
            assert document["errors"][0]["field"] in body.keys() | asked.keys()
            problem(api.ours.post("quotes/", {**body, **asked}), 400, code)
    assert not Booking.objects.exists()


def test_the_last_window_there_is(api: Callers, body: dict[str, Any]) -> None:
    last = {"starts_at": "2199-12-31T22:00:00Z", "ends_at": "2199-12-31T23:00:00Z"}
    assert api.ours.post("bookings/", {**body, **last}).status_code == 201


def test_before_the_module_flies_and_after(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.module.phases.filter(kind="docked").delete()
    problem(api.ours.post("bookings/", body), 400, "outside_phase")


def test_an_activity_that_the_rules_forbid(api: Callers, body: dict[str, Any]) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    ZoneRule.objects.create(rules=rules, zone=Zone.objects.get(slug="arena"), activities=["music"])
    problem(api.ours.post("bookings/", body), 400, "activity_not_allowed")


def test_a_closed_module(api: Callers, world: World, body: dict[str, Any]) -> None:
    Closure.objects.create(module=world.module, kind="reboost", starts_at=WINDOW.starts_at, ends_at=WINDOW.ends_at)
    problem(api.ours.post("bookings/", body), 400, "closed")


def test_nothing_is_priced_without_a_card(api: Callers, body: dict[str, Any]) -> None:
    RateCard.objects.all().delete()
    problem(api.ours.post("quotes/", body), 409, "not_priced")


def test_taken_time(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.reserve(WINDOW, by=world.theirs)
    document = problem(api.ours.post("bookings/", {**body, "status": "requested"}), 409, "slot_taken")
    assert isinstance(document["alternatives"], list)
    for rank in (2, 3):
        assert api.ours.post("bookings/", body).json()["hold_rank"] == rank
    problem(api.ours.post("bookings/", body), 409, "hold_ranks_full")


def test_over_capacity(api: Callers, world: World, body: dict[str, Any]) -> None:
    world.reserve(WINDOW, by=world.theirs, crew=5)
    problem(api.ours.post("bookings/", {**body, "zones": ["studio"], "crew": 2}), 409, "over_capacity")


def test_a_transition_that_there_is_not(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    problem(api.ours.post(f"bookings/{said['id']}/challenge/", if_match="*"), 409, "invalid_transition")
    api.ours.post(f"bookings/{said['id']}/release/", if_match="*")
    for action in ("request", "cancel", "release", "challenge"):
        problem(api.ours.post(f"bookings/{said['id']}/{action}/", if_match="*"), 409, "invalid_transition")
    problem(api.ours.patch(f"bookings/{said['id']}/", {"crew": 1}, if_match="*"), 409, "invalid_transition")


def test_a_lapsed_hold_says_so(api: Callers, world: World, clock: Any) -> None:
    booking = world.reserve(WINDOW)
    clock.move_to(booking.hold_expires_at)
    problem(api.ours.post(f"bookings/{booking.pk}/request/", if_match="*"), 409, "invalid_transition")
    lifecycle.expire_due(at=booking.hold_expires_at)
    lines = api.ours.get(f"bookings/{booking.pk}/history/").json()["results"]
    assert lines[-1]["to"] == "expired"
    assert booking.hold_expires_at > NOW
