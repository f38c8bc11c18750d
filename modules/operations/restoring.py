"""Put back what a change of the schedule changed, as `standing` tells it: a revision of its own, with its reason.

Nothing is deleted for it. What the change brought is withdrawn (a closure), answers no more (a file, an element set)
or is marked as no longer reported (an event), and stays on record. Refused where anything of it has changed again
since: that later change must be taken back first, or what is restored would be nobody's wish.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from django.db import transaction

from modules.exceptions import ScheduleConflict
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import (
    Closure,
    ClosureRevision,
    EphemerisFile,
    FlightRules,
    Module,
    OrbitElements,
    TrajectoryEvent,
    Zone,
)
from modules.operations.changes import Change, period, said
from modules.operations.closures import keep_closure
from modules.operations.flight_rules import change_rules
from modules.operations.phases import restore_phases
from modules.operations.standing import Changed, Content, Standing, standing
from modules.operations.trajectory import keep_event

NAMES = {
    "phase": "A phase",
    "rules": "The flight rules of a phase",
    "closure": "A closure",
    "event": "A trajectory event",
    "ephemeris": "An ephemeris file",
    "elements": "An element set",
}


def restore(*, module: Module, changes: Sequence[Changed], reason: str, at: datetime, by: str) -> Change[Module]:
    """Bring each subject of `changes` back to what it was before them. Raises ScheduleConflict as the module says."""
    reason = said(reason)
    with transaction.atomic():
        own_module(module.pk)
        _check_untouched(standing(module), changes)
        restoring = _Restoring(module, reason, at, by)
        touched = [verb([c for c in changes if c["subject"] == subject]) for subject, verb in restoring.verbs]
    return Change(module, reduce(Spans.__or__, touched, Spans()))


def _check_untouched(now: Standing, changes: Sequence[Changed]) -> None:
    for each in changes:
        if each["subject"] == "phase" and each["before"] is None:
            raise ScheduleConflict("A phase that was added cannot be taken back; revise it instead.")
        if now.get((each["subject"], each["key"])) != each["after"]:
            raise ScheduleConflict(
                f"{NAMES[each['subject']]} that it changed has changed again since. Take the later change back first, "
                "or say anew what should be."
            )


class _Restoring:
    """One way back, subject by subject; each verb gives the time that it touched."""

    def __init__(self, module: Module, reason: str, at: datetime, by: str) -> None:
        self.module, self.reason, self.at, self.by = module, reason, at, by
        self.zones = {zone.slug: zone for zone in Zone.objects.filter(module=module)}

    @property
    def verbs(self) -> Sequence[tuple[str, Callable[[list[Changed]], Spans]]]:
        return (
            ("phase", self._phases),
            ("rules", self._rules),
            ("closure", self._closures),
            ("ephemeris", self._files),
            ("elements", self._elements),
            ("event", self._events),
        )

    def _phases(self, changes: list[Changed]) -> Spans:
        wanted = {c["key"]: c["before"] for c in changes if c["before"]}
        dates = {pk: (_read(b["starts_at"]), _read(b["ends_at"]), b["certainty"]) for pk, b in wanted.items()}
        return restore_phases(module=self.module, dates=dates, reason=self.reason, at=self.at, by=self.by)

    def _rules(self, changes: list[Changed]) -> Spans:
        touched = Spans()
        for change in changes:
            content = dict(change["before"] or {})
            zones = {self.zones[slug].pk: activities for slug, activities in content.pop("zones").items()}
            fields = {field.attname: field for field in FlightRules._meta.concrete_fields}
            values = {name: fields[name].to_python(value) for name, value in content.items()}
            done = change_rules(
                phase_id=change["key"],
                changes=values,
                zone_activities=zones,
                reason=self.reason,
                at=self.at,
                by=self.by,
            )
            touched |= done.touched
        return touched

    def _closures(self, changes: list[Changed]) -> Spans:
        touched = Spans()
        for change in changes:
            closure = Closure.objects.get(pk=change["key"])
            was = period(closure.starts_at, closure.ends_at)
            self._put_back(closure, change["before"] or {**(change["after"] or {}), "withdrawn": True})
            touched |= Spans([was, period(closure.starts_at, closure.ends_at)])
        return touched

    def _put_back(self, closure: Closure, content: Content) -> None:
        closure.kind, closure.certainty, closure.note = content["kind"], content["certainty"], content["note"]
        closure.starts_at, closure.ends_at = _instant(content["starts_at"]), _instant(content["ends_at"])
        closure.withdrawn_at = (closure.withdrawn_at or self.at) if content["withdrawn"] else None
        closure.revision += 1
        closure.save()
        shut = [self.zones[slug] for slug in content["zones"]]
        closure.zones.set(shut)
        keep_closure(closure, shut, reason=self.reason, at=self.at, by=self.by, file=_whose(closure))

    def _files(self, changes: list[Changed]) -> Spans:
        for change in changes:
            withdrawn = (change["before"] or {"withdrawn": True})["withdrawn"]
            since = self.at if withdrawn else None
            EphemerisFile.objects.filter(pk=change["key"]).update(withdrawn_at=since)
        return Spans()

    def _elements(self, changes: list[Changed]) -> Spans:
        """Those that give way first: at most one set an epoch may answer."""
        new = OrbitElements.Status.QUARANTINED
        wanted = [((change["before"] or {"status": new})["status"], change["key"]) for change in changes]
        for status, pk in sorted(wanted, key=lambda pair: pair[0] == OrbitElements.Status.ACCEPTED):
            OrbitElements.objects.filter(pk=pk).update(status=status)
        return Spans()

    def _events(self, changes: list[Changed]) -> Spans:
        """An event that the change brought has lost its file's word; its closure was withdrawn with the others.

        It lets go of the closure, so that a file that reports it again closes its time again.
        """
        for change in changes:
            event = TrajectoryEvent.objects.select_related("file").get(pk=change["key"])
            was = change["before"]
            if was is None:
                event.status, event.closure_id = TrajectoryEvent.Status.VANISHED, None
                event.review = f"{event.file.name}, which reported it, was taken back: {self.reason}"
            else:
                event.name, event.kind, event.status = was["name"], was["kind"], was["status"]
                event.occurs_at, event.closure_id, event.review = _instant(was["occurs_at"]), was["closure"], ""
            event.revision += 1
            event.save()
            keep_event(event)
        return Spans()


def _whose(closure: Closure) -> EphemerisFile | None:
    """The file that gave the closure the times it has again, so that they do not pass for set by hand."""
    said_so = ClosureRevision.objects.filter(
        closure=closure, file__isnull=False, starts_at=closure.starts_at, ends_at=closure.ends_at
    )
    last = said_so.select_related("file").order_by("-revision").first()
    return last.file if last else None


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(text)


def _read(text: str | None) -> datetime | None:
    return None if text is None else _instant(text)
