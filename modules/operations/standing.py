"""What a module's schedule says, as plain JSON: to tell what a change changed, and to put it back.

Each subject (a phase, its rules, a closure, a trajectory event, a file, an element set) is one entry. What only tells
when or by whom a thing was written is left out: two schedules that say the same compare equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypedDict

from modules.models import Closure, EphemerisFile, FlightRules, Module, OrbitElements, Phase, TrajectoryEvent
from modules.operations.flight_rules import snapshot

Content = dict[str, Any]


class Changed(TypedDict):
    """One subject, before and after; None where it was not there."""

    subject: str
    key: int
    before: Content | None
    after: Content | None


Standing = dict[tuple[str, int], Content]


def standing(module: Module) -> Standing:
    """All that a booking of the module depends on, subject by subject."""
    return dict(_entries(module))


def differences(before: Standing, after: Standing) -> list[Changed]:
    """What changed between the two, in the order of the subjects."""
    return [
        Changed(subject=subject, key=key, before=before.get((subject, key)), after=after.get((subject, key)))
        for subject, key in sorted({*before, *after})
        if before.get((subject, key)) != after.get((subject, key))
    ]


def essence(changes: list[Changed]) -> str:
    """The changes without what is drawn anew each time (the keys of what is new): equal where they come to the same."""
    return json.dumps(sorted(json.dumps(_essential(each), sort_keys=True) for each in changes))


def _essential(change: Changed) -> dict[str, Any]:
    after = {name: value for name, value in (change["after"] or {}).items() if name != "closure"}
    return {**change, "key": change["key"] if change["before"] else 0, "after": after}


def _entries(module: Module) -> Iterator[tuple[tuple[str, int], Content]]:
    for phase in Phase.objects.filter(module=module):
        yield (
            ("phase", phase.pk),
            {
                "kind": phase.kind,
                "starts_at": written(phase.starts_at),
                "ends_at": written(phase.ends_at),
                "certainty": phase.certainty,
            },
        )
    for rules in FlightRules.objects.filter(phase__module=module):
        yield ("rules", rules.phase_id), snapshot(rules)
    for closure in Closure.objects.filter(module=module).prefetch_related("zones"):
        yield ("closure", closure.pk), closure_content(closure)
    for event in TrajectoryEvent.objects.filter(module=module):
        yield ("event", event.pk), event_content(event)
    for pk, withdrawn_at in EphemerisFile.objects.filter(module=module).values_list("pk", "withdrawn_at"):
        yield ("ephemeris", pk), {"withdrawn": withdrawn_at is not None}
    for pk, status in OrbitElements.objects.filter(module=module).values_list("pk", "status"):
        yield ("elements", pk), {"status": status}


def closure_content(closure: Closure) -> Content:
    return {
        "kind": closure.kind,
        "starts_at": written(closure.starts_at),
        "ends_at": written(closure.ends_at),
        "certainty": closure.certainty,
        "note": closure.note,
        "zones": sorted(zone.slug for zone in closure.zones.all()),
        "withdrawn": closure.withdrawn_at is not None,
    }


def event_content(event: TrajectoryEvent) -> Content:
    return {
        "name": event.name,
        "kind": event.kind,
        "occurs_at": written(event.occurs_at),
        "status": event.status,
        "closure": event.closure_id,
    }


def written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()
