"""Where the module is, and what that means: light, passes, coverage, and how far to trust it.

Pure numpy over the compiled SGP4; it knows neither Django nor bookings.
"""

from modules.orbit.beta import beta_degrees, betas
from modules.orbit.earth import Place
from modules.orbit.element_files import load_elements, parse_elements
from modules.orbit.elements import ElementSet
from modules.orbit.event_matching import Ambiguity, EventChanges, match_events, normalised_name
from modules.orbit.events import EventKind, TrajectoryEvent
from modules.orbit.exceptions import ElementsError, EphemerisError, NotCovered, OrbitError, OutOfRange
from modules.orbit.ground_track import GroundTrack, ground_track
from modules.orbit.oem import Ephemeris, load_oem, parse_oem
from modules.orbit.passes import Passes, passes, passes_over
from modules.orbit.shadow import nights, sun_events, twilights, umbras
from modules.orbit.times import unix_seconds, utc_datetime
from modules.orbit.trajectory import ElementTrajectory, EphemerisTrajectory, Samples, Trajectory, sampled

__all__ = [
    "Ambiguity",
    "ElementSet",
    "ElementTrajectory",
    "ElementsError",
    "Ephemeris",
    "EphemerisError",
    "EphemerisTrajectory",
    "EventChanges",
    "EventKind",
    "GroundTrack",
    "NotCovered",
    "OrbitError",
    "OutOfRange",
    "Passes",
    "Place",
    "Samples",
    "Trajectory",
    "TrajectoryEvent",
    "beta_degrees",
    "betas",
    "ground_track",
    "load_elements",
    "load_oem",
    "match_events",
    "nights",
    "normalised_name",
    "parse_elements",
    "parse_oem",
    "passes",
    "passes_over",
    "sampled",
    "sun_events",
    "twilights",
    "umbras",
    "unix_seconds",
    "utc_datetime",
]
