"""From signing up, by the demo's mail, to logging in with a passkey, in a browser that has an authenticator."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.bookings.web.test_second_factors import code
from tests.browser.looking import Looks
from tests.browser.walk import MADE
from tests.stack import RunningStack

LOOKS = Looks()
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
    log_in(page, "ada@cometa.example")
    expect(page.get_by_role("main")).not_to_contain_text("authenticator app")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("banner")).to_contain_text("Cometa Film")


def test_whoever_has_no_passkey_is_told(page: Page, authenticator: None) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing came of it")


def test_pages_of_an_account_are_for_everybody(page: Page, authenticator: None) -> None:
    """Those that only somebody comes to who has just signed up, was invited, or has second factors."""
    here = f"{secrets.token_hex(3)}.example"
    sign_up(page, f"bea@{here}", look=True)
    add_passkey(page, look=True)
    look_at_second_factors(page)
    look_at_keys(page)
    invite(page, f"cleo@{here}")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    log_in(page, f"bea@{here}")
    LOOKS.at(page)
    assert LOOKS.routes >= MADE[Path(__file__).stem]


def look_at_second_factors(page: Page) -> None:
    page.goto("/accounts/second-factors/totp/activate/")
    LOOKS.at(page)
    secret = page.locator("#totp-key").input_value()
    page.get_by_label("Code").fill(code(secret, time.time()))
    page.get_by_role("button", name="Set it up").click()
    for path in ("totp/deactivate/", "webauthn/", "recovery-codes/", "recovery-codes/generate/"):
        page.goto(f"/accounts/second-factors/{path}")
        LOOKS.at(page)
    for way in ("Rename", "Take off"):
        page.goto("/accounts/second-factors/webauthn/")
        page.get_by_role("link", name=way).first.click()
        LOOKS.at(page)


def look_at_keys(page: Page) -> None:
    page.goto("/organisation/keys/")
    page.get_by_label("Name").fill("The edit suite")
    page.get_by_role("button", name="Make it").click()
    LOOKS.at(page)
    page.goto("/organisation/keys/")
    page.get_by_role("link", name="Revoke").first.click()
    LOOKS.at(page)


def log_in(page: Page, address: str) -> None:
    """As far as the second factor."""
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def sign_up(page: Page, address: str, *, look: bool = False) -> None:
    page.goto("/accounts/signup/")
    expect(page.get_by_label("Its time zone")).to_have_value("Europe/London")  # as the browser is
    page.get_by_label("Production company").fill("Cometa Film")
    page.get_by_label("Its time zone").select_option("Europe/Rome")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Neri")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    if look:
        LOOKS.at(page)
    link = linked(page, address, "accounts/confirm-email")
    if look:
        LOOKS.at(page)
    page.goto(link)
    if look:
        LOOKS.at(page)
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page).to_have_url(re.compile("/$"))


def invite(page: Page, address: str) -> None:
    """And see what the owner sees then, and whoever opens the link with another account."""
    page.goto("/organisation/")
    page.get_by_label("Mail address").fill(address)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    LOOKS.at(page)
    page.get_by_role("link", name="Leave").click()
    LOOKS.at(page)
    page.goto(linked(page, address, "invitations"))
    expect(page.get_by_role("main")).to_contain_text("Log out, and open the link again")
    LOOKS.at(page)


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
        LOOKS.at(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    if look:
        LOOKS.at(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
