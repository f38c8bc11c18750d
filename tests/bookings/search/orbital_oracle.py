"""The orbital requirements by brute force: each window is shifted through the orbit and looked at by itself.

Nothing of the search is shared. From the orbit itself come only its own arrays (nights, passes, coverage) over the
whole span and what the plane tells of a day; what counts, and where, is worked out here in plain loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from modules import orbit
from modules.conditions.relays import StandingRelay
from modules.orbit.coverage import relay_coverage
from modules.orbit.plane import plane_forecast

DAY_S = 86_400.0
BOUNDS = [(2.0, 0.0), (5.0, 120.0), (14.0, 600.0)]
"""Days from the epoch, and by how much times are shortened there: CONTRACT §4."""


@dataclass
class Wanted:
    lighting: str = "any"
    lighting_min: int | None = None
    place: tuple[float, float] | None = None
    min_elevation: float = 10.0
    pass_min: int = 0
    downlink_min: int | None = None


class Sky:
    """The orbit of one element set over a span, as plain lists."""

    def __init__(self, elements: orbit.ElementSet, longitudes: list[float], begins: datetime, ends: datetime) -> None:
        self.elements = elements
        # A day more on either side, so that nothing open at an end shows.
        first, last = begins.timestamp() - DAY_S, ends.timestamp() + DAY_S
        reach = BOUNDS[-1][0] * DAY_S
        self.known = max(first, elements.epoch_s - reach), min(last, elements.epoch_s + reach)
        self.nights, self.covered, self.planes = [], [], {}
        self.trajectory = orbit.ElementTrajectory(elements)
        if self.known[0] < self.known[1]:
            self.nights = orbit.nights(self.trajectory, *self.known).tolist()
            # The last coverage may end with our knowledge, not with the relay's view; then nothing is taken off.
            relays = [StandingRelay(longitude) for longitude in longitudes]
            self.covered = relay_coverage(self.trajectory, relays, *self.known).tolist()

        self.sure_nights, self.sure_covered = self.sure(self.nights), self.sure(self.covered)
        self.sure_days = self.sure(self.days())

    def error(self, at: float) -> float:
        days = abs(at - self.elements.epoch_s) / DAY_S
        return next(error for reach, error in BOUNDS if days <= reach)

    def days(self) -> list[list[float]]:
        edges = [self.known[0], *(edge for night in self.nights for edge in night), self.known[1]]
        return [[a, b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]

    def sure(self, spans: list[list[float]]) -> list[tuple[float, float]]:
        """Each span without what an error could take from its ends."""
        return [
            (a + (0 if a in self.known else self.error(a)), b - (0 if b in self.known else self.error(b)))
            for a, b in spans
        ]

    def allows(self, wanted: Wanted, start: datetime, minutes: int) -> bool:
        starts, ends = start.timestamp(), start.timestamp() + minutes * 60
        if starts < self.known[0] or ends > self.known[1]:
            return self.guarantees(wanted, start, minutes)
        return (
            self.lit(wanted, starts, ends) and self.passed(wanted, starts, ends) and self.linked(wanted, starts, ends)
        )

    def lit(self, wanted: Wanted, starts: float, ends: float) -> bool:
        if wanted.lighting in ("night", "day"):
            least = min(30 * 60, ends - starts) if wanted.lighting_min is None else wanted.lighting_min * 60
            spans = self.sure_nights if wanted.lighting == "night" else self.sure_days
            return any(min(b, ends) - max(a, starts) >= least for a, b in spans)
        if wanted.lighting in ("sunrise", "sunset"):
            instants = [night[wanted.lighting == "sunrise"] for night in self.nights]
            return any(
                starts <= at - self.error(at) and at + self.error(at) < ends for at in instants if at not in self.known
            )
        return True

    def passed(self, wanted: Wanted, starts: float, ends: float) -> bool:
        if wanted.place is None:
            return True
        place = orbit.Place(*wanted.place)
        if not hasattr(self, "seen"):
            found = orbit.passes(self.trajectory, place, *self.known, wanted.min_elevation)
            self.seen = self.sure([[a, b] for a, b in zip(found.aos_s.tolist(), found.los_s.tolist(), strict=True)])
        return any(a < b and starts <= a and b <= ends and b - a >= wanted.pass_min * 60 for a, b in self.seen)

    def linked(self, wanted: Wanted, starts: float, ends: float) -> bool:
        if wanted.downlink_min is None:
            return True
        return any(min(b, ends) - max(a, starts) >= wanted.downlink_min * 60 for a, b in self.sure_covered)

    def guarantees(self, wanted: Wanted, start: datetime, minutes: int) -> bool:
        """Where there is no clock: a whole orbit holds one night and one day, a part of it half of what is left."""
        midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        if wanted.place is not None or wanted.downlink_min is not None:
            return False
        if midnight + DAY_S <= self.known[1] and midnight >= self.known[0]:
            return wanted.lighting == "any"  # it only ends where nothing is known
        if midnight not in self.planes:
            self.planes[midnight] = plane_forecast(self.elements, np.array([midnight + DAY_S / 2]))
        plane = self.planes[midnight]
        around, length = DAY_S / plane.orbits_per_day, minutes * 60
        night, most = float(plane.night_seconds_least[0]), float(plane.night_seconds_most[0])
        least = min(30 * 60, length) if wanted.lighting_min is None else wanted.lighting_min * 60
        if wanted.lighting == "any":
            return True
        if wanted.lighting in ("sunrise", "sunset"):
            return night > 0 and length >= around
        if wanted.lighting == "day" and most == 0:
            return length >= least
        part = night if wanted.lighting == "night" else around - most
        return (part if length >= around else (length - (around - part)) / 2) >= least
