"""Who may come in: whoever Django lets in, and the demo's people only into a demo.

Their password and keys are known to everybody. A database that once held the demo may go on to be used for more, so
it is not enough that they are not loaded: outside the demo nobody is them, by password, session or key.
"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.conf import settings

from bookings.models import User

DEMO_DOMAIN = "@demo.see1.example"


def may_come_in(user: User) -> bool:
    return user.is_active and (settings.DEMO or not user.email.endswith(DEMO_DOMAIN))


def find_person(address: str) -> User | None:
    """Whose mail address this is, whatever its capitals."""
    return User.objects.filter(email=address.strip().lower()).first()


def vouch_for_address(user: User) -> None:
    """The account's mail address counts as verified, because staff wrote it down; it is the account's only one."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


class Backend(AuthenticationBackend):
    """By mail address and password; asked again for each request of a session."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(super().user_can_authenticate(user)) and may_come_in(user)
