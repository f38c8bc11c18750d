"""The organisation's clock beside GMT on the nights when daylight saving changes it, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from bookings.web.tags import own_text, own_window
from bookings.web.times import NotATime, parse_instant

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
