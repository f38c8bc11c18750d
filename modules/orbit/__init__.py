"""Where the module is, and what that means: light, passes, coverage, and how far to trust it.

Pure numpy over the compiled SGP4; it knows neither Django nor bookings.
"""

from modules.orbit.beta import beta_degrees, betas
from modules.orbit.coverage import gaps, relay_coverage, station_coverage, union
from modules.orbit.daylight import Daylight, daylight_at
from modules.orbit.drift import ErrorGrowth, along_track_s, error_growth
from modules.orbit.earth import Place
from modules.orbit.element_files import load_elements, parse_elements
from modules.orbit.elements import ElementSet
from modules.orbit.event_matching import Ambiguity, EventChanges, match_events, normalised_name
from modules.orbit.events import EventKind, TrajectoryEvent
from modules.orbit.exceptions import ElementsError, EphemerisError, NotCovered, OrbitError, OutOfRange
from modules.orbit.ground_track import GroundTrack, ground_track
from modules.orbit.oem import Ephemeris, load_oem, parse_oem
from modules.orbit.passes import Passes, elevation_degrees, passes, passes_over
from modules.orbit.plane import (
    NominalOrbit,
    PlaneForecast,
    Season,
    no_night_seasons,
    nominal_elements,
    plane_forecast,
)
from modules.orbit.shadow import nights, sun_events, twilights, umbras
from modules.orbit.succession import disagreement
from modules.orbit.tiers import Tier, TierRow, TierSpan, tier_at, tier_spans
from modules.orbit.times import unix_seconds, utc_datetime
from modules.orbit.trajectory import ElementTrajectory, EphemerisTrajectory, Samples, Trajectory, sampled

__all__ = [
    "Ambiguity",
    "Daylight",
    "ElementSet",
    "ElementTrajectory",
    "ElementsError",
    "Ephemeris",
    "EphemerisError",
    "EphemerisTrajectory",
    "ErrorGrowth",
    "EventChanges",
    "EventKind",
    "GroundTrack",
    "NominalOrbit",
    "NotCovered",
    "OrbitError",
    "OutOfRange",
    "Passes",
    "Place",
    "PlaneForecast",
    "Samples",
    "Season",
    "Tier",
    "TierRow",
    "TierSpan",
    "Trajectory",
    "TrajectoryEvent",
    "along_track_s",
    "beta_degrees",
    "betas",
    "daylight_at",
    "disagreement",
    "elevation_degrees",
    "error_growth",
    "gaps",
    "ground_track",
    "load_elements",
    "load_oem",
    "match_events",
    "nights",
    "no_night_seasons",
    "nominal_elements",
    "normalised_name",
    "parse_elements",
    "parse_oem",
    "passes",
    "passes_over",
    "plane_forecast",
    "relay_coverage",
    "sampled",
    "station_coverage",
    "sun_events",
    "tier_at",
    "tier_spans",
    "twilights",
    "umbras",
    "union",
    "unix_seconds",
    "utc_datetime",
]
