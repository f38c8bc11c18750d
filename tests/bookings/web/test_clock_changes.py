"""The organisation's clock beside GMT on the nights when daylight saving changes it, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from bookings.emails.facts import window
from bookings.models import Booking, Organisation
from bookings.web.tags import own_text, own_window
from bookings.web.times import NotATime, parse_instant
from modules.intervals import Span
from tests.world import World

ROME = ZoneInfo("Europe/Rome")
SPRING = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # Rome goes from 02:00 CET to 03:00 CEST
AUTUMN = datetime(2027, 10, 31, 1, 0, tzinfo=UTC)  # Rome goes from 03:00 CEST back to 02:00 CET
HALF = timedelta(minutes=30)


def test_the_hour_that_there_is_not_is_stepped_over() -> None:
    assert own_text(SPRING - HALF, ROME) == "Sun 28 Mar 2027, 01:30 CET"
    assert own_text(SPRING + HALF, ROME) == "Sun 28 Mar 2027, 03:30 CEST"
    assert own_window(SPRING - HALF, SPRING + HALF, ROME) == "Sun 28 Mar 2027, 01:30 CET–03:30 CEST"


def test_the_hour_that_there_is_twice_says_which_it_is() -> None:
    assert own_text(AUTUMN - HALF, ROME) == "Sun 31 Oct 2027, 02:30 CEST"
    assert own_text(AUTUMN + HALF, ROME) == "Sun 31 Oct 2027, 02:30 CET"
    assert own_window(AUTUMN - HALF, AUTUMN + HALF, ROME) == "Sun 31 Oct 2027, 02:30 CEST–02:30 CET"


NIGHTS = [
    # the zone, when it changes, a window of an hour about it as its people read it
    ("America/New_York", "2027-03-14T07:00", "Sun 14 Mar 2027, 01:30 EST–03:30 EDT"),
    ("America/New_York", "2027-11-07T06:00", "Sun 7 Nov 2027, 01:30 EDT–01:30 EST"),
    ("Australia/Lord_Howe", "2027-10-02T15:30", "Sun 3 Oct 2027, 01:30 GMT+10:30–03:00 GMT+11"),
    ("Australia/Lord_Howe", "2027-04-03T15:00", "Sun 4 Apr 2027, 01:30 GMT+11–02:00 GMT+10:30"),
    ("Asia/Kolkata", "2027-03-28T01:00", "Sun 28 Mar 2027, 06:00–07:00 IST"),
    ("Asia/Kathmandu", "2027-03-28T01:00", "Sun 28 Mar 2027, 06:15–07:15 GMT+5:45"),
]


@pytest.mark.parametrize(("name", "changes_at", "shown"), NIGHTS)
def test_every_zone_has_its_own_night_and_half_hours(name: str, changes_at: str, shown: str) -> None:
    at = datetime.fromisoformat(changes_at).replace(tzinfo=UTC)
    assert own_window(at - HALF, at + HALF, ZoneInfo(name)) == shown


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "shown", "told"),
    [
        ("Europe/Rome", "2027-03-28", SPRING - HALF, "01:30 CET–03:30 CEST", "clocks go forward at 01:00 GMT"),
        ("Europe/Rome", "2027-10-31", AUTUMN - HALF, "02:30 CEST–02:30 CET", "clocks go back at 01:00 GMT"),
        (
            "America/New_York",
            "2027-03-14",
            datetime(2027, 3, 14, 6, 30, tzinfo=UTC),
            "01:30 EST–03:30 EDT",
            "clocks go forward at 07:00 GMT",
        ),
        (
            "America/New_York",
            "2027-11-07",
            datetime(2027, 11, 7, 5, 30, tzinfo=UTC),
            "01:30 EDT–01:30 EST",
            "clocks go back at 06:00 GMT",
        ),
    ],
)
def test_calendar_agenda_call_sheet_and_mail_of_that_night(
    world: World, ours: Client, zone: str, day: str, starts_at: datetime, shown: str, told: str
) -> None:
    Organisation.objects.filter(pk=world.ours.organisation.pk).update(time_zone=zone)
    booking = world.reserve(Span(starts_at, starts_at + 2 * HALF))
    sheet = ours.get(f"/bookings/{booking.pk}/call-sheet/").text
    assert shown in sheet
    assert told in " ".join(sheet.split()).casefold().replace("gmt", "GMT")
    assert shown in ours.get(f"/bookings/{booking.pk}/").text
    for view in ("week", "day", "agenda"):
        page = ours.get(f"/calendar/?view={view}&date={day}").text
        assert booking.reference in page, view
        assert told in " ".join(page.split()), view
    month = ours.get(f"/calendar/?view=month&date={day}").text
    assert f"{booking.starts_at:%H:%M}–{booking.ends_at:%H:%M}" in month, "the month goes by GMT, which never changes"
    lines = window(booking.span, Booking.objects.get(pk=booking.pk))
    first, _, last = shown.partition("–")
    assert first in lines[1]
    assert last in lines[1]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "Sun 31 Oct 2027, 02:30 CET"),
        ("fr", "dim. 31 oct. 2027, 02:30 CET"),
        ("it", "dom 31 ott 2027, 02:30 CET"),
    ],
)
def test_each_language_has_its_own_day_and_the_same_clock(language: str, shown: str) -> None:
    with translation.override(language):
        assert own_text(AUTUMN + HALF, ROME) == shown


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("en", "2027-03-28 02:30", "02:30 on 28 March 2027 does not exist on that clock"),
        ("fr", "2027-03-28 02:30", "02:30 le 28 mars 2027 n’existe pas sur cette horloge"),
        ("it", "2027-03-28 02:30", "le 02:30 del 28 marzo 2027 non esistono su quell’orologio"),
        ("en", "2027-10-31 02:30", "at 00:30 GMT and again at 01:30 GMT"),
        ("fr", "2027-10-31 02:30", "à 00:30 GMT et de nouveau à 01:30 GMT"),
        ("it", "2027-10-31 02:30", "alle 00:30 GMT e di nuovo alle 01:30 GMT"),
    ],
)
def test_what_is_typed_is_never_guessed(language: str, typed: str, said: str) -> None:
    with translation.override(language), pytest.raises(NotATime) as refusal:
        parse_instant(typed, ROME)
    assert said.lower() in str(refusal.value).replace("\xa0", " ").lower()


@pytest.mark.parametrize("instant", [AUTUMN - HALF, AUTUMN + HALF, SPRING - HALF, SPRING + HALF])
def test_gmt_settles_it(instant: datetime) -> None:
    assert parse_instant(f"{instant:%Y-%m-%d %H:%M} GMT", ROME) == instant
