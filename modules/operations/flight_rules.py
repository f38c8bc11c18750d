"""Change the flight rules of a phase, and keep what they said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.duration import duration_iso_string

from modules.exceptions import ScheduleConflict
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import FlightRules, FlightRulesRevision, Phase, ZoneRule
from modules.operations.changes import Change, period, said

DURATIONS = ("shortest_window", "longest_window", "lead_time", "turnaround", "hold_time", "challenge_time")


def change_rules(
    *,
    phase_id: int,
    changes: Mapping[str, Any],
    zone_activities: Mapping[int, Sequence[str]] | None = None,
    reason: str,
    at: datetime,
    by: str,
) -> Change[FlightRules]:
    """Set fields of a phase's rules and, where given, which activities it permits in which zone (by id).

    A zone that `zone_activities` does not name may do all it is equipped for. A window that stands keeps the
    turnaround it was given; whoever moves it gets the new one.
    """
    reason = said(reason)
    with transaction.atomic():
        rules = _owned(phase_id)
        old = snapshot(rules)
        for name, value in changes.items():
            setattr(rules, name, value)
        checked(rules).save()
        if zone_activities is not None:
            _set_zone_rules(rules, zone_activities)
        rules.refresh_from_db()
        if snapshot(rules) == old:
            return Change(rules, Spans())
        keep_rules(rules, reason=reason, at=at, by=by)
    return Change(rules, Spans([period(rules.phase.starts_at, rules.phase.ends_at)]))


def _owned(phase_id: int) -> FlightRules:
    phase = Phase.objects.filter(pk=phase_id).first()
    if phase is None:
        raise ScheduleConflict("There is no such phase.")
    own_module(phase.module_id)
    rules: FlightRules = FlightRules.objects.select_related("phase__module").get(phase_id=phase_id)
    return rules


def checked(rules: FlightRules) -> FlightRules:
    """The rules, where they make sense together; raises ScheduleConflict saying which do not."""
    for name in DURATIONS:
        if getattr(rules, name) < timedelta(0):
            raise ScheduleConflict(f"The {name.replace('_', ' ')} cannot be negative.")
    if rules.longest_window < rules.shortest_window:
        raise ScheduleConflict("The longest window is shorter than the shortest: nothing could be booked.")
    try:
        rules.clean_fields()
    except ValidationError as problem:
        said_of = [f"{name.replace('_', ' ')}: {' '.join(texts)}" for name, texts in problem.message_dict.items()]
        raise ScheduleConflict(" ".join(said_of)) from problem
    return rules


def _set_zone_rules(rules: FlightRules, zone_activities: Mapping[int, Sequence[str]]) -> None:
    zones = {zone.pk: zone for zone in rules.phase.module.zones.all()}
    strange = [pk for pk in zone_activities if pk not in zones]
    if strange:
        raise ScheduleConflict(f"A rule is for a zone that {rules.phase.module.name} does not have.")
    rules.zone_rules.exclude(zone_id__in=zone_activities).delete()
    for zone_id, activities in zone_activities.items():
        ZoneRule.objects.update_or_create(rules=rules, zone_id=zone_id, defaults={"activities": list(activities)})


def keep_rules(rules: FlightRules, *, reason: str, at: datetime, by: str) -> None:
    """Write what the rules say now into their history."""
    FlightRulesRevision.objects.create(
        rules=rules, content=snapshot(rules), reason=reason, recorded_at=at, recorded_by=by[:200]
    )


def snapshot(rules: FlightRules) -> dict[str, Any]:
    """The rules as plain JSON, comparable."""
    content: dict[str, Any] = {
        field.attname: _plain(field.value_from_object(rules))
        for field in rules._meta.concrete_fields
        if field.attname not in {"id", "phase_id"}
    }
    zone_rules = rules.zone_rules.select_related("zone").order_by("zone__slug")
    content["zones"] = {rule.zone.slug: sorted(rule.activities) for rule in zone_rules}
    return content


def _plain(value: Any) -> str:
    return duration_iso_string(value) if isinstance(value, timedelta) else str(value)
