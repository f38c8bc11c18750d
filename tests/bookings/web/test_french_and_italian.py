"""French and Italian pages, mails and papers hold no English message, and write dates as those languages do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from fpdf import FPDF
from fpdf.table import Row, Table

from bookings import emails, lifecycle, replanning
from bookings.models import Booking, Mail
from bookings.states import Status
from see1.catalogues import files
from tests.bookings.replanning.revising import REASON, WINDOW, carry_out, closing, preview
from tests.bookings.web.conftest import browser
from tests.bookings.web.test_every_word import FOR_ALL, FOR_STAFF, MORE, Words
from tests.bookings.web.test_pages import PAGES, filled
from tests.world import NOW, World, span

LANGUAGES = ("fr", "it")
DAYS = {
    "fr": "Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche|Janvier|Février|Mars|Avril|Juin|Juillet|Août|"
    "Septembre|Octobre|Novembre|Décembre|Amarrée|Vol libre",
    "it": "Lunedì|Martedì|Mercoledì|Giovedì|Venerdì|Sabato|Domenica|Gennaio|Febbraio|Marzo|Aprile|Maggio|Giugno|"
    "Luglio|Agosto|Settembre|Ottobre|Novembre|Dicembre|Attraccata|Volo libero",
}
TWELVE_HOURS = re.compile(r"\d\s?[ap]\.?m\b\.?|\bmidnight\b|\bnoon\b", re.IGNORECASE)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def english(language: str) -> set[str]:
    """The messages that a page in that language never shows as they are: they read otherwise there."""
    found, spoken = set(), set()
    for message in files.read(language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        found |= {each.casefold() for each in ids if each and "%" not in each and "{" not in each}
        spoken |= {each.casefold() for each in strings}
    return found - spoken


def faults(text: str, language: str, english: set[str]) -> Iterator[str]:
    """What is English in a text, or not written as the language has it."""
    words = " ".join(text.split())
    if words.casefold().removesuffix(":") in english:
        yield f"English: {words}"
    if found := re.search(rf"[a-zà-ÿ,’] (?:{DAYS[language]})\b", words):
        yield f"a capital within a sentence: {found[0]} in {words}"
    if TWELVE_HOURS.search(words):
        yield f"a clock of twelve hours: {words}"


def wrong(page: str, language: str, english: set[str]) -> Iterator[str]:
    words = Words()
    words.feed(page)
    for said in words.said:
        yield from faults(said, language, english)


def speaking(world: World, language: str) -> tuple[Client, Client]:
    """A producer and one of staff whose accounts are in that language."""
    for user in (world.ours.owner, world.staff_user):
        user.language = language
        user.save(update_fields=["language"])
    return browser(world.ours.owner), browser(world.staff_user)


def test_no_page_shows_an_english_message(world: World, language: str, english: set[str]) -> None:
    assert {"confirmed", "held", "wednesday", "call sheet"} <= english, "or nothing would be found"
    ours, staff = speaking(world, language)
    booking = world.reserve(WINDOW, crew=2, power_kw=3)
    world.reserve(WINDOW, by=world.theirs)
    asked = world.reserve(span("03-11 10:00"), status=Status.REQUESTED, zones=("studio",))
    carry_out(world, preview(world, closing(world, span("03-11 08:00", 6), zones=("studio",))))
    round_ = replanning.plan(
        world.module, [asked.pk], reason=REASON, answer_by=span("03-05 10:00").starts_at, actor=world.staff, at=NOW
    )
    replanning.offer(round_.pk, actor=world.staff, at=NOW)
    lifecycle.change(actor=world.ours.actor, booking_id=booking.pk, changes={"zones": ("control",)}, at=NOW)
    offer = round_.proposals.get()
    theirs = (*(filled(page, booking) for page in PAGES), *MORE, f"/bookings/{asked.pk}/", f"/proposals/{offer.pk}/")
    of_staff = (*FOR_STAFF, "/staff/revisions/1/", f"/staff/rebooking/{round_.pk}/")
    found = {words: page for page in theirs for words in wrong(ours.get(page).text, language, english)}
    found |= {words: page for page in of_staff for words in wrong(staff.get(page).text, language, english)}
    for page in FOR_ALL:
        answer = Client().get(page, headers={"accept-language": language})
        found |= dict.fromkeys(wrong(answer.text, language, english), page)
    assert not found, "\n".join(f"{page}: {words}" for words, page in found.items())


def test_nor_does_a_mail(world: World, language: str, english: set[str]) -> None:
    speaking(world, language)
    first, behind = world.reserve(WINDOW), world.reserve(WINDOW, by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=behind.pk, at=NOW)
    lifecycle.request(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=first.pk, at=NOW, concurrence="-")
    carry_out(world, preview(world, closing(world, zones=("arena",))))
    lifecycle.change(
        actor=world.ours.actor, booking_id=first.pk, changes={"zones": ("control",), "activity": "music"}, at=NOW
    )
    lifecycle.cancel(actor=world.ours.actor, booking_id=first.pk, at=NOW)
    found, kinds = {}, set()
    for mail in Mail.objects.with_what_it_says().filter(state=Mail.State.PENDING, recipient=world.ours.owner):
        kinds.add(mail.kind)
        message = emails.compose(mail, at=NOW)
        pieces = [line for text in (message.subject, message.body) for line in str(text).splitlines()]
        pieces += [part for line in pieces for part in line.split(": ")]
        found |= {words: mail.kind for piece in pieces for words in faults(piece, language, english)}
    assert kinds >= {"challenged", "requested", "confirmed", "attention", "moved", "cancelled"}
    assert not found, "\n".join(f"{kind}: {words}" for words, kind in found.items())
    assert Booking.objects.get(pk=first.pk).status == Status.CANCELLED


def test_nor_does_a_quote_on_paper(
    world: World, language: str, english: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _staff = speaking(world, language)
    booking, written = world.reserve(WINDOW, crew=2, power_kw=3, downlink_mbps=10, media_return_kg=Decimal(1)), []

    def write(cell: FPDF, _width: float | None = None, _height: float | None = None, text: str = "", **_: Any) -> None:
        written.append(text)

    monkeypatch.setattr(FPDF, "cell", write)
    monkeypatch.setattr(FPDF, "multi_cell", write)
    monkeypatch.setattr(Row, "cell", lambda _row, text="", **_: written.append(text))
    monkeypatch.setattr(Table, "render", lambda _table: None)
    assert ours.get(f"/bookings/{booking.pk}/quote.pdf").status_code == 200
    assert len(written) > 20
    assert any(re.search(r"\d,\d\d USD$", text) for text in written), "money reads as the language writes it"
    assert not [fault for text in written for fault in faults(text, language, english)]
