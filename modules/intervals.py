"""Half-open time algebra.

A `Span` is one interval `[starts_at, ends_at)` of aware UTC instants; a `Spans` is a set of instants as a
normalised tuple of spans: sorted, disjoint, never touching, never empty. Every operation returns a `Spans`,
so results compose with `|`, `&` and `-` and two equal sets are equal values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`[starts_at, ends_at)`; both aware, `ends_at` after `starts_at`. Raises ValueError otherwise."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("A span needs aware instants.")
        if self.ends_at <= self.starts_at:
            raise ValueError("A span ends after it starts.")

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: Span) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: Span) -> bool:
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def __contains__(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


def _normalised(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.starts_at <= merged[-1].ends_at:
            last = merged.pop()
            span = Span(last.starts_at, max(last.ends_at, span.ends_at))
        merged.append(span)
    return tuple(merged)


class Spans:
    """A set of instants, as disjoint half-open spans in order."""

    __slots__ = ("_spans",)

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = _normalised(spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __bool__(self) -> bool:
        return bool(self._spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self._spans == other._spans

    def __hash__(self) -> int:
        return hash(self._spans)

    def __repr__(self) -> str:
        inner = ", ".join(f"[{s.starts_at:%Y-%m-%dT%H:%M:%S}, {s.ends_at:%Y-%m-%dT%H:%M:%S})" for s in self)
        return f"Spans({inner})"

    def __contains__(self, instant: datetime) -> bool:
        return any(instant in span for span in self)

    def __or__(self, other: Spans) -> Spans:
        return Spans((*self._spans, *other._spans))

    def __and__(self, other: Spans) -> Spans:
        found = []
        mine, theirs = list(self._spans), list(other._spans)
        while mine and theirs:
            start = max(mine[0].starts_at, theirs[0].starts_at)
            end = min(mine[0].ends_at, theirs[0].ends_at)
            if start < end:
                found.append(Span(start, end))
            (mine if mine[0].ends_at <= theirs[0].ends_at else theirs).pop(0)
        return Spans(found)

    def __sub__(self, other: Spans) -> Spans:
        left: list[Span] = []
        for span in self:
            cursor = span.starts_at
            for taken in other:
                if taken.ends_at <= cursor or taken.starts_at >= span.ends_at:
                    continue
                if taken.starts_at > cursor:
                    left.append(Span(cursor, taken.starts_at))
                cursor = max(cursor, taken.ends_at)
            if cursor < span.ends_at:
                left.append(Span(cursor, span.ends_at))
        return Spans(left)

    @property
    def total(self) -> timedelta:
        """How long the set is, all in all."""
        return sum((span.duration for span in self), ZERO)

    def covers(self, span: Span) -> bool:
        """Whether the whole of `span` lies within one of ours."""
        return any(mine.covers(span) for mine in self)


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one: we do not guess offsets."""
    if instant.tzinfo is None:
        raise ValueError("A naive time has no meaning here.")
    return instant.astimezone(UTC)
