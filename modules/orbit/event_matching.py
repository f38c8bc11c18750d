"""Which events of a new ephemeris are which events of the old one.

Files name events freely: “80P Arrivals” becomes “80P Arrival”, a slipped docking keeps its name, and “SpX
Crew-3 Docking” stands beside “SpX Crew-2 Undock” and “SpX Crew-3 Launch”. So names are never compared by
likeness. They are brought to one spelling, and matched in steps from the surest: the same name and time;
the same name at another time; another name for the same kind of thing at the very same time; the same
bearer and kind under another word, as arrival for docking. What is matched has moved by a minute or more,
or been renamed where it stands, or is unchanged. A name that stands more than once is matched by the exact
time alone, and an event already past whose name has no number, as “ISS Reboost”, is not taken for a later
one. What two answers would fit goes to staff as ambiguous; nothing is guessed, no event is counted twice.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modules.orbit.events import EventKind, TrajectoryEvent

Pair = tuple[TrajectoryEvent, TrajectoryEvent]
Key = Callable[[TrajectoryEvent], Hashable]
Fits = Callable[[TrajectoryEvent, TrajectoryEvent], bool]

SAME_TIME = timedelta(minutes=1)
"""An event that shifts by less has not moved: bookings and closures stand on whole minutes."""

KIND_SYNONYMS: dict[EventKind, frozenset[str]] = {
    "docking": frozenset({"docking", "dock", "arrival", "arrive", "berthing", "berth", "capture", "grapple"}),
    "undocking": frozenset({"undocking", "undock", "departure", "depart", "unberthing", "unberth", "release"}),
    "reboost": frozenset({"reboost", "boost", "burn"}),
    "launch": frozenset({"launch", "liftoff"}),
    "eva": frozenset({"eva", "spacewalk"}),
    "other": frozenset(),
}


@dataclass(frozen=True)
class Ambiguity:
    """Events that could be matched in more than one way; staff say which is which."""

    old: tuple[TrajectoryEvent, ...]
    new: tuple[TrajectoryEvent, ...]


@dataclass(frozen=True)
class EventChanges:
    """Every old event stands in exactly one of these, and every new one.

    Pairs are (old, new). `uncovered` are old events outside the new file's span, about which it says
    nothing. `replacements` only hints: pairs out of `vanished` and `added` whose names differ in a date
    alone, as a reboost on GMT037 and one on GMT039.
    """

    unchanged: tuple[Pair, ...] = ()
    moved: tuple[Pair, ...] = ()
    renamed: tuple[Pair, ...] = ()
    added: tuple[TrajectoryEvent, ...] = ()
    vanished: tuple[TrajectoryEvent, ...] = ()
    uncovered: tuple[TrajectoryEvent, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()
    replacements: tuple[Pair, ...] = field(default=(), compare=False)


def match_events(
    old: Iterable[TrajectoryEvent],
    new: Iterable[TrajectoryEvent],
    *,
    new_starts_at: datetime | None = None,
    new_ends_at: datetime | None = None,
) -> EventChanges:
    """Compare two event summaries; the span of the new file tells past events from vanished ones."""
    matching = _Matching(list(old), list(new))
    pairs = matching.take_exact()
    pairs += matching.take_by(_name_key, lambda old, _: _may_move(old, new_starts_at))
    pairs += matching.take_by(lambda event: (event.kind, event.occurs_at))
    pairs += matching.take_by(lambda event: event.occurs_at, _one_kind_unknown)
    pairs += matching.take_by(_bearer_key, lambda old, _: _bearer(old) != "" and _may_move(old, new_starts_at))
    pairs.sort(key=lambda pair: pair[1].occurs_at)
    vanished = [event for event in matching.old if _inside(event, new_starts_at, new_ends_at)]
    return EventChanges(
        unchanged=tuple(pair for pair in pairs if not _is_moved(pair) and not _is_renamed(pair)),
        moved=tuple(pair for pair in pairs if _is_moved(pair)),
        renamed=tuple(pair for pair in pairs if not _is_moved(pair) and _is_renamed(pair)),
        added=tuple(matching.new),
        vanished=tuple(vanished),
        uncovered=tuple(event for event in matching.old if event not in vanished),
        ambiguous=tuple(matching.ambiguous),
        replacements=tuple(_replacements(vanished, matching.new)),
    )


def normalised_name(name: str) -> str:
    """One spelling: lower case, words split at any sign, no plurals (`80P Arrivals` → `80p arrival`)."""
    words = re.findall(r"[a-z0-9]+", name.casefold())
    return " ".join(re.sub(r"(?<=[a-z]{3})s$", "", word) for word in words)


class _Matching:
    """The events not yet matched; each step takes out those it is sure of."""

    def __init__(self, old: list[TrajectoryEvent], new: list[TrajectoryEvent]) -> None:
        self.old, self.new = old, new
        self.ambiguous: list[Ambiguity] = []
        self._repeated = _repeated_names(old) | _repeated_names(new)

    def take_exact(self) -> list[Pair]:
        """The same name, kind and time, once each."""
        groups = _groups(self.new, _exact_key)
        pairs = []
        for event in list(self.old):
            twins = groups.get(_exact_key(event))
            if twins:
                pairs.append(self._take(event, twins.pop(0)))
        return pairs

    def take_by(self, key: Key, fits: Fits = lambda _old, _new: True) -> list[Pair]:
        """Pairs that fit and are alone under their key on both sides; several under one key are ambiguous."""
        pairs: list[Pair] = []
        new_groups = _groups(self.new, key)
        for group_key, olds in _groups(self.old, key).items():
            news = new_groups.get(group_key, [])
            if not any(fits(old, new) for old in olds for new in news):
                continue
            if len(olds) == len(news) == 1 and not self._is_repeated(olds[0], news[0]):
                pairs.append(self._take(olds[0], news[0]))
            else:
                self._set_aside(olds, news)
        return pairs

    def _is_repeated(self, *events: TrajectoryEvent) -> bool:
        return any(_name_key(event) in self._repeated for event in events)

    def _take(self, old: TrajectoryEvent, new: TrajectoryEvent) -> Pair:
        self.old.remove(old)
        self.new.remove(new)
        return old, new

    def _set_aside(self, olds: list[TrajectoryEvent], news: list[TrajectoryEvent]) -> None:
        self.old = [event for event in self.old if event not in olds]
        self.new = [event for event in self.new if event not in news]
        self.ambiguous.append(Ambiguity(tuple(olds), tuple(news)))


def _repeated_names(events: Iterable[TrajectoryEvent]) -> set[Hashable]:
    return {key for key, its_events in _groups(events, _name_key).items() if len(its_events) > 1}


def _groups(events: Iterable[TrajectoryEvent], key: Key) -> dict[Hashable, list[TrajectoryEvent]]:
    groups: dict[Hashable, list[TrajectoryEvent]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def _exact_key(event: TrajectoryEvent) -> Hashable:
    return normalised_name(event.name), event.kind, event.occurs_at


def _name_key(event: TrajectoryEvent) -> Hashable:
    return normalised_name(event.name), event.kind


def _bearer(event: TrajectoryEvent) -> str:
    """The name without the words that only say its kind: whose docking it is, whatever docking is called."""
    words = normalised_name(event.name).split()
    return " ".join(word for word in words if word not in KIND_SYNONYMS[event.kind])


def _bearer_key(event: TrajectoryEvent) -> Hashable:
    return _bearer(event), event.kind


def _undated_key(event: TrajectoryEvent) -> Hashable:
    return re.sub(r"\bgmt ?\d{1,3}\b", "gmt", normalised_name(event.name)), event.kind


def _may_move(event: TrajectoryEvent, starts_at: datetime | None) -> bool:
    """Whether a later event of its name is this one: not where it is past and has no number to know it by."""
    return not _is_past(event, starts_at) or any(character.isdigit() for character in event.name)


def _is_past(event: TrajectoryEvent, starts_at: datetime | None) -> bool:
    return starts_at is not None and event.occurs_at < starts_at


def _inside(event: TrajectoryEvent, starts_at: datetime | None, ends_at: datetime | None) -> bool:
    return not _is_past(event, starts_at) and (ends_at is None or event.occurs_at < ends_at)


def _is_moved(pair: Pair) -> bool:
    return abs(pair[1].occurs_at - pair[0].occurs_at) >= SAME_TIME


def _is_renamed(pair: Pair) -> bool:
    return pair[0].name != pair[1].name


def _one_kind_unknown(old: TrajectoryEvent, new: TrajectoryEvent) -> bool:
    return "other" in {old.kind, new.kind}


def _replacements(vanished: list[TrajectoryEvent], added: list[TrajectoryEvent]) -> Iterable[Pair]:
    groups = _groups(added, _undated_key)
    for key, olds in _groups(vanished, _undated_key).items():
        news = groups.get(key, [])
        if len(olds) == len(news) == 1:
            yield olds[0], news[0]
