"""Bookings over REST: made, read, changed, quoted and acted upon."""

from typing import Any

import pytest

from bookings.models import Booking
from tests.callers import Callers, problem
from tests.world import World, span

WINDOW = span("03-10 10:00")
SHOWN = {
    "id",
    "reference",
    "production",
    "organisation",
    "module",
    "zones",
    "activity",
    "starts_at",
    "ends_at",
    "crew",
    "power_kw",
    "downlink_mbps",
    "media_return_kg",
    "conditions",
    "status",
    "hold_rank",
    "hold_expires_at",
    "phase",
    "price",
    "attention",
    "concurrence",
    "created_at",
    "updated_at",
    "etag",
}


def test_a_hold_reads_as_the_contract_says(api: Callers, body: dict[str, Any]) -> None:
    asked = {**body, "crew": 2, "power_kw": 3.5, "downlink_mbps": 20, "conditions": {}}
    made = api.ours.post("bookings/", asked)
    assert made.status_code == 201
    said = made.json()
    assert said.keys() == SHOWN
    assert {name: said[name] for name in asked} == asked
    assert (said["status"], said["hold_rank"], said["phase"], said["attention"]) == ("held", 1, "docked", [])
    assert said["hold_expires_at"] == "2027-03-08T10:00:00Z"
    assert said["created_at"] == said["updated_at"] == "2027-03-01T12:00:00Z"
    assert said["price"]["currency"] == "USD"
    assert all(isinstance(line["amount"], str) for line in said["price"]["lines"])
    assert made.headers["ETag"] == said["etag"]
    read = api.ours.get(made.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (said, said["etag"])


def test_requested_outright(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", {**body, "status": "requested"}).json()
    assert (said["status"], said["hold_rank"], said["hold_expires_at"]) == ("requested", None, None)


def test_offsets_are_converted(api: Callers, body: dict[str, Any]) -> None:
    asked = {**body, "starts_at": "2027-03-10T11:00:00+01:00", "ends_at": "2027-03-10T07:00:00-05:00"}
    said = api.ours.post("bookings/", asked).json()
    assert (said["starts_at"], said["ends_at"]) == ("2027-03-10T10:00:00Z", "2027-03-10T12:00:00Z")


def test_the_whole_life_by_rest(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    address = f"bookings/{said['id']}/"
    said = api.ours.post(f"{address}request/", if_match=said["etag"]).json()
    assert said["status"] == "requested"
    problem(api.ours.post(f"{address}confirm/", {"concurrence": "me"}, if_match=said["etag"]), 403, "permission_denied")
    refused = api.staff.post(f"{address}confirm/", {}, if_match=said["etag"])
    assert problem(refused, 400, "invalid")["errors"][0]["field"] == "concurrence"
    said = api.staff.post(f"{address}confirm/", {"concurrence": "Axiom, by mail"}, if_match=said["etag"]).json()
    assert (said["status"], said["concurrence"]) == ("confirmed", "Axiom, by mail")
    said = api.ours.post(f"{address}cancel/", {"reason": "rain on the ground"}, if_match="*").json()
    assert said["status"] == "cancelled"
    lines = api.ours.get(f"{address}history/").json()["results"]
    steps = [(line["action"], line["from"], line["to"]) for line in lines]
    assert steps == [
        ("create", None, "held"),
        ("request", "held", "requested"),
        ("confirm", "requested", "confirmed"),
        ("cancel", "confirmed", "cancelled"),
    ]
    assert lines[3]["detail"] == {"reason": "rain on the ground", "fee": "59750.00", "currency": "USD"}
    assert lines[3]["actor"] == "key “a system”"
    assert lines[0]["at"] == "2027-03-01T12:00:00Z"


def test_release_and_challenge(api: Callers, world: World, body: dict[str, Any]) -> None:
    first = api.ours.post("bookings/", body).json()
    second = api.theirs.post("bookings/", {**body, "production": str(world.theirs.production.pk)}).json()
    assert second["hold_rank"] == 2
    challenged = api.theirs.post(f"bookings/{second['id']}/challenge/", if_match=second["etag"])
    assert challenged.status_code == 200
    first = api.ours.get(f"bookings/{first['id']}/").json()
    assert first["hold_expires_at"] == "2027-03-03T12:00:00Z"
    released = api.ours.post(f"bookings/{first['id']}/release/", {}, if_match=first["etag"])
    assert released.json()["status"] == "released"
    assert api.theirs.get(f"bookings/{second['id']}/").json()["hold_rank"] == 1


def test_staff_decline_with_a_reason(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", {**body, "status": "requested"}).json()
    address = f"bookings/{said['id']}/decline/"
    problem(api.ours.post(address, {"reason": "no"}, if_match=said["etag"]), 403, "permission_denied")
    refused = api.staff.post(address, {}, if_match=said["etag"])
    assert problem(refused, 400, "invalid")["errors"][0] == {
        "field": "reason",
        "code": "required",
        "detail": "This field is required.",
    }
    assert api.staff.post(address, {"reason": "a docking"}, if_match=said["etag"]).json()["status"] == "declined"


def test_a_change_by_patch(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("bookings/", body).json()
    changed = api.ours.patch(f"bookings/{said['id']}/", {"zones": ["studio"], "crew": 3}, if_match=said["etag"])
    assert changed.status_code == 200
    assert (changed.json()["zones"], changed.json()["crew"]) == (["studio"], 3)
    assert changed.headers["ETag"] != said["etag"]
    same = api.ours.patch(f"bookings/{said['id']}/", {}, if_match=changed.headers["ETag"])
    assert same.headers["ETag"] == changed.headers["ETag"]


@pytest.mark.parametrize(
    ("written", "read"), [(0.1 + 0.2, 0.3), (57 * 0.01, 0.57), ("3.50", 3.5), (4, 4.0), (2.0, 2.0), ("0", 0.0)]
)
def test_power_is_taken_as_it_is_meant(api: Callers, body: dict[str, Any], written: Any, read: float) -> None:
    assert api.ours.post("bookings/", {**body, "power_kw": written}).json()["power_kw"] == read


def test_a_quote_has_no_effect(api: Callers, body: dict[str, Any]) -> None:
    said = api.ours.post("quotes/", {**body, "crew": 1})
    assert said.status_code == 200
    made = api.ours.post("bookings/", {**body, "crew": 1}).json()
    assert said.json() == made["price"]
    assert Booking.objects.count() == 1


def test_another_module_has_its_own_zones(api: Callers, world: World, body: dict[str, Any]) -> None:
    document = problem(api.ours.post("bookings/", {**body, "module": "see-2"}), 400, "unknown_module")
    assert document["errors"][0]["field"] == "module"
    said = api.ours.post("bookings/", {**body, "module": "see-1"}).json()
    assert said["module"] == "see-1"
