"""Text for people that stands in a template outside of every translate tag.

A template is read as HTML once its tags are taken out; what is left of letters, in text or in an attribute that
people read or hear, was not marked. The product's own name and what is the same in every language may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

READ_OUT = frozenset({"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title"})
SAME_EVERYWHERE = re.compile(
    r"RFC \d+|SEE-1(?: Bookings)?|\bGMT\b|\b(?:API|PDF|USD|UTC|TOTP|iCalendar|kW|kg|Mbit/s)\b|\bx\b"
)
_BLOCKS = re.compile(r"{%-?\s*(?P<tag>blocktranslate|blocktrans|comment)\b.*?{%\s*end(?P=tag)\s*%}|{#.*?#}", re.DOTALL)
_TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
SILENT = frozenset({"style", "script", "code"})


def loose_text(path: Path) -> list[str]:
    """Each as it stands; empty where everything is marked."""
    text = _TAGS.sub("", _BLOCKS.sub(" ", path.read_text()))
    if path.suffix != ".html":
        return [line.strip() for line in text.splitlines() if _says(line)]
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def _says(text: str) -> bool:
    return bool(_LETTERS.search(SAME_EVERYWHERE.sub(" ", text)))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = "code" if ("translate", "no") in attrs else tag
        self.found += _read_out(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in SILENT and _says(data):
            self.found.append(" ".join(data.split()))


def _read_out(tag: str, attrs: list[tuple[str, str | None]]) -> Iterator[str]:
    named = dict(attrs)
    shown = {"value"} if tag == "input" and named.get("type") in {"submit", "button", "reset"} else set()
    for name, value in attrs:
        if name in READ_OUT | shown and value and _says(value):
            yield f"{name}: {value}"
