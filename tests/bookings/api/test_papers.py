"""What one takes along, over REST: the calendar file, the call sheet and the quote, as the pages hand them out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from icalendar import Calendar

from bookings import lifecycle
from bookings.models import Booking
from bookings.states import Status
from tests.callers import Callers, problem
from tests.world import NOW, World, span

SOON = span("03-04 10:00", 3)


def test_the_calendar_file_is_the_page_s(api: Callers, world: World) -> None:
    booking = world.reserve(SOON)
    answer = api.ours.get(f"bookings/{booking.pk}/calendar/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Content-Disposition"] == f'attachment; filename="{booking.reference}.ics"'
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event.decoded("DTSTART"), event["STATUS"]) == (booking.starts_at, "TENTATIVE")
    api.ours.client.force_login(world.ours.owner)
    assert answer.content == api.ours.client.get(f"/bookings/{booking.pk}/booking.ics").content


def test_the_calendar_file_is_not_sent_twice_and_follows_the_booking(api: Callers, world: World) -> None:
    booking = world.reserve(SOON)
    address = f"bookings/{booking.pk}/calendar/"
    etag = api.ours.get(address)["ETag"]
    assert api.ours.get(address, if_none_match=etag).status_code == 304
    lifecycle.cancel(actor=world.ours.actor, booking_id=booking.pk, at=NOW)
    (event,) = Calendar.from_ical(api.ours.get(address, if_none_match=etag).content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


def test_the_call_sheet_says_what_happens_when(api: Callers, world: World) -> None:
    booking = world.reserve(SOON, crew=2)
    world.module.closures.create(
        kind="reboost",
        starts_at=SOON.ends_at + timedelta(hours=3),
        ends_at=SOON.ends_at + timedelta(hours=5),
        certainty="planned",
    )
    said = api.ours.get(f"bookings/{booking.pk}/call-sheet/").json()
    whole = api.ours.get(f"bookings/{booking.pk}/").json()
    assert said["booking"] == whole
    assert (said["production"], said["organisation"], said["time_zone"]) == (
        "Aurora Pictures's film",
        "Aurora Pictures",
        "Europe/Rome",
    )
    assert (said["is_firm"], said["note"]) == (False, "")
    assert [closure["kind"] for closure in said["closures"]] == ["reboost"]
    moments = said["moments"]
    assert moments[0] == {
        "at": "2027-03-04T10:00:00Z",
        "kind": "window_begins",
        "what": "Window begins",
        "local": "Thu 4 Mar 2027, 11:00 CET",
        "uncertainty_seconds": None,
        "tier": None,
    }
    assert [moment["kind"] for moment in moments[-2:]] == ["window_ends", "turnaround_ends"]
    between = [moment for moment in moments if moment["kind"] in ("sunrise", "sunset")]
    assert len(between) in (3, 4), "three hours are two orbits"
    assert {(moment["uncertainty_seconds"], moment["tier"]) for moment in between} == {(120, "good")}
    assert all(re.fullmatch(r"2027-03-04T1[0-2]:\d\d:\d\d\.\dZ", moment["at"]) for moment in between)


def test_a_production_s_call_sheets_are_a_list_of_what_is_ahead(api: Callers, world: World) -> None:
    second, first = world.reserve(span("03-10 10:00")), world.reserve(SOON, status=Status.REQUESTED)
    gone = world.reserve(span("03-12 10:00"))
    lifecycle.release(actor=world.ours.actor, booking_id=gone.pk, at=NOW)
    address = f"productions/{world.ours.production.pk}/call-sheets/"
    page = api.ours.get(address, {"page_size": 1}).json()
    assert [sheet["booking"]["id"] for sheet in page["results"]] == [str(first.pk)]
    rest = api.ours.get(page["next"]).json()
    assert [sheet["booking"]["id"] for sheet in rest["results"]] == [str(second.pk)]
    assert rest["next"] is None


def test_a_quote_of_a_booking_is_a_pdf(api: Callers, world: World) -> None:
    booking = world.reserve(SOON)
    answer = api.readonly.get(f"bookings/{booking.pk}/quote/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="quote-{booking.reference}.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_a_quote_before_there_is_a_booking_is_a_pdf_and_does_nothing(api: Callers, body: dict[str, Any]) -> None:
    answer = api.ours.post("quotes/pdf/", body)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="quote.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert not Booking.objects.exists()


def test_a_quote_asked_for_again_is_the_same_to_the_byte(
    api: Callers, body: dict[str, Any], clock: time_machine.Traveller
) -> None:
    first = api.ours.post("quotes/pdf/", body, idempotency_key="once")
    clock.shift(timedelta(hours=1))
    again = api.ours.post("quotes/pdf/", body, idempotency_key="once")
    assert again["Idempotency-Replayed"] == "true"
    for name in ("Content-Type", "Content-Disposition"):
        assert again[name] == first[name]
    assert again.content == first.content
    assert api.ours.post("quotes/pdf/", body).content != first.content, "that one says another hour"
    other = {**body, "crew": 1}
    problem(api.ours.post("quotes/pdf/", other, idempotency_key="once"), 422, "idempotency_key_reused")


def test_a_refusal_is_a_problem_whatever_is_asked_for(api: Callers, body: dict[str, Any]) -> None:
    late = {**body, "starts_at": "2027-03-02T10:00:00Z", "ends_at": "2027-03-02T12:00:00Z"}
    for key in ({}, {"idempotency_key": "late"}, {"idempotency_key": "late"}):
        problem(api.ours.post("quotes/pdf/", late, accept="application/pdf", **key), 400, "lead_time")
    problem(api.ours.post("quotes/pdf/", {**body, "colour": "red"}), 400, "unknown_field")
    problem(api.theirs.post("quotes/pdf/", body), 404, "not_found")
    problem(api.readonly.post("quotes/pdf/", body), 403, "insufficient_scope")


@pytest.mark.parametrize("what", ["calendar", "call-sheet", "quote"])
def test_what_is_another_s_is_not_there(api: Callers, world: World, what: str) -> None:
    booking = world.reserve(SOON)
    for caller, booking_id in ((api.theirs, booking.pk), (api.ours, uuid4())):
        problem(caller.get(f"bookings/{booking_id}/{what}/"), 404, "not_found")
    problem(api.anonymous.get(f"bookings/{booking.pk}/{what}/"), 401, "not_authenticated")
    problem(api.ours.get(f"bookings/{booking.pk}/{what}/", accept="image/png"), 406, "not_acceptable")
    problem(api.ours.get(f"bookings/{booking.pk}/{what}/?colour=red"), 400, "unknown_parameter")
    problem(api.theirs.get(f"productions/{booking.production_id}/call-sheets/"), 404, "not_found")
