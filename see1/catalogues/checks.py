"""What is wrong with a catalogue: messages left out or left over, not translated, or with other placeholders."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from see1.catalogues import files

_PLACEHOLDERS = re.compile(r"%\(\w+\)[-+0-9.]*\w|%(?!\()[-+0-9.]*[sdfg%]|\{\w*\}|</?\w+")


def faults(language: str, catalog: Catalog, found: Catalog) -> Iterator[str]:
    """Each as a line that names the language and the message; `found` is what the sources mark."""
    there, wanted = _ids(catalog), _ids(found)
    for context, text in sorted(wanted - there, key=str):
        yield _line(language, "is not in the catalogue; run `make messages`", context, text)
    for context, text in sorted(there - wanted, key=str):
        yield _line(language, "is no longer in the sources; run `make messages`", context, text)
    for text in files.untranslated(catalog):
        yield _line(language, "is not translated", None, text)
    for message in catalog:
        if message.id and not _same_placeholders(message):
            yield _line(language, "has other placeholders or tags in its translation", message.context, _first(message))


def is_compiled(language: str, catalog: Catalog) -> bool:
    """Whether the compiled file is what the text says."""
    path = files.po_path(language).with_suffix(".mo")
    if not path.exists():
        return False
    with path.open("rb") as file:
        return _said(read_mo(file)) == _said(read_mo(io.BytesIO(files.compiled(catalog))))


def _said(catalog: Catalog) -> dict[tuple[str | None, str], object]:
    """What it says, without a header that names the tool."""
    return {
        (message.context, _first(message)): _forms(message.string)
        for message in catalog
        if message.id and _forms(message.string)[0]
    }


def _forms(string: object) -> list[str]:
    return [str(form) for form in string] if isinstance(string, (tuple, list)) else [str(string or "")]


def _line(language: str, what: str, context: str | None, text: str) -> str:
    return f"{language}: {text!r}{f' ({context})' if context else ''} {what}"


def _ids(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, _first(message)) for message in catalog if message.id}


def _first(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _same_placeholders(message: Message) -> bool:
    """A form for one or for many may leave the number out, and says nothing that no form of the source says."""
    if isinstance(message.id, (tuple, list)):
        allowed = set().union(*(_placeholders(each) for each in message.id))
        return all(_placeholders(each) <= allowed for each in message.string or () if each)
    return not message.string or sorted(_all(message.string)) == sorted(_all(message.id))


def _placeholders(text: str) -> set[str]:
    return set(_all(text))


def _all(text: object) -> list[str]:
    return _PLACEHOLDERS.findall(str(text))
