"""Files that are no table, or would cost more than they may: refused in a sentence, and cheaply, whatever they hold."""

from __future__ import annotations

import io
from unittest.mock import Mock
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from bookings.exchange import read, write
from bookings.exchange.tables import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED_BYTES
from bookings.models import User
from bookings.web import exchange
from modules.exceptions import ImportRefused

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [{"card": "A", "per": "booking", "amount": "1"}]
WORKBOOK = write("xlsx", ["card", "per", "amount"], ROWS)


def with_part(part: str, content: bytes | None) -> bytes:
    """The workbook with another content of one of its parts, or without that part."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(WORKBOOK)) as whole, ZipFile(out, "w", ZIP_DEFLATED) as other:
        for name in whole.namelist():
            if name != part:
                other.writestr(name, whole.read(name))
        if content is not None:
            other.writestr(part, content)
    return out.getvalue()


def sheet_of(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(SHEET, f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode())


def test_who_may_not_import_has_no_file_read(client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    reading = Mock(wraps=read)
    monkeypatch.setattr(exchange, "read", reading)
    clerk = User.objects.create_user("clerk@see1.example", "a long enough password", is_staff=True)
    client.force_login(clerk)
    for name in ("rates", "zones", "closures", "bookings"):
        answer = client.post(reverse("exchange_in", args=[name]), {"table": SimpleUploadedFile("x.xlsx", WORKBOOK)})
        assert answer.status_code == 403
    assert not reading.called


def test_a_workbook_that_unpacks_into_too_much_is_refused_unread() -> None:
    bomb = with_part("xl/sharedStrings.xml", b" " * (MOST_UNPACKED_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(ImportRefused, match="unpacks to more than"):
        read("x.xlsx", bomb)


@pytest.mark.parametrize("row", [MOST_ROWS + 2, 1_048_576, 10**12])
def test_a_cell_far_down_is_refused(row: int) -> None:
    far = sheet_of(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="A{row}"><v>1</v></c></row>')
    with pytest.raises(ImportRefused, match="beyond"):
        read("x.xlsx", far)


def test_as_many_rows_as_are_taken_are_read_of_each_kind() -> None:
    rows = [{"a": str(number)} for number in range(MOST_ROWS)]
    for kind in ("csv", "xlsx", "json"):
        assert read(f"x.{kind}", write(kind, ["a"], rows)) == rows
        with pytest.raises(ImportRefused, match=f"at most {MOST_ROWS}"):
            read(f"x.{kind}", write(kind, ["a"], [*rows, {"a": "1"}]))


def test_more_columns_than_any_table_has_are_refused() -> None:
    names = [f"c{number}" for number in range(MOST_COLUMNS + 1)]
    for kind in ("csv", "xlsx", "json"):
        with pytest.raises(ImportRefused, match="columns"):
            read(f"x.{kind}", write(kind, names, [dict.fromkeys(names, "1")]))


def test_a_far_column_costs_nothing() -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD2"] = "card", "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ImportRefused, match="no rows"):
        read("x.xlsx", out.getvalue())
