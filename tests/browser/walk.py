"""The pages of the demo as a producer comes to them, for the tests that look at every one and for the pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from playwright.sync_api import Page

PASSWORD = "see1-demo"
WIDTHS = (320, 768, 1440)
SCHEMES = ("light", "dark")


def log_in(page: Page, who: str = "producer") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill(f"{who}@demo.see1.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", level=1).wait_for()


def day(ahead: int) -> str:
    return f"{datetime.now(UTC).date() + timedelta(days=ahead)}"


def booking_query(ahead: int, hours: int = 2, **asked: object) -> str:
    """The booking form's address for a window from ten o'clock GMT, `ahead` days from now."""
    window = {"starts_at": f"{day(ahead)}T10:00Z", "ends_at": f"{day(ahead)}T{10 + hours}:00Z"}
    return urlencode({"zones": "arena", "activity": "music", **window, **asked})


def search_query(duration: str, first: int, last: int, **asked: object) -> str:
    basics = {"activity": "music", "duration": duration, "start": day(first), "end": day(last), "step": 30}
    return urlencode(basics | asked)


def pages() -> dict[str, str]:
    """A name and an address for each kind of page, each with something to show."""
    return {
        "today": "/",
        "month": "/calendar/",
        "week": f"/calendar/?view=week&date={day(3)}",
        "day": f"/calendar/?view=day&date={day(7)}",
        "agenda": "/calendar/?view=agenda",
        "search": "/search/",
        "saved-searches": "/searches/",
        "search-none": f"/search/?{search_query('20 hours', 11, 12, crew_awake='on')}",
        "search-orbit": f"/search/?{search_query('2 hours', 3, 6, lighting='night', lighting_min='20 minutes')}",
        "search-wrong": f"/search/?{search_query('for ever', 12, 11)}",
        "booking-new": f"/bookings/new/?{booking_query(13, crew=2, power_kw=4, downlink_mbps=100)}",
        "booking-new-refused": f"/bookings/new/?{booking_query(1, crew=20, zones='studio', activity='sports')}",
        "booking-new-empty": "/bookings/new/",
        "bookings": "/bookings/?show=all",
        "productions": "/productions/",
        "production-new": "/productions/new/",
        "notifications": "/notifications/",
        "notification-choice": "/notifications/choice/",
        "keys": "/organisation/keys/",
        "organisation": "/organisation/",
        "organisations": "/organisations/",
        "proposals": "/proposals/",
        "timeline": "/timeline/",
        "timeline-orbit": f"/timeline/?span=orbit&at={day(2)}",
        "account": "/accounts/",
        "account-mail": "/accounts/email/",
        "account-password": "/accounts/password/change/",
        "account-log-out": "/accounts/logout/",
        "account-is-it-you": "/accounts/reauthenticate/",
        "second-factors": "/accounts/second-factors/",
        "passkeys": "/accounts/second-factors/webauthn/",
        "demo-mail": "/demo/mail/",
    }


OWN = {
    "booking": "/bookings/{booking}/",
    "call-sheet": "/bookings/{booking}/call-sheet/",
    "booking-change": "/bookings/{booking}/change/",
    "booking-cancel": "/bookings/{booking}/cancel/",
    "production": "/productions/{production}/",
    "production-call-sheet": "/productions/{production}/call-sheet/",
}
OPEN = {
    "log-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
    "password-reset-done": "/accounts/password/reset/done/",
    "password-reset-key": "/accounts/password/reset/key/1-x/",
    "password-reset-key-done": "/accounts/password/reset/key/done/",
    "mail-unverified": "/accounts/confirm-email/",
    "mail-confirm": "/accounts/confirm-email/x/",
    "account-closed": "/accounts/inactive/",
}
"""What anybody sees."""

OF_STAFF = {
    "revisions": "/staff/revisions/",
    "rebooking": "/staff/rebooking/",
    "tables": "/staff/tables/",
    "utilisation": "/staff/utilisation/",
    "staff-today": "/",
}

NOT_LOOKED_AT = {
    "language": "only POST",
    "saved_search": "leads on to the search page",
    "saved_search_delete": "only POST",
    "notifications_read": "only POST",
    "notification_open": "only POST",
    "invite": "only POST",
    "invitation_revoke": "only POST",
    "member_role": "only POST",
    "organisation_choose": "only POST",
    "key_rotate": "only POST",
    "proposal_withdraw": "only POST",
    "rebooking_offer": "only POST",
    "revision_act": "only POST",
    "proposal_answer": "only POST",
    "exchange_in": "only POST",
    "exchange_out": "a file",
    "booking_calendar": "a file",
    "booking_quote": "a file",
    "booking_new_quote": "a file, only POST",
    "timeline_data": "for scripts",
    "timeline_table": "a part of the timeline, and looked at in it",
    "account_confirm_login_code": "not in use: no log-in by code",
    "account_request_reauthentication_code": "not in use",
    "account_confirm_reauthentication_code": "not in use",
    "account_set_password": "leads on to changing it",
    "mfa_reauthenticate": "the same page as account_reauthenticate",
    "mfa_download_recovery_codes": "a file",
    "mfa_reauthenticate_webauthn": "one more way on account_reauthenticate, by a passkey",
    "mfa_login_webauthn": "for scripts",
}
"""Pages that the walk leaves out, by the name of their route, each with why. A new page is in one of the two."""


MADE = {
    "test_the_slip": {"revision_list", "revision", "rebooking_list", "rebooking", "proposal_list", "proposal"},
    "test_accounts": {
        "account_email_verification_sent", "account_confirm_email", "demo_mail", "invitation", "member_remove",
        "key_list", "key_revoke",
        "mfa_authenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
        "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    },
}  # fmt: skip
"""Routes of pages that must be made first, by the test that makes them and looks at each on every screen."""


def own_pages(page: Page) -> dict[str, str]:
    """The pages of one held booking, and of its production."""
    page.goto("/bookings/?show=active&status=held")
    booking = page.locator("a.card-title").first.get_attribute("href") or ""
    page.goto(booking)
    production = page.locator("dl.facts a").first.get_attribute("href") or ""
    ids = {"booking": booking.split("/")[2], "production": production.split("/")[2]}
    return {name: address.format(**ids) for name, address in OWN.items()}
