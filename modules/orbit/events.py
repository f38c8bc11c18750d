"""The trajectory event summary that NASA puts into the comments of its ephemerides.

Each event is one row: a name, a GMT time as day of year, and what it does to the orbit. The year is not
said. It is the one that brings the day nearest to the span of the file, so that a file from late December
finds its events of January in the next year.
"""

import re
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from modules.orbit.exceptions import EphemerisError
from modules.orbit.times import day_of_year, unix_seconds, utc_datetime

EventKind = Literal["docking", "undocking", "reboost", "eva", "launch", "other"]

KIND_WORDS: tuple[tuple[EventKind, re.Pattern[str]], ...] = (
    ("eva", re.compile(r"\b(us |rs )?eva\b|\bspacewalk", re.I)),
    ("launch", re.compile(r"\blaunch|\blift-?off", re.I)),
    ("other", re.compile(r"\breloc|\bde-?orbit|\bsplash|\blanding|\bre-?entry", re.I)),
    ("undocking", re.compile(r"\bun-?dock|\bun-?berth|\bdepart|\brelease|\bsep(aration)?\b", re.I)),
    ("docking", re.compile(r"\bdock|\bberth|\barrival|\barrive|\bcapture|\bgrapple|\brendezvous", re.I)),
    ("reboost", re.compile(r"\bre-?boost|\bboost\b|\bburn\b|\bp?dam\b|\bavoidance|\bphasing", re.I)),
)
"""Tried in this order: “Undock” is asked before “Dock”, and a deorbit burn before a burn."""

ROW = re.compile(
    r"^\s*(?P<name>\S.*?)\s+(?P<day>\d{3}):(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d+)?)"
    r"(?P<rest>.*)$"
)
BEGIN, END = "TRAJECTORY EVENT SUMMARY", "END SEQUENCE OF EVENTS"


@dataclass(frozen=True)
class TrajectoryEvent:
    """Something that the operator expects to happen to the orbit or the station.

    `occurs_at` is aware UTC; `delta_v_m_s` the change of speed, `apogee_km` and `perigee_km` the heights
    that follow, where the file gives them.
    """

    name: str
    kind: EventKind
    occurs_at: datetime
    delta_v_m_s: float | None = None
    apogee_km: float | None = None
    perigee_km: float | None = None

    @property
    def occurs_s(self) -> float:
        """`occurs_at` as `unix_s`."""
        return unix_seconds(self.occurs_at)


def event_kind(name: str) -> EventKind:
    """What an event is, by the words of its name; `other` where none is known."""
    return next((kind for kind, words in KIND_WORDS if words.search(name)), "other")


def events_in_comments(comments: Iterable[str], start_s: float, stop_s: float) -> tuple[TrajectoryEvent, ...]:
    """The events of a file that spans `start_s` to `stop_s`, in order of time.

    A row with an impossible time raises EphemerisError, since a dropped event could cost a booking.
    """
    rows = (ROW.match(line) for line in _summary(comments))
    events = [_event(row, start_s, stop_s) for row in rows if row]
    return tuple(sorted(events, key=lambda event: (event.occurs_at, event.name)))


def _summary(comments: Iterable[str]) -> Iterable[str]:
    inside = False
    for line in comments:
        if BEGIN in line.upper():
            inside = True
        elif END in line.upper():
            inside = False
        elif inside:
            yield line


def _event(row: re.Match[str], start_s: float, stop_s: float) -> TrajectoryEvent:
    name = " ".join(row["name"].split())
    numbers = [float(word) for word in re.findall(r"-?\d+\.\d+", row["rest"])]
    delta_v, apogee, perigee = numbers if len(numbers) == 3 else (None, None, None)
    return TrajectoryEvent(name, event_kind(name), _occurs_at(row, start_s, stop_s), delta_v, apogee, perigee)


def _occurs_at(row: re.Match[str], start_s: float, stop_s: float) -> datetime:
    hour, minute, second = int(row["hour"]), int(row["minute"]), float(row["second"])
    moments = [
        midnight + timedelta(hours=hour, minutes=minute, seconds=second)
        for midnight in _midnights(int(row["day"]), utc_datetime(start_s).year)
    ]
    if not moments or hour > 23 or minute > 59 or second >= 61:
        raise EphemerisError(f"The event “{row['name'][:40]}” has an impossible time.")
    return min(moments, key=lambda moment: _distance_s(unix_seconds(moment), start_s, stop_s))


def _midnights(day: int, year: int) -> list[datetime]:
    """Midnight of the day in the years around `year` that have it (day 366 only in leap years)."""
    if not 1 <= day <= 366:
        return []
    years = [near for near in (year - 1, year, year + 1) if day < 366 or isleap(near)]
    return [day_of_year(near, day) for near in years]


def _distance_s(moment_s: float, start_s: float, stop_s: float) -> float:
    return max(start_s - moment_s, moment_s - stop_s, 0.0)
