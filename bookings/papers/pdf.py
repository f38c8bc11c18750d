"""A quote as a PDF. What draws it holds 18 MB: name this module where a quote is drawn, import it nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from bookings.papers.fonts import faces
from bookings.papers.quote import Paper
from bookings.papers.words import price_line, price_quantity
from bookings.wording import gmt, money

FONT = "Noto Sans"
QUIET, LINE = (75, 82, 93), (200, 198, 190)
_one_at_a_time = Lock()
"""Threads would draw no faster side by side, and each would hold the fonts."""


def drawn(paper: Paper) -> bytes:
    with _one_at_a_time:
        return _drawn(paper)


def _drawn(paper: Paper) -> bytes:
    page = FPDF(format="A4")
    page.set_title(_title(paper))
    page.set_author("SEE-1 Bookings")
    page.set_creation_date(paper.issued)
    page.set_margins(20, 20)
    page.set_auto_page_break(auto=True, margin=20)
    for style, font in faces().items():
        page.add_font(FONT, style, font)
    page.add_page()
    _head(page, paper)
    _facts(page, paper.facts)
    _lines(page, paper.price)
    _foot(page, paper.terms)
    return bytes(page.output())


def _title(paper: Paper) -> str:
    return f"{_('Quote')} {paper.reference}".rstrip()


def _head(page: FPDF, paper: Paper) -> None:
    page.set_font(FONT, "", 9)
    page.set_text_color(*QUIET)
    page.cell(text="SEE-1 · Space Entertainment Enterprise", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)
    page.set_text_color(0)
    page.set_font(FONT, "B", 20)
    page.cell(text=_title(paper), new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 9)
    page.set_text_color(*QUIET)
    page.cell(text=_("As of %(when)s") % {"when": gmt(paper.issued)}, new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    page.ln(6)


def _facts(page: FPDF, facts: Iterable[tuple[str, str]]) -> None:
    page.set_font(FONT, "", 10)
    with page.table(borders_layout=TableBordersLayout.NONE, col_widths=(25, 75), first_row_as_headings=False) as table:
        for name, said in facts:
            row = table.row()
            row.cell(name, style=FontFace(color=QUIET))
            row.cell(said)
    page.ln(6)


def _lines(page: FPDF, price: dict[str, object]) -> None:
    lines, currency = price["lines"], str(price["currency"])
    page.set_draw_color(*LINE)
    with page.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=(50, 30, 20),
        text_align=("LEFT", "LEFT", "RIGHT"),
        padding=1.5,
    ) as table:
        table.row((_("What"), _("How much"), f"{_('Amount')}, {currency}"))
        for line in lines:  # type: ignore[attr-defined]  # as `pricing.Quote` writes it
            much = f"{price_quantity(line)} × {money(line['unit_amount'], '')}"
            table.row((price_line(line), much, money(line["amount"], "")))
        bold = FontFace(emphasis="BOLD")
        row = table.row()
        row.cell(_("Total"), colspan=2, style=bold)
        row.cell(money(str(price["total"]), currency), style=bold)
    page.ln(6)


def _foot(page: FPDF, terms: Iterable[str]) -> None:
    page.set_font(FONT, "", 9)
    page.set_text_color(*QUIET)
    for sentence in terms:
        page.multi_cell(w=0, text=sentence, new_x="LMARGIN", new_y="NEXT")
