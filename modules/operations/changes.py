"""What a verb here hands back, and what they all ask for: a reason, and which time is touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from modules.exceptions import ScheduleConflict
from modules.intervals import Span, Spans

Subject = TypeVar("Subject")

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for an open end where a span needs one."""

ALL_TIME = Spans([Span(datetime(1900, 1, 1, tzinfo=UTC), END_OF_TIME)])


@dataclass(frozen=True, slots=True)
class Change(Generic[Subject]):
    """What was changed, and the time in which the schedule now says something else."""

    subject: Subject
    touched: Spans


def period(starts_at: datetime, ends_at: datetime | None) -> Span:
    """The span of what may have an open end. Raises ScheduleConflict where it would be empty."""
    if ends_at is not None and ends_at <= starts_at:
        raise ScheduleConflict(f"It would end {gmt(ends_at)}, which is not after its start, {gmt(starts_at)}.")
    return Span(starts_at, ends_at or END_OF_TIME)


def difference(before: Span, after: Span) -> Spans:
    """The time that lies in one of the two alone."""
    return (Spans([before]) - Spans([after])) | (Spans([after]) - Spans([before]))


def said(reason: str) -> str:
    """The reason, trimmed. Raises ScheduleConflict where there is none: the history is read later."""
    if not reason.strip():
        raise ScheduleConflict("Say why: the reason stands in the history.")
    return reason.strip()


def gmt(instant: datetime) -> str:
    """`2027/063 14:20 GMT`, as flight planners write it."""
    return f"{instant.astimezone(UTC):%Y/%j %H:%M} GMT"
