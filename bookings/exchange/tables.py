"""Rows of text from a file and back: CSV, XLSX or JSON, told apart by the file's name.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is taken off again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zipfile import BadZipFile

import tablib
from openpyxl.utils.exceptions import InvalidFileException
from tablib.exceptions import TablibException

from modules.exceptions import ImportRefused

Row = dict[str, str]
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
MOST_ROWS = 2000
_LIKE_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write(kind: str, columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The rows as a file of that kind, with those columns."""
    listed = [[row.get(column, "") for column in columns] for row in rows]
    if kind == "json":
        return json.dumps(
            [dict(zip(columns, row, strict=True)) for row in listed], ensure_ascii=False, indent=1
        ).encode()
    table = tablib.Dataset(*[tuple(map(_guarded, row)) for row in listed], headers=list(columns), title="SEE-1")
    content = table.export(kind)
    return content if isinstance(content, bytes) else str(content).encode()


def read(name: str, content: bytes) -> list[Row]:
    """The rows of an uploaded file, every cell as text. Raises ImportRefused for what is no such table."""
    kind = name.rpartition(".")[2].lower()
    if kind not in FORMATS:
        raise ImportRefused(f"A file's name ends in one of: {', '.join(f'.{each}' for each in FORMATS)}.")
    try:
        found = _json(content) if kind == "json" else _table(kind, content)
    except (TablibException, InvalidFileException, BadZipFile, ValueError, KeyError, OSError, TypeError) as error:
        raise ImportRefused(
            f"This is no table in {kind.upper()} that can be read: {error or type(error).__name__}."
        ) from error
    rows = [row for row in found if any(row.values())]
    if not rows:
        raise ImportRefused("The file has no rows beside its head.")
    if len(rows) > MOST_ROWS:
        raise ImportRefused(f"The file has {len(rows)} rows; at most {MOST_ROWS} are taken at once. Split it.")
    return rows


def _json(content: bytes) -> list[Row]:
    found = json.loads(content)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("it is a list of objects, one a row")
    return [{str(name).strip(): text_of(value) for name, value in row.items()} for row in found]


def _table(kind: str, content: bytes) -> list[Row]:
    if kind == "csv":
        text = content.decode("utf-8-sig")
        head = text.partition("\n")[0]
        delimiter = ";" if ";" in head and "," not in head else ","
        table = tablib.Dataset().load(text, format="csv", delimiter=delimiter)
    else:
        table = tablib.Dataset().load(content, format="xlsx", read_only=True)
    heads = [text_of(head) for head in table.headers or ()]
    twice = {head for head in heads if head and heads.count(head) > 1}
    if twice:
        raise ValueError(f"the column {', '.join(sorted(twice))} stands in it more than once")
    return [{head: _unguarded(text_of(cell)) for head, cell in zip(heads, row, strict=False) if head} for row in table]


def text_of(value: Any) -> str:
    """A cell as text: instants in ISO 8601, whole numbers without a fraction, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, datetime):  # a spreadsheet's have no zone; here all are GMT
        return f"{value.replace(tzinfo=value.tzinfo or UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return str(value).replace("\x00", "").strip()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_LIKE_FORMULAS) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_LIKE_FORMULAS) else cell
