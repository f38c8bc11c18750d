"""Where the module is, and what that means: light, passes, coverage, and how far to trust it.

Pure numpy over the compiled SGP4; it knows neither Django nor bookings.
"""

from modules.orbit.event_matching import Ambiguity, EventChanges, match_events, normalised_name
from modules.orbit.events import EventKind, TrajectoryEvent
from modules.orbit.exceptions import ElementsError, EphemerisError, NotCovered, OrbitError, OutOfRange
from modules.orbit.oem import Ephemeris, load_oem, parse_oem
from modules.orbit.times import unix_seconds, utc_datetime

__all__ = [
    "Ambiguity",
    "ElementsError",
    "Ephemeris",
    "EphemerisError",
    "EventChanges",
    "EventKind",
    "NotCovered",
    "OrbitError",
    "OutOfRange",
    "TrajectoryEvent",
    "load_oem",
    "match_events",
    "normalised_name",
    "parse_oem",
    "unix_seconds",
    "utc_datetime",
]
