"""What is somebody else's is not there, and who may only look does no more."""

from typing import Any

from bookings.models import Membership, Role, User
from tests.callers import Caller, Callers, problem
from tests.world import World, span

WINDOW = span("03-10 10:00")


def test_what_is_somebody_elses_is_not_there(api: Callers, world: World, body: dict[str, Any]) -> None:
    theirs = world.reserve(WINDOW, by=world.theirs)
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = {}
    for pk in (theirs.pk, unknown):
        answers[pk] = [api.ours.get(f"bookings/{pk}/"), api.ours.get(f"bookings/{pk}/history/")]
        answers[pk].append(api.ours.patch(f"bookings/{pk}/", {"crew": 1}, if_match="*"))
        answers[pk].append(api.ours.patch(f"bookings/{pk}/", {"crew": 1}))
        for action in ("request", "confirm", "decline", "cancel", "release", "challenge"):
            answers[pk].append(api.ours.post(f"bookings/{pk}/{action}/", if_match="*"))
    answers["production"] = [
        api.ours.post("bookings/", {**body, "production": str(world.theirs.production.pk)}),
        api.ours.post("quotes/", {**body, "production": unknown}),
        api.ours.get(f"productions/{world.theirs.production.pk}/"),
    ]
    for response in (response for group in answers.values() for response in group):
        problem(response, 404, "not_found")
    said = [[r.json()["detail"] for r in answers[pk]] for pk in (theirs.pk, unknown)]
    assert said[0] == said[1], "nothing tells another's booking from none"
    assert api.ours.get("bookings/").json()["results"] == []
    filtered = api.ours.get("bookings/", {"production": str(world.theirs.production.pk)})
    assert filtered.json()["results"] == []
    mine = api.ours.post("bookings/", body).json()
    moved = api.ours.patch(
        f"bookings/{mine['id']}/", {"production": str(world.theirs.production.pk)}, if_match=mine["etag"]
    )
    problem(moved, 404, "not_found")


def test_a_viewer_looks_and_does_no_more(api: Callers, world: World, body: dict[str, Any]) -> None:
    booking = world.reserve(WINDOW)
    viewer = User.objects.create_user("viewer@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=viewer, role=Role.VIEWER)
    caller = Caller()
    caller.client.force_login(viewer)
    assert caller.get(f"bookings/{booking.pk}/").status_code == 200
    for refused in (
        caller.post("bookings/", body),
        caller.post("quotes/", body),
        caller.post("productions/", {"title": "Night", "activity": "music"}),
        caller.patch(f"bookings/{booking.pk}/", {"crew": 1}, if_match="*"),
        caller.post(f"bookings/{booking.pk}/release/", if_match="*"),
    ):
        problem(refused, 403, "permission_denied")
