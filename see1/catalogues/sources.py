"""Every message that the sources mark, found by Babel; templates as Django's own `templatize` reads them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CODE = ("see1", "bookings", "modules")
TEMPLATES = ROOT / "templates"
ENGLISH_ALONE = ("bookings/admin/", "templates/admin/", "templates/api/docs.html")  # as do the admin and the schema
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)


def marked() -> Catalog:
    """A catalogue without translations: what there is to translate, with the files it stands in."""
    found = Catalog(project="SEE-1 Bookings", charset="utf-8")
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        for _line, message, comments, context in extract(
            "python",
            io.BytesIO(_as_python(path).encode()),
            keywords=KEYWORDS,
            comment_tags=COMMENT_TAGS,
            options={"encoding": "utf-8"},
        ):
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def source_files() -> Iterator[Path]:
    """Everything that may mark a message, in a fixed order."""
    code = (path for floor in CODE for path in (ROOT / floor).rglob("*.py") if "migrations" not in path.parts)
    for path in (*sorted(code), *template_files()):
        if not path.relative_to(ROOT).as_posix().startswith(ENGLISH_ALONE):
            yield path


def template_files() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def _as_python(path: Path) -> str:
    text = path.read_text()
    if path.suffix == ".py":
        return text
    lines = templatize(text, origin=str(path)).splitlines()
    return "\n".join(line.strip() for line in lines)  # no indentation for the tokenizer to stumble over
