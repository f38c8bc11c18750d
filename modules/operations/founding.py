"""A module from its facts: read from a data file on first start, never overwritten after."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from modules.models import ClosureMargin, DownlinkProvider, Module, Place, Relay, Zone
from modules.operations.nominal import lay_nominal
from modules.operations.phases import add_phase

FACTS = Path(__file__).resolve().parents[1] / "data" / "see-1.json"


def found_module(facts: dict[str, Any], *, at: datetime) -> tuple[Module, bool]:
    """The module that `facts` describe, and whether it was new. What is there is left as it is."""
    with transaction.atomic():
        module, created = Module.objects.get_or_create(slug=facts["module"]["slug"], defaults=facts["module"])
        if created:
            _zones(module, facts["zones"])
            _phases(module, facts["phases"], at)
            _margins(module, facts["closure_margins"])
        _places(facts["places"])
        if not module.elements.exists():
            lay_nominal(module, facts.get("nominal_orbits", []), at=at)
        if created:
            _downlink(module, facts["phases"])
    return module, created


def see1_facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(FACTS.read_text())
    return facts


def _zones(module: Module, zones: list[dict[str, Any]]) -> None:
    Zone.objects.bulk_create(Zone(module=module, position=i, **zone) for i, zone in enumerate(zones))


def _phases(module: Module, phases: list[dict[str, Any]], at: datetime) -> None:
    for facts in phases:
        add_phase(
            module=module,
            kind=facts["kind"],
            starts_at=datetime.fromisoformat(facts["starts_at"]),
            ends_at=datetime.fromisoformat(facts["ends_at"]) if facts["ends_at"] else None,
            certainty=facts["certainty"],
            rules=_rules(facts["rules"]),
            reason=facts["reason"],
            at=at,
            by="first start",
        )


def _downlink(module: Module, phases: list[dict[str, Any]]) -> None:
    """Who carries the downlink in each phase; stations are places by their slug."""
    for facts in phases:
        for provider in facts.get("downlink", []):
            phase = module.phases.get(kind=facts["kind"], starts_at=datetime.fromisoformat(facts["starts_at"]))
            made = DownlinkProvider.objects.create(phase=phase, name=provider["name"])
            made.stations.set(Place.objects.filter(slug__in=provider.get("stations", [])))
            Relay.objects.bulk_create(Relay(provider=made, **relay) for relay in provider["relays"])


_UNITS = {
    "lead_time_hours": ("lead_time", "hours"),
    "turnaround_minutes": ("turnaround", "minutes"),
    "shortest_minutes": ("shortest_window", "minutes"),
    "longest_days": ("longest_window", "days"),
    "hold_days": ("hold_time", "days"),
    "challenge_hours": ("challenge_time", "hours"),
}


def _rules(facts: dict[str, Any]) -> dict[str, Any]:
    rules = {}
    for name, value in facts.items():
        field, unit = _UNITS.get(name, (name, ""))
        rules[field] = timedelta(**{unit: value}) if unit else value
    return rules


def _margins(module: Module, margins: list[dict[str, Any]]) -> None:
    ClosureMargin.objects.bulk_create(
        ClosureMargin(
            module=module,
            event_kind=facts["event_kind"],
            closure_kind=facts["closure_kind"],
            before=timedelta(minutes=facts["before_minutes"]),
            after=timedelta(minutes=facts["after_minutes"]),
        )
        for facts in margins
    )


def _places(places: list[dict[str, Any]]) -> None:
    Place.objects.bulk_create((Place(**facts) for facts in places), ignore_conflicts=True)
