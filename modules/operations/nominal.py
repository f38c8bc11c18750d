"""Nominal elements: an orbit made up, to work on until real elements exist, and labelled so wherever it shows.

Without drag, SGP4's mean elements only turn at constant rates. So a nominal set can be issued anew for every day, and
each describes exactly the same orbit as the one before: what was computed from the older one still holds, and the
demo, with no network, never runs out of clock times. Where a real set exists for a kind of phase, none is issued.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from modules.locking import own_module
from modules.models import Module, OrbitElements
from modules.operations.elements import row_of
from modules.orbit import ElementSet, unix_seconds

MINUTE_S = 60.0
ISSUER = "issued anew each day"


def lay_nominal(module: Module, orbits: Iterable[dict[str, Any]], *, at: datetime) -> None:
    """The first nominal set of each kind of phase, from the facts, as of the day of `at`."""
    for facts in orbits:
        elements = ElementSet(
            name=facts["name"],
            norad_id=0,
            object_id="",
            epoch_s=unix_seconds(datetime.fromisoformat(facts["epoch"])),
            bstar=0.0,
            nominal=True,
            **{name: facts[name] for name in _SHAPE},
        )
        _issue(module, elements, facts["phase_kind"], facts["source"], at=at)


_SHAPE = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_degrees",
    "raan_degrees",
    "argument_of_perigee_degrees",
    "mean_anomaly_degrees",
)


def issue_nominal(module: Module, *, at: datetime) -> list[OrbitElements]:
    """Today's nominal sets, of each kind that has only nominal ones and none of today; what was issued."""
    with transaction.atomic():
        own_module(module.pk)
        accepted = OrbitElements.objects.accepted().filter(module=module)
        real = set(accepted.filter(nominal=False).values_list("phase_kind", flat=True))
        newest = accepted.filter(nominal=True).order_by("phase_kind", "-epoch").distinct("phase_kind")
        return [
            _issue(module, old.as_elements(), old.phase_kind, old.source, at=at)
            for old in newest
            if old.phase_kind not in real and old.epoch < midnight(at)
        ]


def _issue(module: Module, elements: ElementSet, kind: str, source: str, *, at: datetime) -> OrbitElements:
    row = row_of(carried(elements, unix_seconds(midnight(at))), module, [], at=at, by=ISSUER)
    row.phase_kind, row.source = kind, source
    row.save(force_insert=True)
    return row


def carried(elements: ElementSet, epoch_s: float) -> ElementSet:
    """The same orbit with its elements as of another epoch. Exact for a set without drag, and only for one."""
    minutes, satrec = (epoch_s - elements.epoch_s) / MINUTE_S, elements.satrec

    def turned(degrees: float, radians_a_minute: float) -> float:
        return math.degrees((math.radians(degrees) + radians_a_minute * minutes) % math.tau)

    return replace(
        elements,
        epoch_s=epoch_s,
        raan_degrees=turned(elements.raan_degrees, satrec.nodedot),
        argument_of_perigee_degrees=turned(elements.argument_of_perigee_degrees, satrec.argpdot),
        mean_anomaly_degrees=turned(elements.mean_anomaly_degrees, satrec.mdot),
    )


def midnight(at: datetime) -> datetime:
    """The one that begins the UTC day."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
