"""The language of pages: the account's, else the switch's, else the browser's; and of the API: what is asked for."""

import re

import pytest
from django.test import Client

from bookings.models import User
from tests.bookings.web.conftest import browser
from tests.world import World

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
