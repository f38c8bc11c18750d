"""Every word that a page says comes through gettext: rendered in a language that has no ASCII letter, none is left.

What stands in a page as people wrote it (titles, names, zones) and what is the same everywhere may stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from bookings import emails, lifecycle, replanning
from bookings.models import Booking, Mail
from bookings.states import Status
from modules.models import Place
from tests.bookings.replanning.revising import (
    REASON,
    WINDOW,
    carry_out,
    closing,
    limiting,
    preview,
    slipping,
)
from tests.bookings.web.test_pages import PAGES, filled
from tests.world import NOW, World, span

MORE = (
    "/timeline/",
    "/organisation/keys/",
    "/organisation/",
    "/accounts/",
    "/accounts/password/change/",
    "/proposals/",
    "/search/?activity=filming&duration=2+hours&start=2027-03-08&end=2027-03-12&step=30",
    "/search/?activity=filming&duration=20+hours&start=2027-03-08&end=2027-03-09&step=30&crew_awake=on&crew=3",
    "/search/?activity=filming&duration=soon&start=2027-03-08&end=2027-03-01",
    "/bookings/?show=past",
    "/nowhere/",
)
FOR_ALL = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/invitations/none/")
FOR_STAFF = ("/", "/bookings/", "/staff/revisions/", "/staff/tables/", "/staff/utilisation/", "/staff/rebooking/")
KEPT = re.compile(r"%\(\w+\)[-+0-9.]*\w|%[sdg]|\{\w*(?::\w+)?\}|<[^>]*>|&\w+;")
LATIN = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "абцдефгхийклмнопярстувщхызАБЦДЕФГХИЙКЛМНОПЯРСТУВЩХЫЗ"
)
"""Other letters, so that what still has ours was never asked for."""
ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[\w/ +-]+")
SAME = re.compile(
    r"\b(SEE-1 Bookings|SEE-1|Greenwich Mean Time|GMT|UTC|CET|CEST|API|PDF|CSV|XLSX|JSON|USD|kWh?|Mbit/s|min|km|kg|h|s|"
    r"EN|FR|IT|English|Français|Italiano)\b"
)
READ_OUT = {"aria-label", "title", "alt", "placeholder", "aria-description"}


def foreign(text: str) -> str:
    """`text` with its letters changed, its placeholders and tags kept."""
    ends = [0, *(end for found in KEPT.finditer(text) for end in found.span()), len(text)]
    pieces = (text[a:b] for a, b in pairwise(ends))
    return "".join(piece if i % 2 else piece.translate(LATIN) for i, piece in enumerate(pieces))


@pytest.fixture
def _foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    def formats(context: str) -> bool:
        return context in {"date format", "money"}

    spoken: dict[str, Any] = {
        "gettext": foreign,
        "ngettext": lambda one, many, n: foreign(one if n == 1 else many),
        "pgettext": lambda context, text: text if formats(context) else foreign(text),
        "npgettext": lambda _context, one, many, n: foreign(one if n == 1 else many),
    }
    for name, function in spoken.items():
        monkeypatch.setattr(translation._trans, name, function)


class Words(HTMLParser):
    """The words of a page that are not code, script or data named `translate="no"`."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "code", "time"} or ("translate", "no") in attrs:
            self._silent.append(tag)
        self.said += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def untranslated(page: str, names: list[str]) -> Iterator[str]:
    words = Words()
    words.feed(page)
    for said in words.said:
        left = said
        for name in names:
            left = left.replace(name, " ")
        left = SAME.sub(" ", ZONE.sub(" ", left))
        if re.search(r"[A-Za-z]{2,}", left):
            yield " ".join(said.split())


@pytest.fixture
def names(world: World) -> list[str]:
    """What people wrote, the longest first."""
    found = [world.module.host or world.module.name, "Rome"]
    found += [zone.name for zone in world.module.zones.all()]
    found += Place.objects.values_list("name", flat=True)
    for company in (world.ours, world.theirs):
        found += [company.organisation.name, company.production.title, company.owner.email]
    return sorted([*found, world.staff_user.email], key=len, reverse=True)


@pytest.mark.usefixtures("_foreign")
def test_no_page_says_a_word_past_the_catalogues(world: World, ours: Client, names: list[str]) -> None:
    booking = world.reserve(span("03-10 10:00"), crew=2, power_kw=3)
    world.reserve(span("03-10 10:00"), by=world.theirs)
    asked = world.reserve(span("03-11 10:00"), status=Status.REQUESTED)
    lifecycle.cancel(actor=world.ours.actor, booking_id=asked.pk, at=NOW, reason="")
    names += [each.reference for each in Booking.objects.all()]
    pages = [filled(page, booking) for page in PAGES if "challenge" not in page] + [*MORE, f"/bookings/{asked.pk}/"]
    loose = {words: page for page in pages for words in untranslated(ours.get(page).text, names)}
    assert not loose, "\n".join(f"{page}: {words}" for words, page in loose.items())


@pytest.mark.usefixtures("_foreign")
def test_nor_do_the_pages_of_staff_and_of_whoever_is_not_logged_in(
    world: World, staff: Client, names: list[str]
) -> None:
    booking = world.reserve(span("03-10 10:00"))
    told = [*names, booking.reference]
    loose = {words: page for page in FOR_STAFF for words in untranslated(staff.get(page).text, told)}
    loose |= {words: page for page in FOR_ALL for words in untranslated(Client().get(page).text, told)}
    assert not loose, "\n".join(f"{page}: {words}" for words, page in loose.items())


@pytest.mark.usefixtures("_foreign")
def test_nor_do_revisions_and_rounds_of_offers(world: World, staff: Client, ours: Client, names: list[str]) -> None:
    """What changes of the schedule say of themselves, before they are applied, after, and on their way back."""
    booking = world.reserve(WINDOW, status=Status.REQUESTED)
    told = [*names, booking.reference, "Progress docks.", "GSAT"]
    shut = preview(world, closing(world, zones=("arena",)))
    pages = [preview(world, change) for change in (limiting(crew_limit=1), slipping(world, "2027-11-01"))]
    carry_out(world, shut)
    pages += [shut, replanning.preview_return(shut.pk, reason=REASON, actor=world.staff, at=NOW)]
    answer_by = NOW + timedelta(days=3)
    round_ = replanning.plan(world.module, [booking.pk], reason=REASON, answer_by=answer_by, actor=world.staff, at=NOW)
    seen = {f"/staff/revisions/{page.pk}/": staff for page in pages} | {"/staff/revisions/": staff}
    loose = {words: page for page in seen for words in untranslated(staff.get(page).text, told)}
    told += [replanning.offer(round_.pk, actor=world.staff, at=NOW).proposals.get().hold.reference]
    offer = round_.proposals.get()
    for client, page in (
        (staff, f"/staff/rebooking/{round_.pk}/"),
        (staff, "/staff/rebooking/"),
        (ours, "/proposals/"),
        (ours, f"/proposals/{offer.pk}/"),
        (ours, f"/bookings/{booking.pk}/"),
        (ours, f"/bookings/{offer.hold_id}/"),
    ):
        loose |= dict.fromkeys(untranslated(client.get(page).text, told), page)
    assert not loose, "\n".join(f"{page}: {words}" for words, page in loose.items())


@pytest.mark.usefixtures("_foreign")
def test_nor_does_a_mail(world: World, names: list[str]) -> None:
    """Of every kind that a busy booking is written of, its calendar file too."""
    ours, theirs = world.reserve(span("05-10 10:00")), world.reserve(span("05-10 10:00"), by=world.theirs)
    lifecycle.challenge(actor=world.theirs.actor, booking_id=theirs.pk, at=NOW)
    lifecycle.request(actor=world.ours.actor, booking_id=ours.pk, at=NOW)
    lifecycle.confirm(actor=world.staff, booking_id=ours.pk, at=NOW, concurrence="-")
    lifecycle.change(actor=world.ours.actor, booking_id=ours.pk, changes={"crew": 3}, at=NOW)
    lifecycle.cancel(actor=world.ours.actor, booking_id=ours.pk, at=NOW)
    told = [*names, ours.reference, theirs.reference]
    kinds, loose = set(), {}
    for mail in Mail.objects.with_what_it_says().filter(state=Mail.State.PENDING):
        kinds.add(mail.kind)
        message = emails.compose(mail, at=NOW)
        for said in (str(message.subject), *str(message.body).splitlines()):
            loose |= {words: mail.kind for words in untranslated(said, told) if "https://" not in words}
    assert kinds >= {"challenged", "promoted", "requested", "confirmed", "changed", "cancelled", "expiry_48_hours"}
    assert not loose, "\n".join(f"{kind}: {words}" for words, kind in loose.items())
