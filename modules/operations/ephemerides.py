"""Load an operator's ephemeris: keep the file, and let its events move the closures that stand for them.

The file is read before anything is locked or written, and then taken whole or not at all. Which file is newer is
told by the operator's own date of creation: one made before another that is loaded already is kept for its orbit,
but what it says of events is history, and moves nothing.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from modules.exceptions import ImportRefused
from modules.intervals import Spans
from modules.locking import own_module
from modules.models import EphemerisFile, Module
from modules.operations.changes import gmt
from modules.operations.trajectory import follow
from modules.orbit import Ephemeris, OrbitError, parse_oem, utc_datetime
from modules.orbit.exceptions import EphemerisError
from modules.orbit.sources import MAX_EPHEMERIS_BYTES, text_of

AHEAD = timedelta(days=1)
"""A file made later than this from now has a wrong date, and would stand before every true one after it."""


@dataclass(slots=True)
class Loaded:
    """What loading a file came to. `counts` is by event kind, then by what became of the events."""

    file: EphemerisFile
    is_new: bool = True
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)
    touched: Spans = field(default_factory=Spans)


@dataclass(frozen=True, slots=True)
class Reading:
    """An ephemeris file that was read and can be loaded."""

    name: str
    text: str
    ephemeris: Ephemeris
    created_at: datetime


def read_ephemeris(*, name: str, content: bytes, at: datetime) -> Reading:
    """Read an OEM file (XML or KVN, plain or gzip). Raises ImportRefused, one line, where it cannot be used."""
    text, ephemeris = _read(name, content)
    return Reading(name, text, ephemeris, _creation(name, ephemeris, at))


def load_ephemeris(*, module: Module, reading: Reading, at: datetime, by: str, reason: str = "") -> Loaded:
    """Keep the file, and let its events move their closures; the same file again changes nothing.

    The history needs no `reason`: the file is it.
    """
    with transaction.atomic():
        own_module(module.pk)
        plain = reading.text.encode()
        sha256 = hashlib.sha256(plain).hexdigest()
        known = _files(module).filter(sha256=sha256).first()
        if known is not None and known.withdrawn_at is None:
            return Loaded(known, is_new=False, notes=[_already(known)])
        object_name = reading.ephemeris.object_name[:100]
        answering = _files(module).filter(object_name=object_name, withdrawn_at__isnull=True)
        newest = answering.order_by("-created_at", "-pk").first()
        file = _reinstated(known) if known else _kept(module, reading, plain, sha256, at=at, by=by)
        if newest is not None and newest.created_at > reading.created_at:
            return Loaded(file, notes=[_older(file, newest)])
        return _followed(file, reading.ephemeris, at=at, by=by)


def _kept(module: Module, reading: Reading, plain: bytes, sha256: str, *, at: datetime, by: str) -> EphemerisFile:
    return EphemerisFile.objects.create(
        module=module,
        name=reading.name[:200],
        sha256=sha256,
        object_name=reading.ephemeris.object_name[:100],
        created_at=reading.created_at,
        starts_at=utc_datetime(reading.ephemeris.start_s),
        ends_at=utc_datetime(reading.ephemeris.stop_s),
        imported_at=at,
        imported_by=by[:200],
        content=gzip.compress(plain, mtime=0),
    )


def _reinstated(file: EphemerisFile) -> EphemerisFile:
    """A file that was withdrawn answers again: it was loaded anew."""
    file.withdrawn_at = None
    file.save(update_fields=["withdrawn_at"])
    return file


def _read(name: str, content: bytes) -> tuple[str, Ephemeris]:
    try:
        text = text_of(content, MAX_EPHEMERIS_BYTES, EphemerisError)
        return text, parse_oem(text.encode())
    except OrbitError as problem:
        raise ImportRefused(f"{name}: {problem}") from problem


def _creation(name: str, ephemeris: Ephemeris, at: datetime) -> datetime:
    if ephemeris.created_s is None:
        raise ImportRefused(f"{name}: It does not say when it was made, so it cannot be told from older ones.")
    created_at = utc_datetime(ephemeris.created_s)
    if created_at > at + AHEAD:
        raise ImportRefused(f"{name}: It says that it was made {gmt(created_at)}, which is yet to come.")
    return created_at


def _files(module: Module) -> Any:
    """The files of a module, without what is in them: megabytes each."""
    return EphemerisFile.objects.filter(module=module).defer("content")


def _already(known: EphemerisFile) -> str:
    return f"already loaded {gmt(known.imported_at)} as {known.name}; nothing changes."


def _older(file: EphemerisFile, newest: EphemerisFile) -> str:
    return (
        f"made {gmt(file.created_at)}, before {newest.name} of {gmt(newest.created_at)}, which is loaded: "
        "kept, but its events move nothing backwards."
    )


def _followed(file: EphemerisFile, ephemeris: Ephemeris, *, at: datetime, by: str) -> Loaded:
    news = follow(file, ephemeris.events, at=at, by=by)
    loaded = Loaded(file)
    strange = _files(file.module).exclude(object_name=file.object_name).order_by("-created_at").first()
    if strange is not None:
        loaded.notes.append(f"it is of {file.object_name}; {strange.name} was of {strange.object_name}.")
    for item in news:
        loaded.counts.setdefault(item.kind, Counter())[item.what] += 1
        loaded.touched |= item.touched
        if item.review:
            loaded.reviews.append(item.review)
    return loaded
