"""Operators' ephemerides: CCSDS Orbit Ephemeris Messages, XML or KVN, plain or gzip.

An OEM is a table of states. Where a burn is modelled as an instant the file gives two states of the same
epoch, before and after, and nothing may be interpolated across them; a file may also consist of several
segments. Both become `pieces`: runs of rows with strictly increasing epochs. The standard lets an operator
say in comments whatever helps; NASA puts the trajectory event summary there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from modules.orbit.ccsds import Block, MalformedError, kvn_blocks, looks_like_xml, xml_blocks
from modules.orbit.events import TrajectoryEvent, events_in_comments
from modules.orbit.exceptions import EphemerisError
from modules.orbit.sources import MAX_EPHEMERIS_BYTES, read_file, text_of
from modules.orbit.times import Floats, parse_epoch

STATE_KEYWORDS = ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
FRAMES = {"EME2000": "EME2000", "J2000": "EME2000", "GCRF": "EME2000", "ICRF": "EME2000", "TEME": "TEME"}
"""Frames understood. ICRF and EME2000 are 0.02″ apart, less than a metre in low orbit, and kept as one."""


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """States of one object, and what its operator says will happen.

    `times_s` (n,) `unix_s`, rising within each piece; `positions_km` and `velocities_km_s` (n, 3) in `frame`
    (`EME2000` or `TEME`); `pieces` are (first, stop) rows. `created_s` is when the operator made the file.
    """

    object_name: str
    object_id: str
    frame: str
    created_s: float | None
    times_s: Floats
    positions_km: Floats
    velocities_km_s: Floats
    pieces: tuple[tuple[int, int], ...]
    events: tuple[TrajectoryEvent, ...]

    @property
    def start_s(self) -> float:
        """First epoch, `unix_s`."""
        return float(self.times_s[0])

    @property
    def stop_s(self) -> float:
        """Last epoch, `unix_s`."""
        return float(self.times_s[-1])


def load_oem(path: Path) -> Ephemeris:
    """The ephemeris in the file; EphemerisError, one line, where it cannot be used."""
    return parse_oem(read_file(path, MAX_EPHEMERIS_BYTES, EphemerisError))


def parse_oem(data: bytes) -> Ephemeris:
    """The ephemeris in `data`; EphemerisError, one line, where it cannot be used."""
    text = text_of(data, MAX_EPHEMERIS_BYTES, EphemerisError)
    try:
        return _ephemeris(_blocks(text), _created(text))
    except MalformedError as problem:
        raise EphemerisError(f"The ephemeris cannot be read: {problem}.") from problem


def _blocks(text: str) -> list[Block]:
    if "CCSDS_OEM_VERS" not in text:
        raise MalformedError("it is not a CCSDS OEM")
    return xml_blocks(text) if looks_like_xml(text) else kvn_blocks(text, opens="META_START")


def _created(text: str) -> float | None:
    _, found, rest = text.partition("CREATION_DATE")
    words = rest[:64].replace("<", " ").lstrip(" >=").split()
    try:
        return parse_epoch(words[0]) if found and words else None
    except ValueError:
        return None


def _ephemeris(blocks: list[Block], created_s: float | None) -> Ephemeris:
    if not blocks:
        raise MalformedError("it has no segment")
    name, object_id, frame = _identity(blocks)
    tables = [_states(block) for block in blocks]
    states = np.concatenate(tables)
    pieces = _pieces(tables)
    comments = [value for block in blocks for keyword, value in block if keyword == "COMMENT"]
    return Ephemeris(
        name, object_id, frame, created_s,
        times_s=states[:, 0], positions_km=states[:, 1:4], velocities_km_s=states[:, 4:7], pieces=pieces,
        events=events_in_comments(comments, start_s=states[0, 0], stop_s=states[-1, 0]),
    )  # fmt: skip


def _identity(blocks: list[Block]) -> tuple[str, str, str]:
    identities = {_one_identity(dict(block)) for block in blocks}
    if len(identities) > 1:
        raise MalformedError("its segments are of different objects or frames")
    return identities.pop()


def _one_identity(fields: dict[str, str]) -> tuple[str, str, str]:
    missing = [word for word in ("OBJECT_NAME", "REF_FRAME", "TIME_SYSTEM") if not fields.get(word)]
    if missing:
        raise MalformedError(f"{missing[0]} is missing")
    if fields["TIME_SYSTEM"] != "UTC":
        raise MalformedError(f"its times are {fields['TIME_SYSTEM'][:20]}, only UTC is understood")
    if fields.get("CENTER_NAME", "EARTH").upper() != "EARTH":
        raise MalformedError("its centre is not the Earth")
    if fields["REF_FRAME"] not in FRAMES:
        raise MalformedError(f"its frame {fields['REF_FRAME'][:20]} is not understood ({', '.join(FRAMES)} are)")
    return fields["OBJECT_NAME"], fields.get("OBJECT_ID", ""), FRAMES[fields["REF_FRAME"]]


def _states(block: Block) -> Floats:
    rows = [_row(words) for words in _state_words(block)]
    if len(rows) < 2:
        raise MalformedError("a segment has fewer than two states")
    states = np.array(rows, dtype=np.float64)
    if not np.isfinite(states).all():
        raise MalformedError("a state is not a number")
    _check_plausible(states)
    return states


def _state_words(block: Block) -> Iterable[list[str]]:
    """The seven words of each state: consecutive elements in XML, one line in KVN."""
    pending: list[str] = []
    for keyword, value in block:
        if keyword == "":
            yield value.split()[: len(STATE_KEYWORDS)]
        elif keyword in STATE_KEYWORDS:
            if keyword != STATE_KEYWORDS[len(pending)]:
                raise MalformedError(f"a state has {keyword} out of order")
            pending.append(value)
            if len(pending) == len(STATE_KEYWORDS):
                yield pending
                pending = []
    if pending:
        raise MalformedError("the last state is incomplete")


def _row(words: list[str]) -> list[float]:
    try:
        epoch, *numbers = words
        row = [parse_epoch(epoch), *map(float, numbers)]
    except ValueError as problem:
        raise MalformedError(f"a state at {words[0][:30] if words else '?'} cannot be read") from problem
    if len(row) != len(STATE_KEYWORDS):
        raise MalformedError(f"the state at {words[0][:30]} is incomplete")
    return row


def _check_plausible(states: Floats) -> None:
    if (np.diff(states[:, 0]) < 0).any():
        raise MalformedError("its times run backwards")
    radius_km = np.linalg.norm(states[:, 1:4], axis=1)
    if radius_km.min() < 6_300 or radius_km.max() > 500_000:
        raise MalformedError("a position is inside the Earth or beyond the Moon: are the units kilometres?")
    if np.linalg.norm(states[:, 4:7], axis=1).max() > 12:
        raise MalformedError("a speed is above 12 km/s: are the units km/s?")


def _pieces(tables: list[Floats]) -> tuple[tuple[int, int], ...]:
    """(first, stop) rows of each run between burns; an instant given alone belongs to no run."""
    pieces: list[tuple[int, int]] = []
    offset, before = 0, -np.inf
    for table in tables:
        if table[0, 0] < before:
            raise MalformedError("its segments overlap")
        cuts = np.flatnonzero(np.diff(table[:, 0]) == 0) + 1
        bounds = [offset, *(offset + cuts), offset + len(table)]
        pieces += [(int(a), int(b)) for a, b in pairwise(bounds) if b - a > 1]
        offset, before = bounds[-1], table[-1, 0]
    return tuple(pieces)
