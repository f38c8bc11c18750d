"""Where the module is, and what that means: light, passes, coverage, and how far to trust it.

Pure numpy over the compiled SGP4; it knows neither Django nor bookings.
"""

from modules.orbit.element_files import load_elements, parse_elements
from modules.orbit.elements import ElementSet
from modules.orbit.event_matching import Ambiguity, EventChanges, match_events, normalised_name
from modules.orbit.events import EventKind, TrajectoryEvent
from modules.orbit.exceptions import ElementsError, EphemerisError, NotCovered, OrbitError, OutOfRange
from modules.orbit.oem import Ephemeris, load_oem, parse_oem
from modules.orbit.times import unix_seconds, utc_datetime

__all__ = [
    "Ambiguity",
    "ElementSet",
    "ElementsError",
    "Ephemeris",
    "EphemerisError",
    "EventChanges",
    "EventKind",
    "NotCovered",
    "OrbitError",
    "OutOfRange",
    "TrajectoryEvent",
    "load_elements",
    "load_oem",
    "match_events",
    "normalised_name",
    "parse_elements",
    "parse_oem",
    "unix_seconds",
    "utc_datetime",
]
