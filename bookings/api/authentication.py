"""Who asks: a partner's key, or a person signed in with the browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from bookings import actors
from bookings.accounts import may_come_in
from bookings.keys import hash_key
from bookings.models import ApiKey, User
from modules.prepared import Prepared, Slot

SCHEME = "bearer"
LAST_USED_STEP = timedelta(minutes=1)
NOT_VALID = gettext_lazy("This key is unknown, expired or revoked.")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`"""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _, plaintext = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != SCHEME:
            return None
        now = timezone.now()
        key = _usable(plaintext.strip(), now)
        if key is None:
            raise AuthenticationFailed(NOT_VALID)
        _note_use(key, now)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="SEE-1 Bookings"'


class BrowserAuthentication(SessionAuthentication):
    """The browser's session; whatever it writes needs the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(str(error.detail), code="csrf_failed") from None


def actor_of(request: Request) -> actors.Actor:
    """Whoever asks, as the core knows them."""
    if isinstance(request.auth, ApiKey):
        return actors.partner(request.auth)
    assert isinstance(request.user, User)  # noqa: S101 - nobody comes past the permissions anonymously
    return actors.person(request.user, via="api")


def _usable(plaintext: str, at: datetime) -> ApiKey | None:
    if not plaintext or not plaintext.isascii() or len(plaintext) > 200:
        return None
    key = _KEY.first(sha256=hash_key(plaintext), at=at)
    return key if key is not None and may_come_in(key.user) else None


_KEY = Prepared[ApiKey](
    lambda: (
        ApiKey.objects.usable(Slot("at"))
        .of_members()
        .select_related("user")
        .filter(sha256=Slot("sha256"), user__is_active=True)
        .order_by()
    )
)


def _note_use(key: ApiKey, at: datetime) -> None:
    """When a key was last used, to the minute: not every request is a write."""
    if key.last_used_at is None or at - key.last_used_at >= LAST_USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
