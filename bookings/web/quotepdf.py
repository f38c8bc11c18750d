"""A quote as a PDF: for whom, for which window, line by line, with what cancelling would cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from bookings.models import Booking
from bookings.states import Status
from bookings.web.quote_fonts import faces
from bookings.web.terms import terms_in_words
from bookings.web.wording import price_line, price_quantity
from bookings.wording import duration, gmt, money

FONT = "Noto Sans"
QUIET, LINE = (75, 82, 93), (200, 198, 190)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a quote says; every text is a person's."""

    reference: str
    issued: datetime
    facts: tuple[tuple[str, str], ...]
    price: dict[str, object]
    terms: tuple[str, ...]


def of_booking(booking: Booking, *, at: datetime) -> bytes:
    """The booking's price as it was quoted, by the card that it was quoted with."""
    facts = (
        (_("For"), booking.organisation.name),
        (_("Production"), booking.production.title),
        (_("Module"), booking.module.name),
        (_("Zones"), ", ".join(zone.name for zone in booking.zones.all())),
        (
            _("Window"),
            f"{gmt(booking.starts_at)} – {gmt(booking.ends_at)}, {duration(booking.ends_at - booking.starts_at)}",
        ),
        (_("State"), str(Status(booking.status).label)),
        (_("Rate card"), booking.rate_card.name if booking.rate_card else "–"),
    )
    return drawn(Paper(booking.reference, at, facts, booking.price, tuple(terms_in_words(booking.rate_card))))


def drawn(paper: Paper) -> bytes:
    page = FPDF(format="A4")
    page.set_title(f"{_('Quote')} {paper.reference}")
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


def _head(page: FPDF, paper: Paper) -> None:
    page.set_font(FONT, "", 9)
    page.set_text_color(*QUIET)
    page.cell(text="SEE-1 · Space Entertainment Enterprise", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)
    page.set_text_color(0)
    page.set_font(FONT, "B", 20)
    page.cell(text=f"{_('Quote')} {paper.reference}", new_x="LMARGIN", new_y="NEXT")
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
