"""Who may come in: whoever Django lets in, and the demo's people only into a demo.

Their password and keys are known to everybody. A database that once held the demo may go on to be used for more, so
it is not enough that they are not loaded: outside the demo nobody is them, by password, session or key.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from bookings.models import User

DEMO_DOMAIN = "@demo.see1.example"


def may_come_in(user: User) -> bool:
    return user.is_active and (settings.DEMO or not user.email.endswith(DEMO_DOMAIN))


class Backend(ModelBackend):
    """By mail address and password; asked again for each request of a session."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and may_come_in(user)
