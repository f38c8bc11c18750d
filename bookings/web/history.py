"""A booking's history in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bookings.models import Booking, Transition
from bookings.models.booking import Attention
from bookings.states import Action
from bookings.web.tags import gmt_text, own_text
from bookings.web.wording import place_in_line

DONE = {
    Action.CREATE: "Made",
    Action.REQUEST: "Requested",
    Action.CONFIRM: "Confirmed",
    Action.DECLINE: "Declined",
    Action.CANCEL: "Cancelled",
    Action.RELEASE: "Released",
    Action.EXPIRE: "Expired",
    Action.COMPLETE: "Completed",
    Action.CHANGE: "Changed",
    Action.MOVE: "Moved",
    Action.CHALLENGE: "Challenged the holds before it",
    Action.CHALLENGED: "Was challenged",
    Action.PROMOTE: "Moved up",
    Action.ATTENTION: "Needs a look",
    Action.PROPOSE: "Was offered another window",
}
FIELDS = {
    "zones": "Zones",
    "activity": "Activity",
    "crew": "Crew",
    "power_kw": "Power, kW",
    "downlink_mbps": "Downlink, Mbit/s",
    "conditions": "Conditions",
    "production": "Production",
    "starts_at": "Starts",
    "ends_at": "Ends",
}

VIA = {"page": "on this site", "admin": "in the admin", "api": "by API", "task": "", "import": "by an import"}


@dataclass(frozen=True)
class Chapter:
    at: datetime
    what: str
    who: str
    via: str
    details: tuple[str, ...]


def story(booking: Booking, zone: tzinfo) -> list[Chapter]:
    """What happened, the newest first."""
    return [
        Chapter(line.at, _what(line), line.actor, VIA.get(line.via, line.via), tuple(_details(line.detail, zone)))
        for line in booking.transitions.order_by("-at", "-id")
    ]


def _what(line: Transition) -> str:
    if line.action == Action.CREATE:
        place = place_in_line(line.detail.get("rank")) if line.to_status == "held" else ""
        return f"{line.to_status.capitalize()}{f', {place}' if place else ''}"
    if line.action == Action.CHALLENGED and line.detail.get("withdrawn"):
        return "A challenge was withdrawn"
    said = DONE.get(Action(line.action), line.action) if line.action in Action.values else line.action
    back = line.action in (Action.MOVE, Action.CHANGE) and line.from_status != line.to_status
    return f"{said}; {line.to_status} again" if back else said


def _details(detail: dict[str, Any], zone: tzinfo) -> Iterator[str]:
    if "deadline" in detail:
        at = datetime.fromisoformat(str(detail["deadline"]))
        yield f"To request by {gmt_text(at)} GMT ({own_text(at, zone)})"
    if "to_rank" in detail:
        yield f"Now {place_in_line(detail['to_rank'])}"
    if detail.get("concurrence"):
        yield f"Host's concurrence: {detail['concurrence']}"
    if detail.get("reason"):
        yield f"Reason: {detail['reason']}"
    for why in detail.get("attention") or []:
        yield Attention(why).label.capitalize() if why in Attention.values else str(why)
    for name, label in FIELDS.items():
        match detail.get(name):
            case [old, new] if name != "production":
                yield f"{label}: {_value(name, old, zone)} → {_value(name, new, zone)}"


def _value(name: str, value: Any, zone: tzinfo) -> str:
    if name in ("starts_at", "ends_at"):
        at = datetime.fromisoformat(str(value))
        return f"{gmt_text(at)} GMT ({own_text(at, zone)})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
