"""The module, its zones, the phases of its mission, and what closes it."""

from modules.models.closure import Closure, ClosureMargin, ClosureRevision
from modules.models.elements import (
    ComputedDay,
    DownlinkProvider,
    ElementFeed,
    ElementFile,
    OrbitElements,
    Relay,
)
from modules.models.mark import Mark
from modules.models.module import Activity, Module, Place, Zone
from modules.models.phase import (
    Certainty,
    FlightRules,
    FlightRulesRevision,
    Phase,
    PhaseKind,
    PhaseRevision,
    ZoneRule,
)
from modules.models.trajectory import EphemerisFile, TrajectoryEvent, TrajectoryEventRevision

__all__ = [
    "Activity",
    "Certainty",
    "Closure",
    "ClosureMargin",
    "ClosureRevision",
    "ComputedDay",
    "DownlinkProvider",
    "ElementFeed",
    "ElementFile",
    "EphemerisFile",
    "FlightRules",
    "FlightRulesRevision",
    "Mark",
    "Module",
    "OrbitElements",
    "Phase",
    "PhaseKind",
    "PhaseRevision",
    "Place",
    "Relay",
    "TrajectoryEvent",
    "TrajectoryEventRevision",
    "Zone",
    "ZoneRule",
]
