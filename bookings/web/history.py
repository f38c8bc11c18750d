"""A booking's history in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.clocks import own_text
from bookings.models import Booking, Transition
from bookings.models.booking import Attention
from bookings.states import Action, Status
from bookings.web.orbit_fields import sentences
from bookings.web.tags import gmt_text
from bookings.web.wording import place_in_line
from bookings.wording import activity_name, money, number, zone_names, zones_in_words

DONE = {
    Action.CREATE: gettext_lazy("Made"),
    Action.REQUEST: gettext_lazy("Requested"),
    Action.CONFIRM: gettext_lazy("Confirmed"),
    Action.DECLINE: gettext_lazy("Declined"),
    Action.CANCEL: gettext_lazy("Cancelled"),
    Action.RELEASE: gettext_lazy("Released"),
    Action.EXPIRE: gettext_lazy("Expired"),
    Action.COMPLETE: gettext_lazy("Completed"),
    Action.CHANGE: gettext_lazy("Changed"),
    Action.MOVE: gettext_lazy("Moved"),
    Action.CHALLENGE: gettext_lazy("Challenged the holds before it"),
    Action.CHALLENGED: gettext_lazy("Was challenged"),
    Action.PROMOTE: gettext_lazy("Moved up"),
    Action.ATTENTION: gettext_lazy("Needs a look"),
    Action.PROPOSE: gettext_lazy("Was offered another window"),
}
FIELDS = {
    "zones": gettext_lazy("Zones"),
    "activity": gettext_lazy("Activity"),
    "crew": gettext_lazy("Crew"),
    "power_kw": gettext_lazy("Power, kW"),
    "downlink_mbps": gettext_lazy("Downlink, Mbit/s"),
    "media_return_kg": gettext_lazy("Media return, kg"),
    "conditions": gettext_lazy("Conditions"),
    "production": gettext_lazy("Production"),
    "starts_at": gettext_lazy("Starts"),
    "ends_at": gettext_lazy("Ends"),
}

VIA = {
    "page": gettext_lazy("on this site"),
    "admin": gettext_lazy("in the admin"),
    "api": gettext_lazy("by API"),
    "task": "",
    "import": gettext_lazy("by an import"),
}


@dataclass(frozen=True)
class Chapter:
    at: datetime
    what: str
    who: str
    via: str
    details: tuple[str, ...]


def story(booking: Booking, zone: tzinfo) -> list[Chapter]:
    """What happened, the newest first."""
    names = zone_names(booking.module_id)
    return [
        Chapter(
            line.at,
            _what(line),
            line.actor,
            str(VIA.get(line.via, line.via)),
            tuple(_details(line.detail, zone, names)),
        )
        for line in booking.transitions.order_by("-at", "-id")
    ]


def _what(line: Transition) -> str:
    if line.action == Action.CREATE:
        place = place_in_line(line.detail.get("rank")) if line.to_status == "held" else ""
        made = _status(line.to_status).capitalize()
        return f"{made}, {place}" if place else made
    if line.action == Action.CHALLENGED and line.detail.get("withdrawn"):
        return _("A challenge was withdrawn")
    if line.action == Action.ATTENTION and not line.detail.get("attention"):
        return _("Fits again")
    said = str(DONE.get(Action(line.action), line.action)) if line.action in Action.values else line.action
    back = line.action in (Action.MOVE, Action.CHANGE) and line.from_status != line.to_status
    return _("%(done)s; %(status)s again") % {"done": said, "status": _status(line.to_status)} if back else said


def _status(code: str) -> str:
    return str(Status(code).label) if code in Status.values else code


def _details(detail: dict[str, Any], zone: tzinfo, zones: Mapping[str, str]) -> Iterator[str]:
    if "deadline" in detail:
        at = datetime.fromisoformat(str(detail["deadline"]))
        yield _("To request by %(when)s") % {"when": _moment(at, zone)}
    if "to_rank" in detail:
        yield _("Now %(place)s") % {"place": place_in_line(detail["to_rank"])}
    if detail.get("concurrence"):
        yield _("Host's concurrence: %(concurrence)s") % {"concurrence": detail["concurrence"]}
    if detail.get("fee"):
        fee = money(str(detail["fee"]), str(detail.get("currency", "")))
        yield _("Cancelling cost %(fee)s") % {"fee": fee}
    if detail.get("reason"):
        yield _("Reason: %(reason)s") % {"reason": detail["reason"]}
    for why in detail.get("attention") or []:
        yield str(Attention(why).label).capitalize() if why in Attention.values else str(why)
    for name, label in FIELDS.items():
        match detail.get(name):
            case [old, new] if name != "production" and old != new:
                yield f"{label}: {_value(name, old, zone, zones)} → {_value(name, new, zone, zones)}"


def _value(name: str, value: Any, zone: tzinfo, zones: Mapping[str, str]) -> str:
    if name in ("starts_at", "ends_at"):
        at = datetime.fromisoformat(str(value))
        return _moment(at, zone)
    if name == "activity":
        return activity_name(str(value))
    if name == "zones":
        return zones_in_words(value, zones)
    if name == "conditions":
        return "; ".join(sentences(value)) or _("none")
    return number(Decimal(str(value)))


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{gmt_text(at)} GMT ({own_text(at, zone)})"
