"""A verb of `modules.operations` with what it was called with, as plain JSON and back: a preview is applied later.

Whoever changes the schedule hands over `functools.partial(verb, **asked)`. What JSON has no word for is written as
`{"$": kind, "is": text}`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string

from modules import operations
from modules.models import Module, Zone

VERBS: Mapping[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        operations.revise_phase,
        operations.add_phase,
        operations.change_rules,
        operations.declare_closure,
        operations.change_closure,
        operations.withdraw_closure,
        operations.accept_event,
        operations.dismiss_event,
        operations.accept_elements,
        operations.quarantine_elements,
        operations.load_elements,
        operations.load_ephemeris,
        operations.restore,
    )
}
ON_THE_MODULE = frozenset({"add_phase", "declare_closure", "load_elements", "load_ephemeris", "restore"})
FILES: Mapping[str, Callable[..., Any]] = {
    "load_elements": operations.read_elements,
    "load_ephemeris": operations.read_ephemeris,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb by name, what it is called with, and the file that it loads, if any (gzipped)."""

    verb: str
    values: dict[str, Any]
    content: bytes | None = None


def write(change: partial[Any]) -> Asked:
    """The change as it is kept. Raises ValueError for a verb that is none of ours."""
    name = change.func.__name__
    if VERBS.get(name) is not change.func:
        raise ValueError(f"{name} does not change the schedule.")
    values = {key: value for key, value in change.keywords.items() if key not in ("module", "reading")}
    reading = change.keywords.get("reading")
    if reading is None:
        return Asked(name, _plain(values))
    plain = reading.content if name == "load_elements" else reading.text.encode()
    return Asked(name, _plain({**values, "name": reading.name}), gzip.compress(plain, mtime=0))


def read(asked: Asked, module: Module, *, at: datetime) -> partial[Any]:
    """The change again. Raises what reading the file raises."""
    values = _value(asked.values, module)
    if asked.verb in FILES:
        assert asked.content is not None  # noqa: S101 - written with it
        content = gzip.decompress(asked.content)
        values["reading"] = FILES[asked.verb](name=values.pop("name"), content=content, at=at)
    if asked.verb in ON_THE_MODULE:
        values["module"] = module
    return partial(VERBS[asked.verb], **values)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if any(not isinstance(key, str) for key in value):
            return {"$": "by_id", "is": [[key, _plain(each)] for key, each in value.items()]}
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    for kind, (type_, to_text, _) in TEXTS.items():
        if isinstance(value, type_):
            return {"$": kind, "is": to_text(value)}
    if isinstance(value, Zone):
        return {"$": "zone", "is": value.slug}
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _value(value: Any, module: Module) -> Any:
    if isinstance(value, list):
        return [_value(each, module) for each in value]
    if not isinstance(value, dict):
        return value
    kind = str(value.get("$", ""))
    if kind == "zone":
        return Zone.objects.get(module=module, slug=value["is"])
    if kind == "by_id":
        return {key: _value(each, module) for key, each in value["is"]}
    if kind in TEXTS:
        return TEXTS[kind][2](value["is"])
    return {key: _value(each, module) for key, each in value.items()}


def _length(text: str) -> timedelta:
    length = parse_duration(text)
    assert length is not None  # noqa: S101 - written by us
    return length


TEXTS: Mapping[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "instant": (datetime, lambda v: v.astimezone(UTC).isoformat(), datetime.fromisoformat),
    "length": (timedelta, duration_iso_string, _length),
    "time": (time, time.isoformat, time.fromisoformat),
    "amount": (Decimal, str, Decimal),
}
