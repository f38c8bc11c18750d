"""Keep the orbit current: fetch elements when it is time, issue nominal ones for the day, and look at bookings."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bookings import actors, replanning
from modules import operations
from modules.exceptions import ModuleError
from modules.models import Module, OrbitElements
from modules.operations import feeds


def refresh_elements(module: Module, url: str, *, at: datetime) -> list[OrbitElements]:
    """Ask the address for new elements, where it is time; the accepted ones. A failure waits in the feed."""
    feed = feeds.due_feed(module, url, at=at)
    found = feed and feeds.fetch(feed, at=at)
    if not feed or not found:
        return []
    reading, answer = found
    change = partial(operations.load_elements, module=module, reading=reading)
    try:
        done = replanning.apply(
            module, change, reason=f"Orbit elements from {reading.name}", actor=actors.clock(), at=at
        )
    except ModuleError as problem:
        feeds.fail(feed, problem.detail, feeds.FIRST_WAIT, at=at)
        return []
    feeds.succeed(feed, answer, at=at)
    return done.result.accepted


def issue_nominal(module: Module, *, at: datetime) -> list[OrbitElements]:
    """Today's nominal sets where no real ones are; bookings are looked at where any was issued."""
    issued = operations.issue_nominal(module, at=at)
    if issued:
        replanning.recheck_conditions(module, reason="Nominal elements of the day", actor=actors.clock(), at=at)
    return issued
