"""The module, its zones, the phases of its mission, and what closes it."""

from modules.models.closure import Closure, ClosureMargin, ClosureRevision
from modules.models.module import Activity, Module, Place, Zone
from modules.models.phase import Certainty, FlightRules, Phase, PhaseKind, PhaseRevision, ZoneRule
from modules.models.trajectory import EphemerisFile, TrajectoryEvent, TrajectoryEventRevision

__all__ = [
    "Activity",
    "Certainty",
    "Closure",
    "ClosureMargin",
    "ClosureRevision",
    "EphemerisFile",
    "FlightRules",
    "Module",
    "Phase",
    "PhaseKind",
    "PhaseRevision",
    "Place",
    "TrajectoryEvent",
    "TrajectoryEventRevision",
    "Zone",
    "ZoneRule",
]
