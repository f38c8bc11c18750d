"""Files that are no table, or would cost more than they may: refused in a sentence, and cheaply, whatever they hold."""

from __future__ import annotations

import io
import json
from unittest.mock import Mock
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bookings.exchange import SHEETS, read, tables, write
from bookings.exchange.tables import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED_BYTES
from bookings.models import User
from bookings.web import exchange
from modules.exceptions import ImportRefused
from tests.world import World

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [{"card": "A", "per": "booking", "amount": "1"}]
WORKBOOK = write("xlsx", ["card", "per", "amount"], ROWS)
with ZipFile(io.BytesIO(WORKBOOK)) as _whole:
    PARTS = _whole.namelist()


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


def torn(part: str, where: float, by: bytes) -> bytes:
    """The workbook with one part broken at a place of it, from 0 to 1."""
    with ZipFile(io.BytesIO(WORKBOOK)) as whole:
        content = whole.read(part)
    at = int(where * len(content))
    return with_part(part, content[:at] + by + content[at + 2 * len(by) :] if by else content[:at])


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.staff_user)
    return client


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


SHARED, TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
SHARED_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sharing(text: str, *, cells: int, before: str = "") -> bytes:
    """A workbook of one text that is kept once and stands in many cells."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n > 1)}</v></c></row>' for n in range(1, cells + 2))
    out = io.BytesIO()
    with ZipFile(io.BytesIO(sheet_of(rows))) as whole, ZipFile(out, "w", ZIP_DEFLATED) as other:
        for name in set(whole.namelist()) - {TYPES}:
            other.writestr(name, whole.read(name))
        declared = f'<Override PartName="/{SHARED}" ContentType="{SHARED_TYPE}"/></Types>'
        other.writestr(TYPES, whole.read(TYPES).decode().replace("</Types>", declared))
        other.writestr(SHARED, f'{before}<sst xmlns="{MAIN}"><si><t>card</t></si><si><t>{text}</t></si></sst>')
    return out.getvalue()


def test_a_text_that_many_cells_share_counts_for_each_of_them() -> None:
    assert read("x.xlsx", sharing("x" * 100, cells=20)) == [{"card": "x" * 100}] * 20
    content = sharing("x" * 100_000, cells=1000)
    assert len(content) < 100_000
    with pytest.raises(ImportRefused, match="million letters"):
        read("x.xlsx", content)


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
DOCTYPES = {
    "laughs": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;"),
    "a file of ours": ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
    "elsewhere": (
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"[<!ENTITY % f SYSTEM "http://127.0.0.1:9/"> %f;]>',
        "x",
    ),
}


@pytest.mark.parametrize("kind", DOCTYPES)
def test_no_entity_of_a_workbook_is_followed(kind: str) -> None:
    before, text = DOCTYPES[kind]
    try:
        rows = read("x.xlsx", sharing(text, cells=3, before=before))
    except ImportRefused:
        return
    assert all(len(row["card"]) <= 1 for row in rows)


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


def test_a_far_column_costs_nothing_and_is_not_left_out() -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD2"] = "card", "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ImportRefused, match=f"more than {MOST_COLUMNS} columns"):
        read("x.xlsx", out.getvalue())


TORN = b"<worksheet><sheetData><row>"
BAD = {
    "brackets.json": b"[" * 200_000,
    "deep.json": b'[{"slug": ' + b"[" * 900 + b"]" * 900 + b"}]",
    "objects.json": b'[{"slug": ' + b'{"a":' * 900 + b"1" + b"}" * 901 + b"]",
    "half-a-pair.json": b'[{"slug": "\\ud800"}]',
    "half-a-pair-named.json": b'[{"\\ud800": "x"}]',
    "digits.json": b'[{"slug": ' + b"1" * 5000 + b"}]",
    "long-cell.csv": b"slug,name\n" + b"x" * 200_000 + b",y\n",
    "long-head.csv": b"x" * 200_000,
    "torn.xlsx": with_part(SHEET, TORN),
    "no-sheet.xlsx": with_part(SHEET, None),
    "no-workbook.xlsx": with_part("xl/workbook.xml", None),
    "no-types.xlsx": with_part("[Content_Types].xml", b"<"),
    "styles.xlsx": with_part("xl/styles.xml", b"<styleSheet"),
    "entities.xlsx": with_part(SHEET, b'<!DOCTYPE a [<!ENTITY b "cc">]><worksheet>&b;</worksheet>'),
    "far-string.xlsx": sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    "bad-row.xlsx": sheet_of('<row r="x"><c r="A1"><v>1</v></c></row>'),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_on_the_page(staff: Client, name: str) -> None:
    answer = staff.post(reverse("exchange_in", args=["zones"]), {"table": SimpleUploadedFile(name, BAD[name])})
    assert answer.status_code == 400
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert len(said) == 1
    assert said[0].startswith("This is no table")
    assert len(said[0]) < 300


def test_rows_that_leave_out_cells_are_refused_one_by_one(staff: Client, world: World) -> None:
    """JSON rows need not have the same names, so each sheet gets one whole row and one that has only one name."""
    for name, sheet in SHEETS.items():
        rows = [dict.fromkeys(sheet.columns, "see-1"), {"module": "see-1"}, {sheet.columns[0]: "1"}]
        file = SimpleUploadedFile("x.json", json.dumps(rows).encode())
        answer = staff.post(reverse("exchange_in", args=[name]), {"table": file})
        assert answer.status_code == 200
        assert [effect.verb for effect in answer.context["outcome"].effects] == ["refused"] * 3


def test_control_characters_are_left_out_of_cells() -> None:
    wanted = [{"slug": "ab", "name": "c\td"}]
    assert read("x.json", b'[{"slug": "a\\u0000b", "name": "c\\td\\u001b"}]') == wanted
    assert read("x.csv", b"slug,name\na\x00b,c\td\x1b\n") == wanted


CELLS = st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.none())
VALUES = st.recursive(CELLS, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each))
FILES = st.one_of(
    st.tuples(st.just("x.csv"), st.binary(max_size=60) | st.text(max_size=60).map(str.encode)),
    st.tuples(st.just("x.json"), st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())),
    st.tuples(
        st.just("x.json"),
        st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=3).map(
            lambda rows: json.dumps(rows).encode()
        ),
    ),
    st.tuples(st.just("x.xlsx"), st.binary(max_size=60)),
    st.tuples(
        st.just("x.xlsx"),
        st.tuples(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=4)).map(
            lambda cut: WORKBOOK[: cut[0]] + cut[1] + WORKBOOK[cut[0] + len(cut[1]) :]
        ),
    ),
    st.tuples(
        st.just("x.xlsx"),
        st.tuples(st.sampled_from(PARTS), st.floats(0, 1), st.binary(max_size=4)).map(lambda cut: torn(*cut)),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=FILES)
def test_any_bytes_are_rows_of_text_or_refused(file: tuple[str, bytes]) -> None:
    try:
        rows = read(*file)
    except ImportRefused:
        return
    texts = [text for row in rows for pair in row.items() for text in pair]
    assert texts
    for text in texts:
        assert "\x00" not in text
        assert text.encode().decode() == text


def test_a_sheet_of_more_cells_than_are_taken_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Mock(wraps=tables.load_workbook)
    monkeypatch.setattr(tables, "load_workbook", reading)
    with pytest.raises(ImportRefused, match=r"more than .* cells"):
        read("x.xlsx", sheet_of("<row>" + "<c/>" * (tables.MOST_CELLS + 1) + "</row>"))
    assert not reading.called
    with pytest.raises(ImportRefused, match=r"more than .* cells"):
        read("x.xlsx", sheet_of("<row>" + '<x:c t="s"/>' * (tables.MOST_CELLS + 1) + "</row>"))
    read("x.xlsx", WORKBOOK)
    assert reading.called


def test_a_cell_far_to_the_right_is_refused_and_not_left_out() -> None:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>card</t></is></c></row>'

    def far(column: str) -> bytes:
        cell = f'<c r="{column}2"><v>7</v></c>'
        return sheet_of(f'{head}<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c>{cell}</row>')

    assert read("x.xlsx", far("B")) == [{"card": "A"}], "what stands under no name is left"
    for column in ("AZ", "BA", "XFD"):
        with pytest.raises(ImportRefused, match=f"more than {MOST_COLUMNS} columns"):
            read("x.xlsx", far(column))
    empty = f'{head}<row r="2"><c r="A2"><v>1</v></c><c r="XFD2" s="3"/></row>'
    assert read("x.xlsx", sheet_of(empty)) == [{"card": "1"}], "an empty cell is nothing that could be lost"
