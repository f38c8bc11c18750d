"""A revision in words: what it changes, subject by subject, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_duration

from bookings.models import ScheduleRevision
from bookings.wording import duration, gmt
from modules.models import Closure, EphemerisFile, OrbitElements, Phase, TrajectoryEvent
from modules.models.phase import PhaseKind

VERBS = {
    "revise_phase": "A phase revised",
    "add_phase": "A phase added",
    "change_rules": "Flight rules changed",
    "declare_closure": "A closure declared",
    "change_closure": "A closure changed",
    "withdraw_closure": "A closure withdrawn",
    "accept_event": "A trajectory event accepted",
    "dismiss_event": "A trajectory event set aside",
    "accept_elements": "Orbit elements accepted",
    "quarantine_elements": "Orbit elements set aside",
    "load_elements": "Orbit elements loaded",
    "load_ephemeris": "An ephemeris loaded",
    "restore": "An earlier revision taken back",
}
MOST_LINES = 30
WORDS = {True: "yes", False: "no", "True": "yes", "False": "no", None: "none", "": "none"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a revision says anew; `before` is empty where the subject is new."""

    subject: str
    what: str
    before: str
    after: str


def title_of(revision: ScheduleRevision) -> str:
    return VERBS[revision.verb]


def lines(revision: ScheduleRevision) -> list[Line]:
    """What the revision changes, in the order of subjects; each field that differs is a line."""
    return [line for change in revision.changes for line in _of(change)]


def _of(change: Mapping[str, Any]) -> Iterator[Line]:
    before, after = change["before"] or {}, change["after"] or {}
    subject = _subject(change["subject"], change["key"], after or before, is_new=not before)
    if not before:
        yield Line(subject, _new(change["subject"], after), "", "")
        return
    for name in after:
        if before.get(name) != after[name] and name != "closure":
            yield Line(subject, name.removesuffix("_at").replace("_", " "), _said(before.get(name)), _said(after[name]))


def _subject(kind: str, key: int, content: Mapping[str, Any], *, is_new: bool) -> str:
    if kind == "phase":
        return f"{PhaseKind(content['kind']).label} phase".capitalize()
    if kind == "rules":
        phase = Phase.objects.filter(pk=key).first()
        return f"Rules of the {phase.get_kind_display()} phase" if phase else "Rules of a phase"
    if kind == "closure":
        return f"Closure, {Closure.Kind(content['kind']).label}"
    if kind == "event":
        return str(content["name"])
    if is_new:
        return {"ephemeris": "Ephemeris", "elements": "Orbit elements"}[kind]
    model = {"ephemeris": EphemerisFile, "elements": OrbitElements, "event": TrajectoryEvent}[kind]
    return str(model._default_manager.filter(pk=key).first() or kind)


def _new(kind: str, content: Mapping[str, Any]) -> str:
    if kind == "closure":
        zones = ", ".join(content["zones"]) or "the whole module"
        note = f"; {content['note']}" if content["note"] else ""
        return f"new: {zones}, {_said(content['starts_at'])} to {_said(content['ends_at'])}{note}"
    if kind == "event":
        return f"new: {content['kind'].replace('_', ' ')}, {_said(content['occurs_at'])}"
    if kind == "phase":
        return f"new: from {_said(content['starts_at'])}"
    return f"new: {content['status']}" if "status" in content else "new"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{zone}: {', '.join(may) or 'nothing'}" for zone, may in value.items()) or "as equipped"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "the whole module"
    if value in WORDS:
        return WORDS[value]
    return _instant_or_length(str(value))


def _instant_or_length(text: str) -> str:
    if len(text) > 18 and text[10] == "T":
        return gmt(datetime.fromisoformat(text))
    if text.startswith("P") and (length := _length(text)):
        return length
    return text.replace("_", " ")


def _length(text: str) -> str:
    length = parse_duration(text)
    return duration(length) if length else ""
