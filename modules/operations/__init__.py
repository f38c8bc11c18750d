"""Changing what a module's time looks like: revise a phase, declare a closure, load an ephemeris.

Each verb runs in one transaction with the module owned, and keeps what was said before. What such a change does to
bookings is not known here: `bookings.replanning` calls these and looks.
"""

from modules.operations.changes import ALL_TIME, Change
from modules.operations.closures import change_closure, declare_closure, withdraw_closure
from modules.operations.elements import (
    ElementsReading,
    LoadedElements,
    ReviewedElements,
    accept_elements,
    load_elements,
    quarantine_elements,
    read_elements,
)
from modules.operations.ephemerides import Loaded, Reading, load_ephemeris, read_ephemeris
from modules.operations.flight_rules import change_rules
from modules.operations.nominal import issue_nominal, lay_nominal
from modules.operations.phases import add_phase, revise_phase
from modules.operations.restoring import restore
from modules.operations.standing import Changed, differences, essence, standing
from modules.operations.trajectory import accept_event, dismiss_event

__all__ = [
    "ALL_TIME",
    "Change",
    "Changed",
    "ElementsReading",
    "Loaded",
    "LoadedElements",
    "Reading",
    "ReviewedElements",
    "accept_elements",
    "accept_event",
    "add_phase",
    "change_closure",
    "change_rules",
    "declare_closure",
    "differences",
    "dismiss_event",
    "essence",
    "issue_nominal",
    "lay_nominal",
    "load_elements",
    "load_ephemeris",
    "quarantine_elements",
    "read_elements",
    "read_ephemeris",
    "restore",
    "revise_phase",
    "standing",
    "withdraw_closure",
]
