"""Trajectory events: what a newer ephemeris says of those known, and what staff decide where it is unclear.

An event that moved takes its closure with it: by the margins of its kind, or, where a person has set the closure's
times since, by as much as the event itself. One that vanished, or that could be two others, is marked and left as it
is: a closure that is not needed costs a window, one that is missing costs a crew's safety.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from modules.exceptions import ScheduleConflict
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import (
    ClosureMargin,
    EphemerisFile,
    TrajectoryEvent,
    TrajectoryEventRevision,
)
from modules.operations.changes import Change, gmt, said
from modules.operations.closures import change_closure, declare_closure, withdraw_closure
from modules.orbit import Ambiguity, EventChanges, match_events, normalised_name
from modules.orbit import TrajectoryEvent as Reported

Status = TrajectoryEvent.Status

REMEMBERED = timedelta(days=30)
"""How far before a file's span an event may lie and still be one that the file reports as slipped."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class News:
    """What became of one event: its kind, a word for the count, what staff should look at, the time touched."""

    kind: str
    what: str
    review: str = ""
    touched: Spans = field(default_factory=Spans)


def follow(file: EphemerisFile, reported: Sequence[Reported], *, at: datetime, by: str) -> list[News]:
    """Bring the known events up to what `file` reports. The module must be owned."""
    return _Following(file, at, by).apply(reported)


class _Following:
    """One file's word, applied to the events of its module."""

    def __init__(self, file: EphemerisFile, at: datetime, by: str) -> None:
        self.file, self.at, self.by = file, at, by
        self.margins = {margin.event_kind: margin for margin in file.module.closure_margins.all()}

    def apply(self, reported: Sequence[Reported]) -> list[News]:
        known = {_as_reported(event): event for event in self._known()}
        set_aside = {_identity(event) for event, row in known.items() if row.status == Status.DISMISSED}
        fresh = [event for event in dict.fromkeys(reported) if _identity(event) not in set_aside]
        changes = match_events(
            [event for event, row in known.items() if row.status != Status.DISMISSED],
            fresh,
            new_starts_at=self.file.starts_at,
            new_ends_at=self.file.ends_at,
        )
        return list(self._news(changes, known))

    def _known(self) -> Iterable[TrajectoryEvent]:
        return TrajectoryEvent.objects.filter(
            module=self.file.module,
            file__object_name=self.file.object_name,
            occurs_at__gte=self.file.starts_at - REMEMBERED,
        ).select_related("closure", "module")

    def _news(self, changes: EventChanges, known: dict[Reported, TrajectoryEvent]) -> Iterable[News]:
        for what, pairs in (
            ("moved", changes.moved),
            ("renamed", changes.renamed),
            ("unchanged", changes.unchanged),
        ):
            for old, new in pairs:
                yield self._seen_again(known[old], new, what)
        for new in changes.added:
            yield self._appeared(new)
        hints = {id(old): new for old, new in changes.replacements}
        for old in changes.vanished:
            yield self._vanished(known[old], hints.get(id(old)))
        for ambiguity in changes.ambiguous:
            yield from self._unclear(ambiguity, known)

    def _seen_again(self, event: TrajectoryEvent, new: Reported, what: str) -> News:
        before = event.occurs_at
        review = event.review if event.status == Status.UNCLEAR else ""
        if what != "unchanged":
            event.name, event.revision = new.name[:200], event.revision + 1
        if what == "moved":
            event.occurs_at = new.occurs_at
        if event.kind == "other":
            event.kind = new.kind
        if event.status == Status.VANISHED:
            event.status = Status.CURRENT
        event.file = self.file
        touched, doubt = self._follow_closure(event, event.occurs_at - before)
        event.review = doubt or review
        event.save()
        if what != "unchanged":
            keep_event(event)
        return News(event.kind, what, event.review and f"{event}: {event.review}", touched)

    def _follow_closure(self, event: TrajectoryEvent, slip: timedelta) -> tuple[Spans, str]:
        """Put the event's closure where the event now is: the time touched, and what staff should look at."""
        closure = event.closure
        if closure is None:
            return (
                (_close_for(event, self.margins, self.at, self.by), "") if event.status == Status.CURRENT else NOWHERE
            )
        if not slip:
            return NOWHERE
        if closure.withdrawn_at is not None:
            return Spans(), "It moved; its closure was withdrawn before, and has not come back."
        margin = self.margins.get(event.kind)
        by_hand = _set_by_hand(event)
        if margin is None or by_hand:
            starts_at, ends_at = closure.starts_at + slip, closure.ends_at + slip
        else:
            starts_at, ends_at = _around(event.occurs_at, margin)
        change = change_closure(
            closure_id=closure.pk,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=f"{event.name} moved to {gmt(event.occurs_at)}, says {self.file.name}.",
            at=self.at,
            by=self.by,
            file=self.file,
        )
        doubt = "It moved; its closure, whose times were set by hand, moved by as much." if by_hand else ""
        return change.touched, doubt

    def _appeared(self, new: Reported) -> News:
        event = self._added(new, Status.CURRENT, "")
        return News(new.kind, "new", "", _close_for(event, self.margins, self.at, self.by))

    def _added(self, new: Reported, status: str, review: str) -> TrajectoryEvent:
        event = TrajectoryEvent.objects.create(
            module=self.file.module,
            file=self.file,
            name=new.name[:200],
            kind=new.kind,
            occurs_at=new.occurs_at,
            status=status,
            review=review,
        )
        keep_event(event)
        return event

    def _vanished(self, event: TrajectoryEvent, perhaps: Reported | None) -> News:
        if event.status == Status.VANISHED:
            return News(event.kind, "still missing")
        event.status = Status.VANISHED
        hint = f" Perhaps “{perhaps.name}” of {gmt(perhaps.occurs_at)} stands in its place." if perhaps else ""
        event.review = f"It is no longer in {self.file.name}.{hint}{_still_closed(event)}"
        event.save(update_fields=["status", "review"])
        return News(event.kind, "vanished", f"{event}: {event.review}")

    def _unclear(self, ambiguity: Ambiguity, known: dict[Reported, TrajectoryEvent]) -> Iterable[News]:
        """Mark the known ones, and keep the reported ones without a closure, until staff say which is which."""
        new_said = ", ".join(f"“{new.name}” of {gmt(new.occurs_at)}" for new in ambiguity.new)
        old_said = ", ".join(f"“{old.name}” of {gmt(old.occurs_at)}" for old in ambiguity.old)
        for old in ambiguity.old:
            event = known[old]
            event.status = Status.UNCLEAR
            event.review = f"{self.file.name} may mean it by {new_said}.{_still_closed(event)}"
            event.save(update_fields=["status", "review"])
            yield News(event.kind, "unclear", f"{event}: {event.review}")
        for new in ambiguity.new:
            review = f"It may be {old_said}, moved. No time is closed for it until that is settled."
            event = self._added(new, Status.UNCLEAR, review)
            yield News(event.kind, "unclear", f"{event}: {review}")


NOWHERE = (Spans(), "")


def accept_event(*, event_id: int, reason: str, at: datetime, by: str) -> Change[TrajectoryEvent]:
    """Staff's word that an event stands as it is: its time is closed, and nothing is left to review."""
    with transaction.atomic():
        event = _owned(event_id)
        event.status, event.review = Status.CURRENT, ""
        event.save(update_fields=["status", "review"])
        margins = {margin.event_kind: margin for margin in event.module.closure_margins.all()}
        touched = Spans() if event.closure else _close_for(event, margins, at, by, reason=said(reason))
    return Change(event, touched)


def dismiss_event(*, event_id: int, reason: str, at: datetime, by: str) -> Change[TrajectoryEvent]:
    """Staff's word that an event will not be, or is another one: its closure is withdrawn."""
    reason = said(reason)
    with transaction.atomic():
        event = _owned(event_id)
        event.status, event.review = Status.DISMISSED, ""
        event.save(update_fields=["status", "review"])
        touched = Spans()
        if event.closure is not None and event.closure.withdrawn_at is None:
            touched = withdraw_closure(closure_id=event.closure.pk, reason=reason, at=at, by=by).touched
    return Change(event, touched)


def _owned(event_id: int) -> TrajectoryEvent:
    module_id = TrajectoryEvent.objects.filter(pk=event_id).values_list("module_id", flat=True).first()
    if module_id is None:
        raise ScheduleConflict("There is no such event.")
    own_module(module_id)
    return TrajectoryEvent.objects.select_related("closure", "module", "file").get(pk=event_id)


def _close_for(
    event: TrajectoryEvent, margins: dict[str, ClosureMargin], at: datetime, by: str, *, reason: str = ""
) -> Spans:
    """Declare the closure of an event that has none, where its kind has a margin."""
    margin = margins.get(event.kind)
    if margin is None or not margin.before + margin.after:
        return Spans()
    starts_at, ends_at = _around(event.occurs_at, margin)
    change = declare_closure(
        module=event.module,
        kind=margin.closure_kind,
        starts_at=starts_at,
        ends_at=ends_at,
        note=event.name,
        reason=reason or f"{event.name} {gmt(event.occurs_at)}, says {event.file.name}.",
        at=at,
        by=by,
        file=event.file,
    )
    event.closure = change.subject
    event.save(update_fields=["closure"])
    return change.touched


def _around(occurs_at: datetime, margin: ClosureMargin) -> tuple[datetime, datetime]:
    """The event with its margins, out to whole minutes."""
    starts_at, ends_at = occurs_at - margin.before, occurs_at + margin.after
    start = starts_at.replace(second=0, microsecond=0)
    end = ends_at.replace(second=0, microsecond=0)
    return start, end if end == ends_at else end + MINUTE


def _set_by_hand(event: TrajectoryEvent) -> bool:
    """Whether the closure's times are others than an ephemeris last gave it."""
    assert event.closure is not None  # noqa: S101 - only asked of events with one
    last = event.closure.revisions.filter(file__isnull=False).order_by("-revision").first()
    return last is None or (last.starts_at, last.ends_at) != (event.closure.starts_at, event.closure.ends_at)


def _still_closed(event: TrajectoryEvent) -> str:
    if event.closure is None or event.closure.withdrawn_at is not None:
        return ""
    return f" The time from {gmt(event.closure.starts_at)} to {gmt(event.closure.ends_at)} stays closed for it."


def _as_reported(event: TrajectoryEvent) -> Reported:
    return Reported(event.name, event.kind, event.occurs_at)  # type: ignore[arg-type]  # kinds come from there


def _identity(event: Reported) -> tuple[str, str, datetime]:
    return normalised_name(event.name), event.kind, event.occurs_at


def keep_event(event: TrajectoryEvent) -> None:
    """Write what is said of the event now into its history."""
    TrajectoryEventRevision.objects.create(
        event=event, file=event.file, revision=event.revision, name=event.name, occurs_at=event.occurs_at
    )
