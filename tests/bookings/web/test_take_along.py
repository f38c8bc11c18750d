"""What one takes along: a booking's calendar file, its call sheet, and the agenda; through changes of the clocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.html import strip_tags
from icalendar import Calendar

from bookings import lifecycle
from bookings.calendars import uid
from bookings.models import Booking
from bookings.papers.rundown import rundown
from bookings.states import Status
from modules.models import OrbitElements
from tests.world import NOW, World, span

ROME = ZoneInfo("Europe/Rome")
SOON = span("03-04 10:00", 3)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


class TestCalendarFile:
    def test_is_the_booking_as_the_feeds_know_it(self, world: World, ours: Client) -> None:
        booking = world.reserve(SOON)
        answer = ours.get(f"/bookings/{booking.pk}/booking.ics")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        assert f'filename="{booking.reference}.ics"' in answer.headers["Content-Disposition"]
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert str(event["UID"]) == uid(booking)
        assert event.decoded("DTSTART") == booking.starts_at
        assert event.decoded("DTEND") == booking.ends_at
        assert event["STATUS"] == "TENTATIVE"

    def test_follows_the_booking(self, world: World, ours: Client) -> None:
        booking = world.reserve(SOON)
        before = ours.get(f"/bookings/{booking.pk}/booking.ics")
        again = ours.get(f"/bookings/{booking.pk}/booking.ics", headers={"If-None-Match": before.headers["ETag"]})
        assert again.status_code == 304
        lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, version=booking.version, at=NOW)
        (event,) = Calendar.from_ical(ours.get(f"/bookings/{booking.pk}/booking.ics").content).walk("VEVENT")
        assert event["STATUS"] == "CANCELLED"
        assert event["SEQUENCE"] > 1

    def test_is_nothing_to_strangers(self, world: World, theirs: Client) -> None:
        booking = world.reserve(SOON)
        for what in ("booking.ics", "call-sheet/"):
            assert theirs.get(f"/bookings/{booking.pk}/{what}").status_code == 404
            assert Client().get(f"/bookings/{booking.pk}/{what}").status_code == 302
        assert theirs.get(f"/productions/{booking.production_id}/call-sheet/").status_code == 404


def moments(booking: Booking) -> dict[str, datetime]:
    return {moment.what: moment.at for moment in rundown(booking, ROME).moments}


class TestCallSheet:
    def test_tells_the_window_on_both_clocks(self, world: World, ours: Client) -> None:
        booking = world.reserve(SOON, crew=2, conditions={"lighting": "sunrise"})
        page = text(ours, f"/bookings/{booking.pk}/call-sheet/")
        assert "2027/063 10:00–13:00 GMT" in page
        assert "Thu 4 Mar 2027, 11:00–14:00 CET" in page
        assert "2027/063 13:30 Thu 4 Mar 2027, 14:30 CET Turnaround ends" in page
        assert "Not confirmed" in page
        assert "a sunrise in it" in page.lower()

    def test_names_the_place_that_comes_in_view_and_the_light_there(self, world: World) -> None:
        booking = world.reserve(span("03-04 00:00", 24), conditions={"place": "rome"})
        told = [moment.what for moment in rundown(booking, ROME).moments if "Rome" in moment.what]
        assert {"Rome comes in view (AOS)", "Rome is out of view (LOS)"} < set(told)
        highest = [what for what in told if what.startswith("Highest over Rome, ")]
        assert len(highest) == told.count("Rome comes in view (AOS)")

    @pytest.mark.parametrize(("is_stand_in", "said"), [(True, "clock not known"), (False, "± 2 min")])
    def test_names_every_sunrise_and_how_sure_it_is(self, world: World, is_stand_in: bool, said: str) -> None:
        OrbitElements.objects.update(nominal=is_stand_in)
        booking = world.reserve(SOON)
        told = [moment for moment in rundown(booking, ROME).moments if moment.what in ("Sunrise", "Sunset")]
        assert len(told) in (3, 4), "three hours are two orbits"
        assert all(booking.starts_at < moment.at < booking.ends_at for moment in told)
        assert {moment.error_bar for moment in told} == {said}
        kinds = [moment.what for moment in told]
        assert all(a != b for a, b in pairwise(kinds)), "they take turns"

    def test_names_no_time_that_nobody_knows(self, world: World) -> None:
        far = rundown(world.reserve(span("05-10 10:00")), ROME)
        assert {moment.what for moment in far.moments} == {
            "Window begins",
            "Window ends: the zones are cleared",
            "Turnaround ends",
        }
        assert "not known so far ahead" in far.note

    @pytest.mark.parametrize(
        ("window", "said", "at"),
        [
            (
                span("03-27 22:00", 6),
                "Clocks go forward at 01:00 GMT: CET becomes CEST",
                datetime(2027, 3, 28, 1, tzinfo=UTC),
            ),
            (
                span("10-30 22:00", 6),
                "Clocks go back at 01:00 GMT: CEST becomes CET",
                datetime(2027, 10, 31, 1, tzinfo=UTC),
            ),
        ],
    )
    def test_says_when_the_clocks_change(
        self, world: World, ours: Client, window: object, said: str, at: datetime
    ) -> None:
        booking = world.reserve(window)
        assert moments(booking)[said] == at
        page = text(ours, f"/bookings/{booking.pk}/call-sheet/")
        before, after = ("CET", "CEST") if at.month == 3 else ("CEST", "CET")
        assert re.search(rf"23:00 {before} Window begins|00:00 {before} Window begins", page)
        assert re.search(rf"0[56]:00 {after} Window ends", page)

    def test_a_production_has_a_sheet_for_each_window_ahead(self, world: World, ours: Client) -> None:
        first = world.reserve(SOON, status=Status.REQUESTED)
        second = world.reserve(span("03-10 10:00"))
        gone = world.reserve(span("03-12 10:00"))
        lifecycle.release(actor=world.ours.actor, booking_id=gone.pk, version=gone.version, at=NOW)
        page = text(ours, f"/productions/{first.production_id}/call-sheet/")
        assert page.index(first.reference) < page.index(second.reference)
        assert gone.reference not in page

    def test_names_closures_near_it(self, world: World, ours: Client) -> None:
        booking = world.reserve(SOON)
        world.module.closures.create(
            kind="reboost",
            starts_at=SOON.ends_at + timedelta(hours=3),
            ends_at=SOON.ends_at + timedelta(hours=5),
            certainty="planned",
        )
        page = text(ours, f"/bookings/{booking.pk}/call-sheet/")
        assert re.search("Reboost, all zones ?: 2027/063 16:00–2027/063 18:00 GMT", page), page


class TestAgenda:
    def test_lists_each_day_in_the_order_of_the_clock(self, world: World, ours: Client) -> None:
        world.reserve(span("03-10 14:00"), by=world.theirs)
        own = world.reserve(span("03-10 10:00"), zones=("studio",))
        page = text(ours, "/calendar/?view=agenda&date=2027-03-08")
        assert "8 March 2027 to 21 March 2027" in page
        assert page.index(own.reference) < page.index("Unavailable; a hold can wait behind")
        assert "Borealis" not in page
        assert "Mon 8 Mar 2027 2027/067 – Tue 9 Mar 2027 2027/068 Nothing stands." in page
        assert "Thu 11 Mar 2027 2027/070 – Sun 21 Mar 2027 2027/080" in page

    def test_a_day_on_which_the_clocks_change_stands_alone(self, world: World, ours: Client) -> None:
        page = text(ours, "/calendar/?view=agenda&date=2027-03-22")
        assert "Sun 28 Mar 2027 2027/087 Rome: clocks go forward at 01:00 GMT: CET becomes CEST" in page
        page = text(ours, "/calendar/?view=agenda&date=2027-10-25")
        assert "Sun 31 Oct 2027 2027/304 Rome: clocks go back at 01:00 GMT: CEST becomes CET" in page

    def test_steps_by_its_own_length(self, world: World, ours: Client) -> None:
        page = ours.get("/calendar/?view=agenda&date=2027-03-08").content.decode()
        assert "view=agenda&amp;date=2027-02-22" in page
        assert "view=agenda&amp;date=2027-03-22" in page
