"""The catalogues as files: `locale/<language>/LC_MESSAGES/django.po`, and `.mo` beside it, which Django reads.

The compiled files are kept with the sources: a machine that only runs the product needs no tool to make them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from see1.catalogues.sources import ROOT

LOCALE = ROOT / "locale"
SOURCE_LANGUAGE = "en"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def languages() -> list[str]:
    """Every language but the one that the sources are written in."""
    return [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, found: Catalog) -> Catalog:
    """The language's catalogue with exactly the messages that were found; new ones are empty."""
    catalog = read(language)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = "# SEE-1 Bookings"
    catalog.fuzzy = False
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(catalog))
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """Without line numbers and dates: only what was translated changes the file."""
    made = io.BytesIO()
    write_po(made, catalog, include_lineno=False, sort_by_file=True, omit_header=True, width=110)
    return _header(catalog).encode() + made.getvalue()


def _header(catalog: Catalog) -> str:
    return (
        "# SEE-1 Bookings\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalog.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )


def compiled(catalog: Catalog) -> bytes:
    """As gettext reads it, from the text of the catalogue alone, so that the same text gives the same bytes."""
    made, said = io.BytesIO(), read_po(io.BytesIO(as_po(catalog)), locale=catalog.locale)
    said.creation_date = said.revision_date = UNDATED
    write_mo(made, said)
    return made.getvalue()


def untranslated(catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if message.id and (message.fuzzy or not _is_whole(message.string)):
            yield _key(message.id)


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _key(msgid: object) -> str:
    return str(msgid[0]) if isinstance(msgid, (tuple, list)) else str(msgid)
