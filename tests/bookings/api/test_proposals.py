"""What SEE-1 offers instead, and the revisions of the schedule, over REST."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bookings import lifecycle, replanning
from bookings.models import Booking, Proposal
from bookings.states import Status
from modules import operations
from tests.callers import Callers, problem
from tests.world import NOW, World, span

WINDOW = span("03-10 10:00")


def close(world: World) -> None:
    around = span("03-10 08:00", 8)
    change = partial(
        operations.declare_closure,
        module=world.module,
        kind="visiting_vehicle",
        starts_at=around.starts_at,
        ends_at=around.ends_at,
    )
    replanning.apply(world.module, change, reason="Progress docks.", actor=world.staff, at=NOW)


@pytest.fixture
def proposal(world: World) -> Proposal:
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    lifecycle.confirm(actor=world.staff, booking_id=booking.pk, concurrence="Axiom, by voice", at=NOW)
    close(world)
    said = {"reason": "Progress docks.", "answer_by": NOW + timedelta(days=3), "actor": world.staff, "at": NOW}
    round_ = replanning.plan(world.module, [booking.pk], **said)
    return replanning.offer(round_.pk, actor=world.staff, at=NOW).proposals.get()


def test_an_offer_is_read_and_accepted(api: Callers, proposal: Proposal) -> None:
    [said] = api.ours.get("proposals/").json()["results"]
    assert said["state"] == "open"
    assert (said["booking"], said["hold"]) == (str(proposal.booking_id), str(proposal.hold_id))
    assert (said["zones"], said["starts_at"], said["ends_at"]) == (
        ["arena"],
        "2027-03-10T06:00:00Z",
        "2027-03-10T08:00:00Z",
    )
    assert (said["reason"], said["answer_by"]) == ("Progress docks.", "2027-03-04T12:00:00Z")
    address = f"proposals/{said['id']}/"
    read = api.ours.get(address)
    assert read.headers["ETag"] == said["etag"]
    done = api.ours.post(f"{address}accept/", {}, if_match=said["etag"], idempotency_key="once")
    assert (done.status_code, done.json()["state"], done.json()["answered_at"]) == (
        200,
        "accepted",
        "2027-03-01T12:00:00Z",
    )
    booking = api.ours.get(f"bookings/{proposal.booking_id}/").json()
    assert (booking["starts_at"], booking["status"], booking["attention"]) == ("2027-03-10T06:00:00Z", "requested", [])
    again = api.ours.post(f"{address}accept/", {}, if_match=said["etag"], idempotency_key="once")
    assert again.json() == done.json()
    problem(api.ours.post(f"{address}accept/", {}, if_match="*"), 409, "invalid_transition")
    actions = [line["action"] for line in api.ours.get(f"bookings/{proposal.booking_id}/history/").json()["results"]]
    assert actions == ["create", "confirm", "attention", "propose", "move"]


def test_an_offer_is_declined(api: Callers, proposal: Proposal) -> None:
    done = api.ours.post(f"proposals/{proposal.pk}/decline/", {}, if_match="*")
    assert done.json()["state"] == "declined"
    assert Booking.objects.get(pk=proposal.hold_id).status == "released"


def test_who_answers_says_what_they_read(api: Callers, proposal: Proposal) -> None:
    address = f"proposals/{proposal.pk}/accept/"
    problem(api.ours.post(address, {}), 428, "version_required")
    problem(api.ours.post(address, {}, if_match='"old"'), 412, "stale_version")
    problem(api.ours.post(address, {"yes": True}, if_match="*"), 400, "unknown_field")


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_only_their_own_may_answer(api: Callers, proposal: Proposal, answer: str) -> None:
    address = f"proposals/{proposal.pk}/"
    assert api.theirs.get("proposals/").json()["results"] == []
    problem(api.theirs.get(address), 404, "not_found")
    problem(api.theirs.post(f"{address}{answer}/", {}, if_match="*"), 404, "not_found")
    assert api.readonly.get(address).status_code == 200
    problem(api.readonly.post(f"{address}{answer}/", {}, if_match="*"), 403, "insufficient_scope")
    problem(api.anonymous.get(address), 401, "not_authenticated")


def test_staff_read_revisions_and_what_each_touches(world: World, api: Callers) -> None:
    booking = world.reserve(WINDOW)
    close(world)
    [said] = api.staff.get("revisions/", {"state": "applied"}).json()["results"]
    assert (said["change"], said["reason"], said["flagged"], said["told"]) == (
        "declare_closure",
        "Progress docks.",
        1,
        1,
    )
    assert [(change["subject"], change["before"]) for change in said["changes"]] == [("closure", None)]
    assert api.staff.get(f"revisions/{said['id']}/").json() == said
    [touched] = api.staff.get(f"revisions/{said['id']}/bookings/").json()["results"]
    assert (touched["reference"], touched["outcome"], touched["attention_after"]) == (
        booking.reference,
        "flagged",
        ["closure"],
    )
    assert [finding["code"] for finding in touched["findings"]] == ["closed"]
    assert api.staff.get("revisions/", {"state": "previewed"}).json()["results"] == []
    none = api.staff.get(f"revisions/{said['id']}/bookings/", {"outcome": "cleared"}).json()
    assert none["results"] == []
    for address in ("revisions/", f"revisions/{said['id']}/", f"revisions/{said['id']}/bookings/"):
        problem(api.ours.get(address), 403, "permission_denied")
    problem(api.staff.get(f"revisions/{10**30}/"), 404, "not_found")
    problem(api.staff.get("revisions/", {"state": "odd"}), 400, "invalid")
