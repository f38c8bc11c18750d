"""The language of pages: the account's, else the switch's, else the browser's; and of the API: what is asked for."""

import re

import pytest
from django.test import Client
from django.utils import translation

from bookings import calendars, emails, lifecycle
from bookings.feeds import feed_for
from bookings.languages import choose_language
from bookings.models import Booking, Mail, User
from bookings.papers.words import price_line, price_quantity
from bookings.states import Status
from bookings.web.fields import parse_length
from bookings.web.wording import money
from tests.bookings.web.conftest import browser
from tests.world import NOW, World, span

WORDS = {"en": "Find a window", "fr": "Trouver une fenêtre", "it": "Trova una finestra"}


def language_of(client: Client, path: str = "/bookings/", **headers: str) -> str:
    """As the page's `lang` says it; what stands in the navigation must agree."""
    page = client.get(path, headers=headers)
    found = re.search(r'<html lang="(\w+)(?:-GB)?"', page.content.decode())
    assert found
    assert page.headers["Content-Language"] == found[1]
    return found[1]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("", "en"), ("fr-FR, en;q=0.5", "fr"), ("de, it-CH;q=0.8", "it"), ("ja", "en"), ("*", "en"), ("x" * 600, "en")],
)
def test_a_browser_that_asks_is_answered_in_its_language(ours: Client, asked: str, answered: str) -> None:
    assert language_of(ours, **{"accept-language": asked}) == answered
    assert WORDS[answered] in ours.get("/bookings/", headers={"accept-language": asked}).content.decode()


def test_the_switch_is_kept_in_a_cookie_by_whoever_is_not_logged_in(db: None) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "it", "next": "/accounts/login/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/")
    assert language_of(client, "/accounts/login/", **{"accept-language": "fr"}) == "it"


def test_the_switch_is_kept_with_the_account_and_holds_in_another_browser(world: World, ours: Client) -> None:
    ours.post("/language/", {"language": "fr", "next": "/bookings/"})
    assert User.objects.get(pk=world.ours.owner.pk).language == "fr"
    assert language_of(browser(world.ours.owner), **{"accept-language": "it"}) == "fr"
    ours.post("/language/", {"language": "en", "next": "/bookings/"})
    assert language_of(ours, **{"accept-language": "it"}) == "en"


@pytest.mark.parametrize("language", ["", "tlh", "it\r\nSet-Cookie: x=1", "../en", "x" * 300])
def test_a_language_that_we_do_not_speak_changes_nothing(world: World, ours: Client, language: str) -> None:
    assert ours.post("/language/", {"language": language, "next": "/bookings/"}).status_code == 302
    assert User.objects.get(pk=world.ours.owner.pk).language == ""
    assert language_of(ours) == "en"


def test_the_switch_leads_nowhere_else(ours: Client) -> None:
    answer = ours.post("/language/", {"language": "it", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert ours.get("/language/").status_code == 405


def test_the_switch_needs_no_script_and_names_the_languages_in_themselves(ours: Client) -> None:
    page = ours.get("/bookings/", headers={"accept-language": "fr"}).content.decode()
    form = page[page.index('<form class="languages"') :]
    form = form[: form.index("</form>")]
    assert 'name="next" value="/bookings/"' in form
    for code, name in (("en", "English"), ("fr", "Français"), ("it", "Italiano")):
        assert re.search(rf'value="{code}"\s+lang="{code}"', form)
        assert name in form
    assert re.search(r'lang="fr"\s+aria-current="true"', form)


def test_the_admin_speaks_english(staff: Client) -> None:
    assert staff.get("/admin/", headers={"accept-language": "it"}).headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("asked", "title", "detail"),
    [
        ("", "The window is too short", "The window is 10 minutes long; the shortest is 30 minutes."),
        ("it", "La finestra è troppo breve", "La finestra dura 10 minuti; il minimo è 30 minuti."),
        ("fr-CA", "La fenêtre est trop courte", "La fenêtre dure 10 minutes\u202f; le minimum est de 30 minutes."),
    ],
)
def test_the_api_says_its_refusals_in_the_language_asked_for_and_its_codes_in_none(
    world: World, ours: Client, asked: str, title: str, detail: str
) -> None:
    choose_language(user=world.ours.owner, language="it")  # which the API does not ask
    body = {"production": str(world.ours.production.pk), "zones": ["arena"], "activity": "filming"}
    times = {"starts_at": "2027-03-10T10:00:00Z", "ends_at": "2027-03-10T10:10:00Z"}
    headers = {"accept-language": asked}
    answer = ours.post("/api/v1/quotes/", {**body, **times}, content_type="application/json", headers=headers)
    problem = answer.json()
    assert (problem["code"], problem["errors"][0]["field"]) == ("too_short", "ends_at")
    assert (problem["title"], problem["detail"]) == (title, detail)
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_the_api_reads_out_of_a_booking_is_the_same_in_every_language(ours: Client, world: World) -> None:
    booking = world.reserve(span("03-10 10:00"), crew=2)
    address = f"/api/v1/bookings/{booking.pk}/"
    in_english, in_italian = (ours.get(address, headers={"accept-language": each}) for each in ("en", "it"))
    assert in_english.content == in_italian.content
    assert in_english.headers["ETag"] == in_italian.headers["ETag"]


def test_a_quote_asked_for_in_italian_is_kept_as_one_asked_for_in_english(world: World) -> None:
    with translation.override("it"):
        booking = world.reserve(span("03-10 10:00"), crew=2)
    plain = world.reserve(span("03-12 10:00"), crew=2)
    assert booking.price["lines"] == plain.price["lines"]
    with translation.override("it"):
        assert [price_line(line) for line in booking.price["lines"]][:2] == [
            "Arena, riprese, attraccata",
            "Equipaggio sul set",
        ]
        assert price_quantity(booking.price["lines"][1]) == "4 ore di equipaggio"


@pytest.mark.parametrize(
    ("language", "subject", "greeting", "fact"),
    [
        ("it", "Confermata: {}, 2027/130 10:00 GMT", "Buongiorno,", "10 maggio 2027, 12:00 – 14:00 Europe/Rome"),
        ("fr", "Confirmée : {}, 2027/130 10:00 GMT", "Bonjour,", "10 mai 2027, 12:00 – 14:00 Europe/Rome"),
        ("", "Confirmed: {}, 2027/130 10:00 GMT", "Hello,", "10 May 2027, 12:00 – 14:00 Europe/Rome"),
    ],
)
def test_a_mail_is_in_its_readers_language_whoever_brought_it_about(
    world: World, language: str, subject: str, greeting: str, fact: str
) -> None:
    User.objects.filter(pk=world.ours.owner.pk).update(language=language)
    booking = world.reserve(span("05-10 10:00"), status=Status.REQUESTED)
    with translation.override("fr"):  # the member of staff's
        lifecycle.confirm(actor=world.staff, booking_id=booking.pk, at=NOW, concurrence="-")
    message = emails.compose(Mail.objects.with_what_it_says().get(booking=booking, kind="confirmed"), at=NOW)
    assert str(message.subject) == subject.format(booking.reference)
    assert greeting in str(message.body)
    assert fact in str(message.body)
    assert f'<html lang="{language or "en-GB"}">' in str(message.alternatives[0][0])


def test_a_calendar_is_in_its_owners_language(world: World) -> None:
    booking = world.reserve(span("05-10 10:00"))
    choose_language(user=world.ours.owner, language="it")
    feed = feed_for(world.ours.actor, at=NOW)
    answer = Client().get(f"/calendar/{feed.secret}.ics")
    assert "(opzione\\, rango 1)" in answer.text.replace("\r\n ", "")
    assert calendars.uid(booking) in answer.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "USD 1,234,567.80"), ("fr", "1 234 567,80 USD"), ("it", "1.234.567,80 USD")]
)
def test_money_is_written_as_the_language_has_it(language: str, shown: str) -> None:
    with translation.override(language):
        assert re.sub(r"\s", " ", money("1234567.80", "USD")) == shown


@pytest.mark.parametrize("typed", ["2 hours", "2 heures", "2 ore", "2h", "2 h", "120 min", "120 minuti", "120 minutes"])
def test_a_length_is_read_in_every_language(typed: str) -> None:
    found = parse_length(typed)
    assert found is not None
    assert found.total_seconds() == 7200


@pytest.mark.parametrize("typed", ["3 days", "3 jours", "3 giorni", "3 d", "3 j", "3 g"])
def test_so_are_days(typed: str) -> None:
    found = parse_length(typed)
    assert found is not None
    assert found.days == 3


def test_a_page_writes_what_scripts_and_drawings_read_in_no_language(ours: Client, world: World) -> None:
    """A comma in a coordinate draws nothing, and one in a number field is refused by the browser."""
    booking: Booking = world.reserve(span("03-10 10:07"), crew=2, power_kw="2.5")
    for page in ("/calendar/?view=month", f"/bookings/{booking.pk}/change/", "/search/", "/timeline/"):
        text = ours.get(page, headers={"accept-language": "it"}).text
        assert not re.findall(r' (?:x|y|x1|x2|width|height|value|min|max|step)="-?\d+,\d+', text), page
