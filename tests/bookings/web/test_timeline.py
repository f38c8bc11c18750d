"""The timeline's page, data and table: what they say, to whom, and at what cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from bookings import lifecycle
from bookings.states import Status
from bookings.web.timeline_rows import MOST_SENT, read_timeline
from modules.models import Closure
from tests.world import NOW, World, span

MARCH = {"from": "2027-03-01T00:00:00Z", "to": "2027-04-01T00:00:00Z", "resolution": "P1D"}


def zones(client: Client, **query: str) -> dict[str, Any]:
    response = client.get("/timeline/data/", {**MARCH, **query})
    assert response.status_code == 200, response.content
    return {zone["slug"]: zone for zone in response.json()["zones"]}


class TestData:
    def test_says_what_stands_in_each_zone(self, world: World, ours: Client) -> None:
        booking = world.reserve(span("03-10 10:00"), zones=("arena", "control"))
        found = zones(ours)
        (bar,) = found["arena"]["bars"]
        assert bar == {
            "mark": "held",
            "from": "2027-03-10T10:00:00Z",
            "to": "2027-03-10T12:00:00Z",
            "state": "Held, 1st in line",
            "id": booking.pk.hex,
            "reference": booking.reference,
            "rank": 1,
            "title": "Aurora Pictures's film",
            "url": f"/bookings/{booking.pk}/",
            "until": "2027-03-10T12:30:00Z",
            "attention": [],
        }
        assert len(found["control"]["bars"]) == 1
        assert found["studio"]["bars"] == []

    def test_tells_marks_apart(self, world: World, ours: Client) -> None:
        world.reserve(span("03-10 10:00"), by=world.theirs)
        world.reserve(span("03-10 11:00"))
        world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
        requested = world.reserve(span("03-12 10:00"), status=Status.REQUESTED)
        lifecycle.confirm(actor=world.staff, booking_id=requested.pk, concurrence="A, by mail", at=NOW)
        Closure.objects.create(module=world.module, kind="reboost", starts_at=NOW, ends_at=NOW + timedelta(hours=3))
        marks = [bar["mark"] for bar in zones(ours)["arena"]["bars"]]
        assert marks == ["closed", "unavailable", "waiting", "requested", "confirmed"]

    def test_of_others_only_that_the_time_is_taken(self, world: World, ours: Client) -> None:
        theirs = [world.reserve(span(f"03-10 {hour}:00", 1.5), by=world.theirs) for hour in ("10", "12")]
        response = ours.get("/timeline/data/", MARCH)
        (bar,) = response.json()["zones"][1]["bars"]
        assert bar == {
            "mark": "unavailable",
            "from": "2027-03-10T10:00:00Z",
            "to": "2027-03-10T14:00:00Z",
            "state": "Unavailable",
        }
        for booking in theirs:
            for secret in (booking.reference, booking.pk.hex, str(booking.pk), "Borealis"):
                assert secret not in response.content.decode()

    def test_says_a_confidential_title_to_its_own_company(self, world: World, ours: Client) -> None:
        world.ours.production.confidential = True
        world.ours.production.save()
        world.reserve(span("03-10 10:00"))
        assert zones(ours)["arena"]["bars"][0]["title"] == world.ours.production.title
        page = ours.get("/timeline/", {"at": "2027-03-10"}).content.decode()
        assert f">{escape(world.ours.production.title)}</a>" in page

    def test_names_the_phases(self, world: World, ours: Client) -> None:
        (phase,) = ours.get("/timeline/data/", MARCH).json()["phases"]
        assert phase["kind"] == "docked"
        assert (phase["crew_wake"], phase["crew_sleep"]) == ("06:00", "21:30")

    def test_sums_up_where_bars_would_be_too_many(self, world: World) -> None:
        for hour in ("08", "12", "16"):
            world.reserve(span(f"03-10 {hour}:00"), by=world.theirs)
        found = read_timeline(world.ours.actor, world.module, span("03-01 00:00", 31 * 24), "P1D", most=2)
        studio, arena, _ = found.rows
        assert not studio.is_dense
        assert arena.is_dense
        used = [bucket for bucket in arena.use if bucket.used]
        assert [(bucket.span.starts_at.day, bucket.percent) for bucket in used] == [(10, round(100 * 7.5 / 24))]
        assert (used[0].own, used[0].others) == (0, pytest.approx(7.5 / 24))

    def test_costs_as_many_queries_however_much_there_is(self, world: World, ours: Client) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                zones(ours)
            return len(queries)

        world.reserve(span("03-10 10:00"))
        few = cost()
        for day in range(11, 25):
            world.reserve(span(f"03-{day} 10:00"), by=world.theirs if day % 2 else world.ours)
        assert cost() == few
        assert MOST_SENT == 750

    def test_unchanged_data_is_not_sent_again(self, world: World, ours: Client) -> None:
        first = ours.get("/timeline/data/", MARCH)
        again = ours.get("/timeline/data/", MARCH, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        world.reserve(span("03-10 10:00"), by=world.theirs)
        assert ours.get("/timeline/data/", MARCH, headers={"If-None-Match": first["ETag"]}).status_code == 200

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"from": ""}, "from"),
            ({"from": "yesterday"}, "from"),
            ({"from": "2027-04-02T00:00:00Z"}, "from"),
            ({"to": "9999-01-01T00:00:00Z"}, "from"),
            ({"to": "2027-03-01T00:00:01Z"}, "from"),
            ({"resolution": "P1Y"}, "resolution"),
            ({"to": "2029-03-01T00:00:00Z", "resolution": "PT1H"}, "resolution"),
            ({"from": "\x00"}, "from"),
        ],
    )
    def test_refuses_what_makes_no_span(self, ours: Client, query: dict[str, str], field: str) -> None:
        response = ours.get("/timeline/data/", {**MARCH, **query})
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["errors"][0]["field"] == field

    def test_an_unknown_module_is_not_found(self, ours: Client) -> None:
        assert ours.get("/timeline/data/", {**MARCH, "module": "see-9"}).status_code == 404

    def test_a_stranger_is_told_to_log_in(self, world: World, client: Client) -> None:
        response = client.get("/timeline/data/", MARCH)
        assert response.status_code == 401
        assert response.json()["code"] == "not_authenticated"


class TestPage:
    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"span": "mission"},
            {"span": "year"},
            {"span": "week", "at": "2027/063"},
            {"span": "day", "at": "2027-03-04"},
            {"span": "orbit", "at": "2027/063 14:20"},
            {"from": "2027-03-01T00:00:00Z", "to": "2027-03-02T00:00:00Z"},
        ],
    )
    def test_shows_the_span_as_a_table_without_any_script(self, world: World, ours: Client, query: Any) -> None:
        booking = world.reserve(span("03-04 14:00"), at=NOW)
        response = ours.get("/timeline/", query)
        assert response.status_code == 200
        shown = booking.reference in response.content.decode()
        assert shown == (query.get("from") is None)

    @pytest.mark.parametrize(
        "query", [{"at": "soon"}, {"from": "x", "to": "y"}, {"span": "century"}, {"at": "2027/400"}]
    )
    def test_says_what_it_could_not_read(self, ours: Client, query: dict[str, str]) -> None:
        response = ours.get("/timeline/", query)
        assert response.status_code == 400
        assert b'class="message error"' in response.content

    def test_works_where_the_scripts_are_not_installed(self, ours: Client, settings: Any) -> None:
        settings.BROWSER_IMPORTS = {}
        content = ours.get("/timeline/").content.decode()
        assert "importmap" not in content
        assert "<svg data-part" not in content
        assert "This span as a table" in content

    def test_its_import_map_has_the_nonce_and_names_every_module(self, ours: Client) -> None:
        response = ours.get("/timeline/")
        nonce = response["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
        assert f'<script type="importmap" nonce="{nonce}">' in response.content.decode()
        assert "unsafe" not in response["Content-Security-Policy"]

    def test_a_viewer_is_not_offered_to_book(self, viewer: Client) -> None:
        content = viewer.get("/timeline/").content.decode()
        assert "Draw a window" not in content
        assert "Hold or request a window" not in content

    def test_the_table_alone_follows_the_script(self, world: World, ours: Client) -> None:
        booking = world.reserve(span("03-04 14:00"))
        response = ours.get("/timeline/table/", {"from": "2027-03-04T00:00:00Z", "to": "2027-03-05T00:00:00Z"})
        assert booking.reference in response.content.decode()
        assert "<html" not in response.content.decode()
        assert ours.get("/timeline/table/", {"from": "x"}).status_code == 400

    def test_a_stranger_logs_in_first(self, world: World, client: Client) -> None:
        for address in ("/timeline/", "/timeline/table/"):
            assert client.get(address).status_code == 302
