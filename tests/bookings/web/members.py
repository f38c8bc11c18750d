"""Members of a company, as the tests of its page make and count them."""

from __future__ import annotations

from django.core import mail
from django.test import Client

from bookings.models import Membership, User
from tests.bookings.web.test_accounts import PASSWORD, delivered
from tests.world import Company

PAGE = "/organisation/"


def member(company: Company, role: str, name: str = "colleague") -> User:
    user = User.objects.create_user(f"{name}@aurora.example", PASSWORD)
    Membership.objects.create(organisation=company.organisation, user=user, role=role)
    return user


def roles(company: Company) -> dict[str, str]:
    return dict(company.organisation.memberships.values_list("user__email", "role"))


def invite(client: Client, email: str = "new@aurora.example", role: str = "booker"):
    return client.post(f"{PAGE}invite/", {"email": email, "role": role}, follow=True)


def letter_to(address: str) -> mail.EmailMessage:
    return [letter for letter in delivered() if letter.to == [address]][-1]
