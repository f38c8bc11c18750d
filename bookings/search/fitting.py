"""Whether one window, as given, has what it asks of the orbit."""

from __future__ import annotations

from bookings.conditions import Conditions
from bookings.exceptions import FieldError
from bookings.search.grid import Grid
from bookings.search.orbital import orbital_requirements
from bookings.search.request import SearchRequest
from bookings.search.sky import outlook_for
from modules.conditions import Outlook
from modules.intervals import Span
from modules.models import Module

NOT_MET = "conditions_not_met"


def unmet(module: Module, window: Span, wanted: Conditions) -> list[FieldError]:
    """What the orbit does not give in `window` of what is wanted; raises Invalid for a place that is not there."""
    if not wanted:
        return []
    return unmet_in(outlook_for(module, window, wanted, betas=True), module, window, wanted)


def unmet_in(outlook: Outlook, module: Module, window: Span, wanted: Conditions) -> list[FieldError]:
    """The same by an outlook that covers the window."""
    request = SearchRequest(module, "", window.duration, window, conditions=wanted)
    grid = Grid.over(window, window.duration, 1)
    return [
        FieldError("conditions", NOT_MET, requirement.detail())
        for requirement in orbital_requirements(request, grid, outlook)
        if not requirement.mask.all()
    ]
