"""Times as people type and read them, daylight saving in both directions."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from bookings.clocks import GMT, clock_change, clock_name, day_start, offset_name, zone_named
from bookings.web.days import month_span
from bookings.web.fields import LengthField, parse_length
from bookings.web.tags import own_window
from bookings.web.times import NotATime, parse_date, parse_instant

ROME = ZoneInfo("Europe/Rome")
NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2027-03-04T14:20", GMT, "2027-03-04T14:20Z"),
        ("2027-03-04 14:20", GMT, "2027-03-04T14:20Z"),
        ("2027/063 14:20", GMT, "2027-03-04T14:20Z"),
        ("2027/063 14:20 GMT", GMT, "2027-03-04T14:20Z"),
        ("2027-063T14:20", GMT, "2027-03-04T14:20Z"),
        ("2027-03-04T14:20", ROME, "2027-03-04T13:20Z"),
        ("2027-07-04T14:20", ROME, "2027-07-04T12:20Z"),
        ("2027-03-04T14:20", NEW_YORK, "2027-03-04T19:20Z"),
        ("2027-03-04T14:20+05:30", ROME, "2027-03-04T08:50Z"),
        ("2027-03-04T14:20Z", ROME, "2027-03-04T14:20Z"),
    ],
)
def test_an_instant_is_read_by_the_clock_it_is_typed_in(text: str, zone: ZoneInfo, instant: str) -> None:
    assert parse_instant(text, zone) == at(instant)


@pytest.mark.parametrize(
    ("text", "zone", "why"),
    [
        ("2027-03-28T02:30", ROME, "does not exist"),
        ("2027-10-31T02:30", ROME, "happens twice"),
        ("2027-03-14T02:30", NEW_YORK, "does not exist"),
        ("2027-11-07T01:30", NEW_YORK, "happens twice"),
        ("tomorrow", GMT, "Give the time as"),
        ("2027-02-30T10:00", GMT, "Give the time as"),
        ("", GMT, "Give the time as"),
        ("1999-12-31T23:59", GMT, "between 2000 and 2100"),
        ("9999-12-31T23:59", ROME, "between 2000 and 2100"),
        ("0001-01-01T00:00", ROME, "between 2000 and 2100"),
        ("0001-01-01T00:00+05:00", ROME, "between 2000 and 2100"),
    ],
)
def test_nobody_guesses_what_a_clock_does_not_say(text: str, zone: ZoneInfo, why: str) -> None:
    with pytest.raises(NotATime, match=why):
        parse_instant(text, zone)


@pytest.mark.parametrize("text", ["2027-03-04", "2027/063", "2027-063"])
def test_a_day_is_read_with_day_of_year_too(text: str) -> None:
    assert parse_date(text) == date(2027, 3, 4)


@pytest.mark.parametrize("text", ["", "soon", "2027-13-01", "2027/366", "1066-10-14", "99999-01-01", "٢٠٢٧-٠٣-٠٤x"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotATime):
        parse_date(text)


@pytest.mark.parametrize(
    ("day", "zone", "said"),
    [
        (date(2027, 3, 28), ROME, "clocks go forward at 01:00 GMT: CET becomes CEST"),
        (date(2027, 10, 31), ROME, "clocks go back at 01:00 GMT: CEST becomes CET"),
        (date(2027, 3, 14), NEW_YORK, "clocks go forward at 07:00 GMT: EST becomes EDT"),
        (date(2027, 3, 29), ROME, ""),
        (date(2027, 3, 28), GMT, ""),
    ],
)
def test_the_day_of_a_clock_change_says_so(day: date, zone: ZoneInfo, said: str) -> None:
    assert clock_change(day, zone) == said


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "said"),
    [
        ("2027-03-04T10:00Z", "2027-03-04T12:00Z", ROME, "Thu 4 Mar 2027, 11:00–13:00 CET"),
        ("2027-03-04T10:00Z", "2027-03-04T12:00Z", GMT, "Thu 4 Mar 2027"),
        ("2027-03-28T00:30Z", "2027-03-28T02:00Z", ROME, "Sun 28 Mar 2027, 01:30 CET–04:00 CEST"),
        ("2027-10-31T00:30Z", "2027-10-31T02:00Z", ROME, "Sun 31 Oct 2027, 02:30 CEST–03:00 CET"),
        ("2027-03-04T22:30Z", "2027-03-05T01:00Z", ROME, "Thu 4 Mar 2027, 23:30 CET – Fri 5 Mar 2027, 02:00 CET"),
        ("2027-03-04T10:00Z", "2027-03-04T12:00Z", SAO_PAULO, "Thu 4 Mar 2027, 07:00–09:00 GMT−3"),
    ],
)
def test_a_window_reads_right_on_ones_own_clock(starts: str, ends: str, zone: ZoneInfo, said: str) -> None:
    assert own_window(at(starts), at(ends), zone) == said


def test_clocks_have_names() -> None:
    summer = at("2027-07-01T12:00Z")
    assert [clock_name(summer, zone) for zone in (ROME, NEW_YORK, SAO_PAULO, GMT)] == ["CEST", "EDT", "GMT−3", "GMT"]
    assert offset_name(summer, ZoneInfo("Asia/Kolkata")) == "GMT+5:30"
    assert zone_named("Europe/Rome") == ROME
    assert [zone_named(name) for name in ("Nowhere/Land", "", "../etc/passwd", "Europe")] == [GMT] * 4


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2 hours", timedelta(hours=2)),
        ("2h", timedelta(hours=2)),
        ("2", timedelta(hours=2)),
        ("1.5", timedelta(minutes=90)),
        ("1,5 h", timedelta(minutes=90)),
        ("1:30", timedelta(minutes=90)),
        ("2h30", timedelta(minutes=150)),
        ("2 h 30", timedelta(minutes=150)),
        ("2 heures 30", timedelta(minutes=150)),
        ("1 ora e 30", timedelta(minutes=90)),
        ("2h5", None),
        ("2h75", None),
        ("1 h 30 min", timedelta(minutes=90)),
        ("90 min", timedelta(minutes=90)),
        ("PT90M", timedelta(minutes=90)),
        ("3 days", timedelta(days=3)),
        ("1 day 6 hours", timedelta(hours=30)),
        ("", None),
        ("long", None),
        ("-2h", None),
        ("1e9", None),
    ],
)
def test_a_length_is_read_as_people_say_it(text: str, length: timedelta | None) -> None:
    assert parse_length(text) == length


@pytest.mark.parametrize(
    ("text", "length"), [("20", timedelta(minutes=20)), ("4,5", timedelta(seconds=270)), ("2 h", timedelta(hours=2))]
)
def test_a_bare_number_is_minutes_where_minutes_are_asked_for(text: str, length: timedelta) -> None:
    assert LengthField(in_minutes=True).clean(text) == length


@pytest.mark.parametrize("text", ["10", "90", "45,5"])
def test_what_may_be_minutes_or_hours_is_asked_about(text: str) -> None:
    with pytest.raises(ValidationError, match=f"Write “{text} min” or “{text} h”"):
        LengthField().clean(text)
    assert LengthField().clean("2") == timedelta(hours=2)


def test_a_month_is_whole_weeks() -> None:
    span = month_span(date(2027, 2, 14))
    assert (span.starts_at, span.ends_at) == (day_start(date(2027, 2, 1)), day_start(date(2027, 3, 1)))
    span = month_span(date(2027, 5, 31))
    assert (span.starts_at, span.ends_at) == (day_start(date(2027, 4, 26)), day_start(date(2027, 6, 7)))
