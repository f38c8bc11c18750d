"""From signing up, by the demo's mail, to logging in with a passkey, in a browser that has an authenticator."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack import RunningStack

PASSWORD = "a rather long password"


@pytest.fixture
def context(browser: Browser, live_stack: RunningStack) -> Iterator[BrowserContext]:
    """At a name rather than at a number: browsers make no passkey for an address."""
    address = live_stack.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address, locale="en-GB", timezone_id="Europe/London")
    yield context
    context.close()


@pytest.fixture
def authenticator(context: BrowserContext, page: Page) -> None:
    """What a phone or a laptop is, with a finger always on it."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_from_signing_up_to_a_passkey(page: Page, authenticator: None) -> None:
    sign_up(page, "ada@cometa.example")
    expect(page.get_by_role("banner")).to_contain_text("Cometa Film")
    add_passkey(page)
    page.get_by_role("button", name="Log out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("banner")).to_contain_text("Cometa Film")

    page.get_by_role("button", name="Log out").click()
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill("ada@cometa.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("banner")).to_contain_text("Cometa Film")


def test_whoever_has_no_passkey_is_told(page: Page, authenticator: None) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing came of it")


@pytest.mark.parametrize(("scheme", "width"), [("dark", 320), ("light", 1440)])
def test_pages_of_second_factors_are_for_everybody(page: Page, authenticator: None, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/accounts/password/reset/")
    look_at(page)
    sign_up(page, f"bea-{scheme}-{width}@cometa.example", look=True)
    add_passkey(page, look=True)
    invite(page, f"cleo-{scheme}-{width}@cometa.example")
    page.goto("/accounts/second-factors/totp/activate/")
    look_at(page)
    for path in ("", "webauthn/", "recovery-codes/", "recovery-codes/generate/"):
        page.goto(f"/accounts/second-factors/{path}")
        look_at(page)


def sign_up(page: Page, address: str, *, look: bool = False) -> None:
    page.goto("/accounts/signup/")
    if look:
        look_at(page)
    page.get_by_label("Production company").fill("Cometa Film")
    page.get_by_label("Its time zone").select_option("Europe/Rome")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Neri")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    if look:
        look_at(page)
    page.goto(linked(page, address, "accounts/confirm-email"))
    if look:
        look_at(page)
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page).to_have_url(re.compile("/$"))


def invite(page: Page, address: str) -> None:
    """And see what the owner sees then, and whoever opens the link with another account."""
    page.goto("/organisation/")
    page.get_by_label("Mail address").fill(address)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    look_at(page)
    page.get_by_role("link", name="Leave").click()
    look_at(page)
    page.goto(linked(page, address, "invitations"))
    expect(page.get_by_role("main")).to_contain_text("Log out, and open the link again")
    look_at(page)


def linked(page: Page, address: str, where: str) -> str:
    """The path of the link in the mail to `address`, once the worker has sent it."""
    page.goto("/demo/mail/")
    letter = (
        page.get_by_role("listitem").or_(page.get_by_role("row")).filter(has_text=address).get_by_role("link").first
    )
    while not letter.count():
        page.wait_for_timeout(250)
        page.reload()
    letter.click()
    found = re.search(rf"/{where}/[\w:-]+/", page.content())
    assert found
    return found[0]


def add_passkey(page: Page, *, look: bool = False) -> None:
    page.goto("/accounts/second-factors/webauthn/add/")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    if look:
        look_at(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    if look:
        look_at(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def look_at(page: Page) -> None:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    answer = Axe().run(page, options=options).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    found = [f"{page.url} {v['id']}: {node['html'][:160]}" for v in answer["violations"] for node in v["nodes"]]
    assert found == []
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide), f"{page.url} is wider than the screen"
