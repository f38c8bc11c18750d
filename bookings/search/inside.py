"""What the orbit gives inside one window, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modules.conditions import DayPlane, Outlook
from modules.conditions.engine import Table, day_of
from modules.conditions.outlook import seconds
from modules.instants import write_tenths
from modules.intervals import Span


@dataclass(frozen=True, slots=True)
class Inside:
    """`conditions` are the numbers of the API; `tier` is that of the least sure moment of the window."""

    conditions: dict[str, Any]
    tier: str
    uncertainty_seconds: float | None


def inside(outlook: Outlook, window: Span, *, with_passes: bool) -> Inside:
    """What lies in `window`: by the clock, or where there is none, what its whole orbits are sure to hold."""
    starts_s, ends_s = seconds(window)
    least_sure = outlook.worst(starts_s, ends_s)
    if least_sure.has_clock:
        found = _by_clock(outlook, starts_s, ends_s, with_passes=with_passes)
    else:
        found = _by_plane(outlook.planes.get(day_of(starts_s)), ends_s - starts_s)
    return Inside(found, str(least_sure.tier), least_sure.uncertainty_seconds)


def _by_clock(outlook: Outlook, starts_s: float, ends_s: float, *, with_passes: bool) -> dict[str, Any]:
    night_s = shared_s(outlook.nights, starts_s, ends_s)
    whole = [row for row in outlook.passes.tolist() if row[1] >= starts_s and row[2] <= ends_s] if with_passes else []
    return {
        "day_seconds": round(ends_s - starts_s - night_s, 1),
        "night_seconds": round(night_s, 1),
        "sunrises": _count(outlook.sunrises, starts_s, ends_s),
        "sunsets": _count(outlook.sunsets, starts_s, ends_s),
        "passes": [_pass(*row) for row in whole],
        "downlink_seconds": round(shared_s(outlook.covered, starts_s, ends_s), 1),
    }


def _by_plane(plane: DayPlane | None, length_s: float) -> dict[str, Any]:
    """What every whole orbit of the window holds, counted at its least."""
    unknown = dict.fromkeys(("day_seconds", "night_seconds", "sunrises", "sunsets", "downlink_seconds"))
    known: dict[str, Any] = unknown | {"passes": []}
    if plane is None:
        return known
    orbits = int(length_s // plane.orbit_seconds)
    events = orbits if plane.night_seconds_least > 0 else 0
    return known | {
        "day_seconds": round(orbits * (plane.orbit_seconds - plane.night_seconds_most), 1),
        "night_seconds": round(orbits * plane.night_seconds_least, 1),
        "sunrises": events,
        "sunsets": events,
    }


def _pass(culmination: float, aos: float, los: float, elevation: float) -> dict[str, Any]:
    return {
        "aos": write_tenths(aos),
        "culmination": write_tenths(culmination),
        "los": write_tenths(los),
        "max_elevation_degrees": round(elevation, 2),
    }


def shared_s(spans: Table, starts_s: float, ends_s: float) -> float:
    """How long the spans, sorted and apart, last inside [starts, ends)."""
    first, end = spans[:, 1].searchsorted(starts_s, "right"), spans[:, 0].searchsorted(ends_s, "left")
    return sum((min(end_s, ends_s) - max(start_s, starts_s) for start_s, end_s in spans[first:end].tolist()), 0.0)


def _count(instants_s: Table, starts_s: float, ends_s: float) -> int:
    """How many of the instants, in order, lie in [starts, ends)."""
    return int(instants_s.searchsorted(ends_s) - instants_s.searchsorted(starts_s))
