"""A revision in words: what it changes, subject by subject, before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import ScheduleRevision
from bookings.wording import activity_name, duration, gmt, number, zone_names, zones_in_words
from modules.models import Certainty, Closure, EphemerisFile, OrbitElements, Phase, TrajectoryEvent
from modules.models.phase import PhaseKind

VERBS = {
    "revise_phase": gettext_lazy("A phase revised"),
    "add_phase": gettext_lazy("A phase added"),
    "change_rules": gettext_lazy("Flight rules changed"),
    "declare_closure": gettext_lazy("A closure declared"),
    "change_closure": gettext_lazy("A closure changed"),
    "withdraw_closure": gettext_lazy("A closure withdrawn"),
    "accept_event": gettext_lazy("A trajectory event accepted"),
    "dismiss_event": gettext_lazy("A trajectory event set aside"),
    "accept_elements": gettext_lazy("Orbit elements accepted"),
    "quarantine_elements": gettext_lazy("Orbit elements set aside"),
    "load_elements": gettext_lazy("Orbit elements loaded"),
    "load_ephemeris": gettext_lazy("An ephemeris loaded"),
    "restore": gettext_lazy("An earlier revision taken back"),
}
FIELDS = {
    "kind": gettext_lazy("kind"),
    "starts_at": gettext_lazy("start"),
    "ends_at": gettext_lazy("end"),
    "occurs_at": gettext_lazy("instant"),
    "certainty": gettext_lazy("certainty"),
    "note": gettext_lazy("note"),
    "name": gettext_lazy("name"),
    "status": gettext_lazy("state"),
    "withdrawn": gettext_lazy("withdrawn"),
    "zones": gettext_lazy("zones"),
    "shortest_window": gettext_lazy("shortest window"),
    "longest_window": gettext_lazy("longest window"),
    "lead_time": gettext_lazy("lead time"),
    "turnaround": gettext_lazy("turnaround"),
    "hold_time": gettext_lazy("time that a hold stands"),
    "challenge_time": gettext_lazy("time to answer a challenge"),
    "crew_limit": gettext_lazy("most crew on set"),
    "power_limit_kw": gettext_lazy("most power, kW"),
    "downlink_limit_mbps": gettext_lazy("most downlink, Mbit/s"),
    "requires_concurrence": gettext_lazy("the host’s concurrence is needed"),
    "crew_wake": gettext_lazy("crew wakes, GMT"),
    "crew_sleep": gettext_lazy("crew sleeps, GMT"),
}
MOST_LINES = 30
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a revision says anew; `before` is empty where the subject is new."""

    subject: str
    what: str
    before: str
    after: str


def title_of(revision: ScheduleRevision) -> str:
    return str(VERBS[revision.verb])


def lines(revision: ScheduleRevision) -> list[Line]:
    """What the revision changes, in the order of subjects; each field that differs is a line."""
    names = zone_names(revision.module_id)
    return [line for change in revision.changes for line in _of(change, names)]


def _of(change: Mapping[str, Any], names: Names) -> Iterator[Line]:
    before, after = change["before"] or {}, change["after"] or {}
    subject = _subject(change["subject"], change["key"], after or before, is_new=not before)
    if not before:
        yield Line(subject, _new(change["subject"], after, names), "", "")
        return
    for name in after:
        if before.get(name) != after[name] and name != "closure":
            was, now = (_said(change["subject"], name, content.get(name), names) for content in (before, after))
            yield Line(subject, str(FIELDS.get(name, name.replace("_", " "))), was, now)


def _subject(kind: str, key: int, content: Mapping[str, Any], *, is_new: bool) -> str:
    if kind == "phase":
        return _("Mission phase: %(phase)s") % {"phase": PhaseKind(content["kind"]).label}
    if kind == "rules":
        phase = Phase.objects.filter(pk=key).first()
        said = _("Flight rules, %(phase)s") if phase else _("Flight rules")
        return said % {"phase": phase.get_kind_display() if phase else ""}
    if kind == "closure":
        return _("Closure, %(kind)s") % {"kind": Closure.Kind(content["kind"]).label}
    if kind == "event":
        return str(content["name"])
    if is_new:
        return {"ephemeris": _("Ephemeris"), "elements": _("Orbit elements")}[kind]
    model = {"ephemeris": EphemerisFile, "elements": OrbitElements}[kind]
    return str(model._default_manager.filter(pk=key).first() or kind)


def _new(kind: str, content: Mapping[str, Any], names: Names) -> str:
    said = {name: _said(kind, name, value, names) for name, value in content.items()}
    if kind == "closure":
        new = _("new: %(zones)s, %(starts_at)s to %(ends_at)s") % said
        return f"{new}; {content['note']}" if content["note"] else new
    if kind == "event":
        return _("new: %(kind)s, %(occurs_at)s") % said
    if kind == "phase":
        return _("new: from %(starts_at)s") % said
    return _("new: %(status)s") % said if "status" in content else _("new")


def _said(kind: str, name: str, value: Any, names: Names) -> str:
    """A field's value, as people say it."""
    if value in (None, ""):
        return _("none")
    if name in _WORDS:
        return _WORDS[name](value)
    match name:
        case "kind":
            return _kind(kind, str(value))
        case "status":
            return _status(kind, str(value))
        case "zones" if kind == "rules":
            return _permitted(value, names)
        case "zones":
            return zones_in_words(value, names) or _("the whole module")
    return _plain(str(value))


def _kind(subject: str, code: str) -> str:
    kinds = {"phase": PhaseKind, "closure": Closure.Kind}
    return str(kinds[subject](code).label) if subject in kinds else code.replace("_", " ")


def _status(subject: str, code: str) -> str:
    statuses = {"event": TrajectoryEvent.Status, "elements": OrbitElements.Status}
    return str(statuses[subject](code).label).lower() if subject in statuses else code


def _permitted(zones: Mapping[str, Sequence[str]], names: Names) -> str:
    said = [
        f"{names.get(zone, zone)}: {', '.join(map(activity_name, may)) or _('nothing')}" for zone, may in zones.items()
    ]
    return "; ".join(said) or _("as equipped")


def _yes_or_no(value: Any) -> str:
    return _("yes") if str(value) == "True" else _("no")


def _certainty(value: Any) -> str:
    return str(Certainty(value).label).lower()


def _amount(value: Any) -> str:
    return number(Decimal(str(value)))


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "withdrawn": _yes_or_no,
    "requires_concurrence": _yes_or_no,
    "certainty": _certainty,
    "crew_limit": _amount,
    "power_limit_kw": _amount,
    "downlink_limit_mbps": _amount,
    "crew_wake": lambda value: str(value)[:5],
    "crew_sleep": lambda value: str(value)[:5],
}


def _plain(text: str) -> str:
    """An instant or a length as it is read; what is neither stands as it is."""
    if len(text) > 18 and text[10] == "T":
        return gmt(datetime.fromisoformat(text))
    length = parse_duration(text) if text.startswith("P") else None
    return duration(length) if length is not None else text
