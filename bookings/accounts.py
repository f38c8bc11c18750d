"""Who may come in: whoever Django lets in, and the demo's people only into a demo.

Their password and keys are known to everybody. A database that once held the demo may go on to be used for more, so
it is not enough that they are not loaded: outside the demo nobody is them, by password, session or key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from bookings.models import Organisation, User
from modules.prepared import Prepared, Slot

DEMO_DOMAIN = "@demo.see1.example"
_USER = Prepared[User](lambda: User.objects.filter(pk=Slot("pk")))
UNVERIFIED_KEPT = timedelta(days=7)


def may_come_in(user: User) -> bool:
    return user.is_active and (settings.DEMO or not user.email.endswith(DEMO_DOMAIN))


def find_person(address: str) -> User | None:
    """Whose mail address this is, whatever its capitals."""
    return User.objects.filter(email=address.strip().lower()).first()


def vouch_for_address(user: User) -> None:
    """The account's mail address counts as verified, because staff wrote it down; it is the account's only one."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def forget_unverified(*, at: datetime) -> int:
    """Drop sign-ups whose address nobody verified in a week, with the organisations founded by them; how many.

    Nobody ever came in by them, so nothing hangs on them; and the address may be somebody's who would find it taken.
    """
    addresses = EmailAddress.objects.filter(verified=False, user__date_joined__lte=at - UNVERIFIED_KEPT)
    addresses = addresses.filter(user__last_login=None, user__is_staff=False)
    addresses = addresses.exclude(user__emailaddress__verified=True)
    with transaction.atomic():
        found = list(addresses.select_for_update(of=("self",), skip_locked=True).values_list("user_id", flat=True))
        founded = Organisation.objects.filter(memberships__user__in=found, productions=None, bookings=None)
        empty = [each.pk for each in founded.distinct() if not each.members.exclude(pk__in=found).exists()]
        people = User.objects.filter(pk__in=found)
        number = people.count()
        Organisation.objects.filter(pk__in=empty).delete()
        people.delete()
    return number


class Backend(AuthenticationBackend):
    """By mail address and password; asked again for each request of a session."""

    def get_user(self, user_id: Any) -> User | None:
        found = _USER.first(pk=user_id)
        return found if found is not None and self.user_can_authenticate(found) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(super().user_can_authenticate(user)) and may_come_in(user)
