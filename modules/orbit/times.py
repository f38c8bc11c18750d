"""Time as the orbit package counts it.

Every instant is a float64 `unix_s`: seconds since 1970-01-01T00:00:00Z, UTC as POSIX counts it, so that
each day has 86,400 of them. UT1 is taken to be UTC: they differ by less than 0.9 s by definition, and by
less than 0.1 s since 2017, which turns the Earth by under 50 m. The Sun wants terrestrial time, which
runs ahead of UTC by 32.184 s and the leap seconds so far.
"""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

DAY_S = 86_400.0
UNIX_EPOCH_JD = 2_440_587.5
J2000_UNIX_S = 946_728_000.0
"""2000-01-01T12:00:00 on the clock of whichever scale is counted."""

EPOCH_FORM = re.compile(
    r"(?P<year>\d{4})-(?:(?P<doy>\d{3})|(?P<month>\d{2})-(?P<day>\d{2}))"
    r"[T ](?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2}(?:\.\d*)?)(?:Z|\+00:00)?",
    re.ASCII,
)

LEAP_SECONDS = (
    ("1972-01-01", 10), ("1972-07-01", 11), ("1973-01-01", 12), ("1974-01-01", 13), ("1975-01-01", 14),
    ("1976-01-01", 15), ("1977-01-01", 16), ("1978-01-01", 17), ("1979-01-01", 18), ("1980-01-01", 19),
    ("1981-07-01", 20), ("1982-07-01", 21), ("1983-07-01", 22), ("1985-07-01", 23), ("1988-01-01", 24),
    ("1990-01-01", 25), ("1991-01-01", 26), ("1992-07-01", 27), ("1993-07-01", 28), ("1994-07-01", 29),
    ("1996-01-01", 30), ("1997-07-01", 31), ("1999-01-01", 32), ("2006-01-01", 33), ("2009-01-01", 34),
    ("2012-07-01", 35), ("2015-07-01", 36), ("2017-01-01", 37),
)  # fmt: skip
"""Day from which TAI-UTC has this many seconds: IERS Bulletin C; none is announced after 2017."""


def unix_seconds(moment: datetime) -> float:
    """The aware `moment` as `unix_s`; a naive one is a ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone was given where UTC is needed")
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)


def utc_datetime(unix_s: float) -> datetime:
    """`unix_s` as an aware datetime, rounded to the microsecond."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(unix_s))


def parse_epoch(text: str) -> float:
    """A CCSDS epoch, calendar (`2022-02-11T12:00:00.000`) or day of year (`2022-042T12:00:00Z`), as `unix_s`.

    A leap second (`:60`) counts as the first second of the next minute. Raises ValueError for anything else.
    """
    found = EPOCH_FORM.fullmatch(text.strip())
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59 or float(found["second"]) >= 61:
        raise ValueError(f"“{text[:40]}” is not a UTC time")
    try:
        midnight_s = unix_seconds(_midnight(found))
    except ValueError as problem:
        raise ValueError(f"“{text[:40]}” is not a day of the calendar") from problem
    return midnight_s + int(found["hour"]) * 3600 + int(found["minute"]) * 60 + float(found["second"])


def _midnight(found: re.Match[str]) -> datetime:
    if found["doy"]:
        return day_of_year(int(found["year"]), int(found["doy"]))
    return datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=UTC)


def day_of_year(year: int, day: int) -> datetime:
    """Midnight that begins `day` (1 is 1 January) of `year`; ValueError where the year has no such day."""
    midnight = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
    if day < 1 or midnight.year != year:
        raise ValueError(f"{year} has no day {day}")
    return midnight


def julian_day(unix_s: Floats) -> tuple[Floats, Floats]:
    """UTC Julian date in two parts, the second in [0, 1), as sgp4 wants it to keep microseconds."""
    whole = np.floor(unix_s / DAY_S)
    return whole + UNIX_EPOCH_JD, unix_s / DAY_S - whole


def tt_minus_utc_s(unix_s: Floats) -> Floats:
    """Terrestrial time minus UTC in seconds, by the table of leap seconds (69.184 since 2017)."""
    return 32.184 + _TAI_MINUS_UTC[np.searchsorted(_LEAPS_UNIX_S, unix_s, side="right")]


def centuries_tt(unix_s: Floats) -> Floats:
    """Julian centuries of terrestrial time since J2000.0."""
    return (unix_s - J2000_UNIX_S + tt_minus_utc_s(unix_s)) / (36_525 * DAY_S)


_LEAPS_UNIX_S = np.array([unix_seconds(datetime.fromisoformat(f"{day}T00:00:00Z")) for day, _ in LEAP_SECONDS])
_TAI_MINUS_UTC = np.array([LEAP_SECONDS[0][1], *(seconds for _, seconds in LEAP_SECONDS)], dtype=float)
