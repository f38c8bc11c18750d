"""A quote to hand on: for whom, for which window, line by line, with what cancelling would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.drafts import Draft
from bookings.lifecycle import quote as quoted
from bookings.models import Booking, Production, RateCard
from bookings.papers.terms import terms_in_words
from bookings.ratecards import card_for
from bookings.states import Status
from bookings.wording import duration, gmt, zone_names, zones_in_words
from modules.instants import read_instant, write_instant
from modules.intervals import Span
from modules.models import Module

DRAWN = "bookings.papers.pdf.drawn"
"""Named, not imported: what draws a PDF holds 18 MB, and a process that draws none need not."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a quote says; every text is a person's. `reference` is empty where nothing is booked."""

    reference: str
    issued: datetime
    facts: tuple[tuple[str, str], ...]
    price: dict[str, Any]
    terms: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "issued": write_instant(self.issued)}

    @classmethod
    def read(cls, said: dict[str, Any]) -> Self:
        facts = tuple((name, fact) for name, fact in said["facts"])
        issued = read_instant(said["issued"])
        return cls(said["reference"], issued, facts, said["price"], tuple(said["terms"]))

    def as_pdf(self) -> bytes:
        pdf: bytes = import_string(DRAWN)(self)
        return pdf

    @property
    def file_name(self) -> str:
        return f"quote-{self.reference}.pdf" if self.reference else "quote.pdf"


def of_booking(booking: Booking, *, at: datetime) -> Paper:
    """The booking's price as it was quoted, by the card that it was quoted with."""
    zones = ", ".join(zone.name for zone in booking.zones.all())
    state, card = str(Status(booking.status).label), booking.rate_card
    facts = _facts(booking.production, booking.module, zones, booking.span, state, card)
    return Paper(booking.reference, at, tuple(facts), booking.price, tuple(terms_in_words(card)))


def of_draft(draft: Draft, module: Module, *, actor: Actor, at: datetime) -> Paper:
    """What `draft` would cost, by the card in force, before anything is booked; refuses as `lifecycle.quote` does."""
    price = quoted(actor=actor, draft=draft, at=at).as_json()
    production = Production.objects.select_related("organisation").get(pk=draft.production_id)
    zones = zones_in_words(draft.zones, zone_names(module.pk))
    card = card_for(module, at)
    facts = _facts(production, module, zones, draft.span, _("Not booked: nothing is held by this quote"), card)
    return Paper("", at, tuple(facts), price, tuple(terms_in_words(card)))


def _facts(
    production: Production, module: Module, zones: str, span: Span, state: str, card: RateCard | None
) -> Iterator[tuple[str, str]]:
    yield _("For"), production.organisation.name
    yield _("Production"), production.title
    yield _("Module"), module.name
    yield _("Zones"), zones
    yield _("Window"), f"{gmt(span.starts_at)} – {gmt(span.ends_at)}, {duration(span.duration)}"
    yield _("State"), state
    yield _("Rate card"), card.name if card else "–"
