"""Rows of text from a file and back: CSV, XLSX or JSON, told apart by the file's name.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is taken off again.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import Any
from zipfile import ZipFile

import tablib
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from modules.exceptions import ImportRefused

Row = dict[str, str]
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
MOST_ROWS = 2000
MOST_COLUMNS = 50
MOST_CELLS = (MOST_ROWS + 2) * (MOST_COLUMNS + 1)
MOST_UNPACKED_BYTES = 8 * 2**20
_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^>]*)>")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]+)\d+[\"']")
_LONGEST_SAID = 200
_NO_CONTROLS = dict.fromkeys({*range(32), 127} - {*map(ord, "\t\n\r")})
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
    """The rows of an uploaded file, every cell as text. Raises ImportRefused for what is no such table.

    No more is read than one row over what is taken, so a small file that unpacks into a large one costs little.
    """
    kind = name.rpartition(".")[2].lower()
    if kind not in FORMATS:
        raise ImportRefused(
            _("A file's name ends in one of: %(names)s.") % {"names": ", ".join(f".{each}" for each in FORMATS)}
        )
    try:
        rows = list(islice((row for row in _READERS[kind](content) if any(row.values())), MOST_ROWS + 1))
    except (ValueError, csv.Error, RecursionError) as error:
        said = {"kind": kind.upper(), "error": str(error)[:_LONGEST_SAID] or type(error).__name__}
        raise ImportRefused(_("This is no table in %(kind)s that can be read: %(error)s.") % said) from error
    if not rows:
        raise ImportRefused(_("The file has no rows beside its head."))
    if len(rows) > MOST_ROWS:
        raise ImportRefused(
            _("The file has more than %(most)s rows; at most %(most)s are taken at once. Split it.")
            % {"most": MOST_ROWS}
        )
    return rows


def _json(content: bytes) -> Iterator[Row]:
    found = json.loads(content)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("it is a list of objects, one a row")
    for row in found:
        _check_width(len(row))
        yield {text_of(name): text_of(value) for name, value in row.items()}


def _csv(content: bytes) -> Iterator[Row]:
    text = content.decode("utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    return _headed(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _xlsx(content: bytes) -> Iterator[Row]:
    try:
        cells = _cells(content)
    except ValueError:
        raise
    except Exception as error:  # what openpyxl lets through for a broken workbook is no closed list
        raise ValueError(f"it is a broken workbook ({type(error).__name__})") from error
    if len(cells) > MOST_ROWS + 1:
        raise ValueError(f"it has a row beyond the {MOST_ROWS + 1}th; at most {MOST_ROWS} and a head are taken at once")
    return _headed(cells)


def _cells(content: bytes) -> list[tuple[Any, ...]]:
    """The first sheet's cells, up to one row and one column over what is taken."""
    with ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED_BYTES:
            raise ValueError(f"it unpacks to more than {MOST_UNPACKED_BYTES // 2**20} MiB")
        for each in packed.infolist():
            _check_size(packed.read(each), is_placed=not each.filename.endswith("calcChain.xml"))
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    cells = list(book.active.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True))
    # A text that cells share is in the file once, however many they are.
    if sum(len(cell) for line in cells for cell in line if isinstance(cell, str)) > MOST_UNPACKED_BYTES:
        raise ValueError(f"its cells together hold more than {MOST_UNPACKED_BYTES // 2**20} million letters")
    return cells


def _check_size(part: bytes, *, is_placed: bool) -> None:
    """Refuse a sheet by what it holds before openpyxl makes an object of each cell, which would take seconds.

    A cell with content beyond the columns that are taken is refused, too: reading leaves it out without a word.
    """
    for count, cell in enumerate(_CELL.finditer(part), start=1):
        if count > MOST_CELLS:
            raise ValueError(f"it has more than {MOST_CELLS:,} cells")
        place = _PLACE.search(cell[1])
        if is_placed and place and not cell[1].endswith(b"/"):
            _check_width(column_index_from_string(place[1].decode()) if len(place[1]) < 4 else MOST_COLUMNS + 1)


def _headed(lines: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """The rows under a head of names; what stands under no name is left."""
    heads: list[str] | None = None
    for line in lines:
        width = max((place for place, cell in enumerate(line, start=1) if cell not in (None, "")), default=0)
        _check_width(width)
        if heads is not None:
            cells = [_unguarded(text_of(cell)) for cell in line[: len(heads)]]
            yield {head: cell for head, cell in zip_longest(heads, cells, fillvalue="") if head}
        elif width:
            heads = [text_of(head) for head in line]
            twice = {head for head in heads if head and heads.count(head) > 1}
            if twice:
                raise ValueError(f"the column {', '.join(sorted(twice))} stands in it more than once")


def _check_width(width: int) -> None:
    if width > MOST_COLUMNS:
        raise ValueError(f"it has more than {MOST_COLUMNS} columns")


_READERS: dict[str, Callable[[bytes], Iterator[Row]]] = {"csv": _csv, "xlsx": _xlsx, "json": _json}


def text_of(value: Any) -> str:
    """A cell as text: instants in ISO 8601, whole numbers without a fraction, lists with commas.

    Control characters are left out. Raises ValueError for what is no text and cannot be said as one.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):  # a spreadsheet's have no zone; here all are GMT
        return f"{value.replace(tzinfo=value.tzinfo or UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        if any(isinstance(each, list) for each in value):
            raise ValueError("a cell is no list of lists")
        return ",".join(map(text_of, value))
    if isinstance(value, dict):
        raise ValueError("a cell is no object")
    text = str(value).translate(_NO_CONTROLS).strip()
    text.encode()  # half a surrogate pair is no text
    return text


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_LIKE_FORMULAS) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_LIKE_FORMULAS) else cell
