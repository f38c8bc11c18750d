"""What the pages keep and tell, over REST: saved searches, notifications, the preview of a change."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from bookings.models import Membership, SavedSearch, User
from bookings.states import Status
from tests.callers import Caller, Callers
from tests.world import World, span

QUERY = (
    "activity=filming&duration=PT90M&from=2027-03-10T06:00:00Z&to=2027-03-12T00:00:00Z&zone=arena&zone=studio&crew=1"
    "&power_kw=2.5&crew_awake=false&step=15&lighting=night&lighting_min=PT20M&place=rome&min_elevation=20.0"
)


class TestSearches:
    def test_a_kept_search_is_read_as_it_was_asked_and_runs(self, api: Callers, world: World) -> None:
        made = api.ours.post("searches/", {"name": "Nights", "query": QUERY})
        assert made.status_code == 201, made.content
        said = api.ours.get(made.headers["Location"]).json()
        assert parse_qs(said["query"]) == parse_qs(QUERY)
        assert said["organisation"] == str(world.ours.organisation.pk)
        found = api.ours.get(said["windows"])
        direct = api.ours.get(f"modules/see-1/windows/?{QUERY}")
        assert found.status_code == 200
        assert found.json()["results"] == direct.json()["results"]
        assert [s["name"] for s in api.ours.get("searches/").json()["results"]] == ["Nights"]
        assert api.theirs.get("searches/").json()["results"] == []

    def test_it_follows_the_day(self, api: Callers, clock: time_machine.Traveller) -> None:
        made = api.ours.post("searches/", {"name": "x", "query": QUERY, "follows_today": True}).json()
        clock.shift(86400 * 3)
        said = api.ours.get(f"searches/{made['id']}/").json()
        assert parse_qs(urlsplit(said["windows"]).query)["from"] == ["2027-03-13T06:00:00Z"]

    def test_it_is_renamed_and_deleted(self, api: Callers) -> None:
        made = api.ours.post("searches/", {"name": "x", "query": QUERY}).json()
        address = f"searches/{made['id']}/"
        assert api.theirs.patch(address, {"name": "theirs"}).status_code == 404
        assert api.ours.patch(address, {"name": "better"}).json()["name"] == "better"
        assert api.ours.patch(address, {"query": QUERY}).json()["errors"][0]["code"] == "read_only_field"
        assert api.theirs.send("DELETE", address, b"").status_code == 404
        assert api.ours.send("DELETE", address, b"").status_code == 204
        assert api.ours.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("body", "field", "code"),
        [
            ({"query": QUERY}, "name", "required"),
            ({"name": "x", "query": QUERY + "&colour=red"}, "query.colour", "unknown_parameter"),
            ({"name": "x", "query": "activity=filming"}, "query.duration", "required"),
            ({"name": "x", "query": QUERY.replace("rome", "rome&latitude=4")}, "query.longitude", "required"),
            ({"name": "x", "query": QUERY.replace("zone=arena", "zone=galley")}, "zone", "unknown_zone"),
            ({"name": "two\nlines", "query": QUERY}, "name", "control_characters"),
            ({"name": "x", "query": QUERY, "follows_today": "yes"}, "follows_today", "invalid"),
        ],
    )
    def test_what_cannot_be_kept_is_named(self, api: Callers, body: Any, field: str, code: str) -> None:
        answer = api.ours.post("searches/", body)
        assert answer.status_code == 400
        assert (field, code) in [(e["field"], e["code"]) for e in answer.json()["errors"]]
        assert not SavedSearch.objects.exists()


class TestNotifications:
    def test_are_read_and_marked(self, api: Callers, world: World) -> None:
        booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
        (told,) = api.ours.get("notifications/", {"unread": "true"}).json()["results"]
        assert told["kind"] == "requested"
        assert told["booking"] == str(booking.pk)
        assert booking.reference in told["title"]
        assert api.theirs.get("notifications/").json()["results"] == []
        assert api.theirs.post("notifications/read/", {"ids": [told["id"]]}).json() == {"marked": 0}
        assert api.ours.post("notifications/read/", {"ids": [told["id"]]}).json() == {"marked": 1}
        assert api.ours.get("notifications/", {"unread": "true"}).json()["results"] == []
        assert api.ours.get("notifications/").json()["results"][0]["read_at"] == "2027-03-01T12:00:00Z"
        assert api.ours.post("notifications/read/", {}).json() == {"marked": 0}

    def test_come_in_pages(self, api: Callers, world: World) -> None:
        for day in range(10, 15):
            world.reserve(span(f"03-{day} 10:00"), status=Status.REQUESTED)
        seen, address = [], "notifications/?page_size=2"
        while address:
            page = api.ours.get(address).json()
            seen += [told["id"] for told in page["results"]]
            address = page["next"]
        assert len(seen) == len(set(seen)) == 5

    def test_a_choice_is_kept_and_changed_in_parts(self, api: Callers) -> None:
        assert api.ours.get("notifications/choice/").json() == {"not_by_mail": [], "not_on_pages": []}
        api.ours.patch("notifications/choice/", {"not_by_mail": ["released", "challenged"]})
        said = api.ours.patch("notifications/choice/", {"not_on_pages": ["released"]}).json()
        assert said == {"not_by_mail": ["released", "challenged"], "not_on_pages": ["released"]}
        refused = api.ours.patch("notifications/choice/", {"not_on_pages": ["challenged"]})
        assert refused.json()["errors"][0]["code"] == "must_come"
        assert api.ours.get("notifications/choice/").json() == said


class TestPreview:
    def test_says_what_the_change_would_do_and_does_nothing(self, api: Callers, world: World) -> None:
        world.reserve(span("03-20 14:00"), by=world.theirs)
        booking = world.reserve(span("03-10 10:00"))
        address = f"bookings/{booking.pk}/"
        was = api.ours.get(address).json()
        to = {"starts_at": "2027-03-20T14:00:00Z", "ends_at": "2027-03-20T17:00:00Z"}
        seen = api.ours.post(f"{address}preview/", to)
        assert seen.status_code == 200, seen.content
        assert (seen.json()["before"]["hold_rank"], seen.json()["after"]["hold_rank"]) == (1, 2)
        assert api.ours.get(address).json() == was
        done = api.ours.patch(address, to, if_match=was["etag"]).json()
        after = seen.json()["after"]
        assert {name: done[name] for name in after} == after

    def test_reminders_are_named(self, api: Callers, world: World) -> None:
        booking = world.reserve(span("05-10 10:00"), status=Status.REQUESTED)
        to = {"starts_at": "2027-03-05T10:00:00Z", "ends_at": "2027-03-05T12:00:00Z"}
        told = {r["kind"]: r for r in api.ours.post(f"bookings/{booking.pk}/preview/", to).json()["reminders"]}
        assert told["reminder_30_days"] == {
            "kind": "reminder_30_days",
            "before": "2027-04-10T10:00:00Z",
            "after": None,
        }
        assert told["reminder_24_hours"]["after"] == "2027-03-04T10:00:00Z"

    def test_is_refused_as_the_change_would_be(self, api: Callers, world: World) -> None:
        world.reserve(span("03-20 14:00"), by=world.theirs)
        booking = world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
        to = {"starts_at": "2027-03-20T14:00:00Z", "ends_at": "2027-03-20T16:00:00Z"}
        refused = api.ours.post(f"bookings/{booking.pk}/preview/", to)
        assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
        assert refused.json()["alternatives"]
        assert api.theirs.post(f"bookings/{booking.pk}/preview/", to).status_code == 404


def test_a_person_without_a_key_has_their_own(api: Callers, world: World) -> None:
    """Colleagues see what is shared, and may not change it; they are told nothing of what is not theirs to hear."""
    colleague = User.objects.create_user("colleague@aurora.example", "a long enough password")
    Membership.objects.create(organisation=world.ours.organisation, user=colleague)
    world.reserve(span("03-10 10:00"), status=Status.REQUESTED)
    browser = Caller()
    browser.client.force_login(colleague)
    assert browser.get("notifications/").json()["results"] == []
    api.ours.post("searches/", {"name": "ours", "query": QUERY})
    (shared,) = browser.get("searches/").json()["results"]
    assert (shared["name"], shared["is_own"]) == ("ours", False)
