"""Browsers that somebody has logged in by before, told by a signed cookie.

Whoever guesses at somebody's password must not thereby lock them out. So the tries of a browser that an account has
been used in before are counted by themselves, whatever strangers do meanwhile (OWASP: "Slow Down Online Guessing
Attacks with Device Cookies"). The cookie opens nothing: the password is compared as ever.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

COOKIE = "known_device"
KEPT_S = 180 * 24 * 3600
SALT = "see1.known-device"
MOST_ACCOUNTS = 5
"""That one browser is known for, the newest first."""


def account_of(name: str) -> str:
    """What stands for a mail address in counters and cookies, whatever its capitals; nobody need have it."""
    return hashlib.sha256(name.strip().lower().encode(errors="replace")).hexdigest()


def device_of(request: HttpRequest, account: str) -> str:
    """Which device it is that asks; empty where that account was never used in it."""
    device, accounts = _read(request)
    return device if account in accounts else ""


def remember(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    """From now on the account is known in this browser."""
    device, accounts = _read(request)
    others = [each for each in accounts if each != account]
    said = {"device": device or secrets.token_hex(16), "accounts": [account, *others][:MOST_ACCOUNTS]}
    response.set_cookie(
        COOKIE,
        signing.dumps(said, salt=SALT),
        max_age=KEPT_S,
        path=reverse("account"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        said: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_S)
    except signing.BadSignature:
        return "", []
    return said["device"], said["accounts"]
