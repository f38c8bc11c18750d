"""Declare, change and withdraw closures. What one said before is kept, with who said otherwise, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from modules.exceptions import ScheduleConflict
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import Certainty, Closure, ClosureRevision, EphemerisFile, Module, Zone
from modules.operations.changes import Change, period, said


def declare_closure(
    *,
    module: Module,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    zones: Iterable[Zone] = (),
    certainty: str = Certainty.PLANNED,
    note: str = "",
    reason: str,
    at: datetime,
    by: str,
    file: EphemerisFile | None = None,
) -> Change[Closure]:
    """Close `zones` (none: the whole module) from now on. Raises ScheduleConflict where it makes no sense."""
    reason, span, shut = said(reason), period(starts_at, ends_at), _own_zones(module, zones)
    with transaction.atomic():
        own_module(module.pk)
        closure = Closure.objects.create(
            module=module, kind=kind, starts_at=starts_at, ends_at=ends_at, certainty=certainty, note=note.strip()
        )
        closure.zones.set(shut)
        keep_closure(closure, shut, reason=reason, at=at, by=by, file=file)
    return Change(closure, Spans([span]))


def change_closure(
    *,
    closure_id: int,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    kind: str | None = None,
    zones: Iterable[Zone] | None = None,
    certainty: str | None = None,
    note: str | None = None,
    reason: str,
    at: datetime,
    by: str,
    revision: int | None = None,
    file: EphemerisFile | None = None,
) -> Change[Closure]:
    """Change what is named of a closure; `revision` is the one that the caller read, where they did."""
    reason = said(reason)
    with transaction.atomic():
        closure = _standing(closure_id, revision)
        before, shut_before = period(closure.starts_at, closure.ends_at), list(closure.zones.all())
        old = _content(closure, shut_before)
        shut = shut_before if zones is None else _own_zones(closure.module, zones)
        closure.starts_at, closure.ends_at = starts_at or closure.starts_at, ends_at or closure.ends_at
        closure.kind, closure.certainty = kind or closure.kind, certainty or closure.certainty
        closure.note = closure.note if note is None else note.strip()
        after = period(closure.starts_at, closure.ends_at)
        if _content(closure, shut) == old:
            return Change(closure, Spans())
        closure.revision += 1
        closure.save()
        closure.zones.set(shut)
        keep_closure(closure, shut, reason=reason, at=at, by=by, file=file)
    return Change(closure, Spans([before, after]))


def withdraw_closure(
    *, closure_id: int, reason: str, at: datetime, by: str, revision: int | None = None
) -> Change[Closure]:
    """Open again what a closure closed. It stays on record."""
    reason = said(reason)
    with transaction.atomic():
        closure = _standing(closure_id, revision)
        closure.withdrawn_at = at
        closure.revision += 1
        closure.save(update_fields=["withdrawn_at", "revision"])
        keep_closure(closure, list(closure.zones.all()), reason=reason, at=at, by=by, file=None)
    return Change(closure, Spans([period(closure.starts_at, closure.ends_at)]))


def _standing(closure_id: int, revision: int | None) -> Closure:
    """The closure, its module owned; refused where it was withdrawn or changed since it was read."""
    found: Closure | None = Closure.objects.select_related("module").filter(pk=closure_id).first()
    if found is None:
        raise ScheduleConflict("There is no such closure.")
    own_module(found.module_id)
    found.refresh_from_db()
    if found.withdrawn_at is not None:
        raise ScheduleConflict("The closure was withdrawn. Declare it anew where it is needed again.")
    if revision is not None and found.revision != revision:
        raise ScheduleConflict("The closure has changed since you read it. Read it again, then decide.")
    return found


def _own_zones(module: Module, zones: Iterable[Zone]) -> list[Zone]:
    shut = sorted(zones, key=lambda zone: (zone.position, zone.slug))
    strange = [zone for zone in shut if zone.module_id != module.pk]
    if strange:
        raise ScheduleConflict(f"{strange[0].name} is a zone of another module, not of {module.name}.")
    return shut


def _content(closure: Closure, zones: Iterable[Zone]) -> tuple[object, ...]:
    shut = frozenset(zone.pk for zone in zones)
    return closure.kind, closure.starts_at, closure.ends_at, closure.certainty, closure.note, shut


def keep_closure(
    closure: Closure, zones: list[Zone], *, reason: str, at: datetime, by: str, file: EphemerisFile | None
) -> None:
    """Write what the closure says now into its history."""
    ClosureRevision.objects.create(
        closure=closure,
        revision=closure.revision,
        kind=closure.kind,
        zones=[zone.slug for zone in zones],
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        certainty=closure.certainty,
        withdrawn=closure.withdrawn_at is not None,
        file=file,
        reason=reason,
        recorded_at=at,
        recorded_by=by[:200],
    )
