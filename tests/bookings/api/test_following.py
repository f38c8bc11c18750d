"""Following along: webhooks, changes, calendars and batches over REST."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from bookings import lifecycle
from bookings.models import Booking, CalendarFeed, Membership, Role, WebhookDelivery, WebhookEndpoint
from tests.callers import Caller, Callers, problem
from tests.world import NOW, Company, World, company, span

URL = "https://partner.example/hook"


@pytest.fixture
def endpoint(api: Callers) -> dict[str, Any]:
    made = api.ours.post("webhooks/", {"url": URL})
    assert made.status_code == 201, made.content
    answer: dict[str, Any] = made.json()
    return answer


def window(company: Company, day: int) -> dict[str, Any]:
    night = span(f"03-{day} 20:00")
    return {
        "production": str(company.production.pk),
        "zones": ["arena"],
        "activity": "filming",
        "starts_at": night.starts_at.isoformat(),
        "ends_at": night.ends_at.isoformat(),
    }


def test_a_secret_is_shown_once(api: Callers, endpoint: dict[str, Any]) -> None:
    assert endpoint["secret"].startswith("whsec_")
    shown = api.ours.get(f"webhooks/{endpoint['id']}/")
    assert "secret" not in shown.json()
    assert endpoint["secret"] not in api.ours.get("webhooks/").content.decode()


def test_a_rotation_shows_the_new_secret_and_keeps_the_old_a_day(api: Callers, endpoint: dict[str, Any]) -> None:
    rotated = api.ours.post(f"webhooks/{endpoint['id']}/rotate/").json()
    assert rotated["secret"] != endpoint["secret"]
    assert rotated["previous_secret_until"] == "2027-03-02T12:00:00Z"


def test_what_was_sent_is_listed_and_can_be_sent_again(world: World, api: Callers, endpoint: dict[str, Any]) -> None:
    world.reserve(span("03-10 10:00"))
    path = f"webhooks/{endpoint['id']}/deliveries/"
    (delivery,) = api.ours.get(path).json()["results"]
    assert (delivery["event"], delivery["state"]) == ("booking.created", "pending")
    WebhookDelivery.objects.update(state="delivered", attempts=1)
    again = api.ours.post(f"{path}{delivery['id']}/resend/")
    assert (again.json()["state"], again.json()["attempts"]) == ("pending", 0)


def test_changing_and_deleting(api: Callers, endpoint: dict[str, Any]) -> None:
    path = f"webhooks/{endpoint['id']}/"
    changed = api.ours.patch(path, {"events": ["booking.moved"]})
    assert (changed.json()["events"], changed.json()["url"]) == (["booking.moved"], URL)
    problem(api.ours.patch(path, {"events": ["booking.sung"]}), 400, "invalid")
    problem(api.ours.patch(path, {"organisation": endpoint["organisation"]}), 400, "read_only_field")
    assert api.ours.send("DELETE", path, b"").status_code == 204
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "rotate/"),
        ("POST", "resume/"),
        ("GET", "deliveries/"),
    ],
)
def test_somebody_elses_webhook_is_not_there(api: Callers, endpoint: dict[str, Any], method: str, path: str) -> None:
    answer = api.theirs.send(method, f"webhooks/{endpoint['id']}/{path}", b"")
    problem(answer, 404, "not_found")


def test_a_read_only_key_makes_no_webhook(api: Callers) -> None:
    problem(api.readonly.post("webhooks/", {"url": URL}), 403, "insufficient_scope")


def test_changes_are_followed_by_cursor(world: World, api: Callers) -> None:
    world.reserve(span("03-10 10:00"))
    world.reserve(span("03-11 10:00"), by=world.theirs)
    world.reserve(span("03-12 10:00"))
    first = api.ours.get("bookings/changes/", {"page_size": 1}).json()
    assert first["more"] is True
    rest = api.ours.get("bookings/changes/", {"since": first["cursor"]}).json()
    assert (len(rest["results"]), rest["more"]) == (1, False)
    assert api.ours.get("bookings/changes/", {"since": rest["cursor"]}).json()["results"] == []
    problem(api.ours.get("bookings/changes/", {"since": "yesterday"}), 400, "invalid")


def test_a_cursor_tells_nothing_of_what_others_do(world: World, api: Callers) -> None:
    """Whatever others do in between, what one reads is the same to the byte; and there is no asking by number."""

    def followed(others_do: int) -> list[bytes]:
        with transaction.atomic():
            mine = world.reserve(span("03-10 10:00"))
            mine_pk, reference = str(mine.pk), mine.reference
            read = [api.ours.get("bookings/changes/").content]
            for day in range(others_do):
                world.reserve(span(f"03-{12 + day} 10:00"), by=world.theirs)
                api.theirs.get("bookings/changes/")
            lifecycle.release(actor=world.ours.actor, booking_id=mine.pk, at=NOW)
            read.append(api.ours.get("bookings/changes/", {"since": json.loads(read[0])["cursor"]}).content)
            transaction.set_rollback(True)
        return [each.replace(mine_pk.encode(), b"ID").replace(reference.encode(), b"REF") for each in read]

    assert followed(0) == followed(3)
    for number in ("1", "5", "999999999999999999"):
        problem(api.ours.get("bookings/changes/", {"since": number}), 400, "invalid")


def test_a_cursor_of_somebody_else_is_none(world: World, api: Callers) -> None:
    mine = world.reserve(span("03-10 10:00"))
    cursor = api.ours.get("bookings/changes/").json()["cursor"]
    assert cursor == f"{mine.pk}.1"

    def refused(caller: Caller, since: str, code: str = "invalid_cursor") -> Any:
        return problem(caller.get("bookings/changes/", {"since": since}), 400, code)["errors"]

    assert refused(api.theirs, cursor) == refused(api.theirs, f"{uuid4()}.1")
    for beyond in ("2", "999999999"):
        refused(api.ours, f"{mine.pk}.{beyond}")
    for misshapen in ("0", "-1", "01", "9999999999", "x", ""):
        refused(api.ours, f"{mine.pk}.{misshapen}", "invalid")


def test_five_nights_as_one(world: World, api: Callers) -> None:
    body = {"bookings": [window(world.ours, day) for day in range(10, 15)], "status": "requested"}
    made = api.ours.post("bookings/batch/", body, Idempotency_Key="five-nights")
    assert made.status_code == 201, made.content
    assert [b["status"] for b in made.json()["results"]] == ["requested"] * 5
    again = api.ours.post("bookings/batch/", body, Idempotency_Key="five-nights")
    assert again.json() == made.json()
    assert Booking.objects.count() == 5


def test_one_taken_night_refuses_all_and_says_which(world: World, api: Callers) -> None:
    world.reserve(span("03-12 20:00"), by=world.theirs)
    body = {"bookings": [window(world.ours, day) for day in range(10, 15)], "status": "requested"}
    refused = problem(api.ours.post("bookings/batch/", body), 409, "slot_taken")
    assert refused["index"] == 2
    assert refused["alternatives"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("bookings", [[], "x", [{}], [1], None])
def test_a_batch_of_nonsense_is_refused(api: Callers, bookings: Any) -> None:
    assert api.ours.post("bookings/batch/", {"bookings": bookings}).status_code == 400


def test_a_calendar_is_made_once_and_can_be_reset(api: Callers) -> None:
    first, again = (api.ours.post("calendars/", {}).json() for _ in range(2))
    assert first == again
    anew = api.ours.post(f"calendars/{first['id']}/reset/").json()
    assert anew["url"] != first["url"]
    problem(api.theirs.post(f"calendars/{first['id']}/reset/"), 404, "not_found")


def test_a_key_makes_no_calendar_of_its_owners_other_organisations(world: World, api: Callers) -> None:
    other = company("Corona Live", "other@corona.example")
    Membership.objects.create(organisation=other.organisation, user=world.ours.owner, role=Role.OWNER)
    made = api.ours.post("calendars/", {}).json()
    assert made["organisation"] == str(world.ours.organisation.pk)
    problem(api.ours.post("calendars/", {"organisation": str(other.organisation.pk)}), 404, "not_found")
    CalendarFeed.objects.create(user=world.ours.owner, created_at=NOW)
    assert [f["id"] for f in api.ours.get("calendars/").json()["results"]] == [made["id"]]
