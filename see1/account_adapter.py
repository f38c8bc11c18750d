"""Where django-allauth meets ours: who may come in, where a request came from, and mails through the outbox."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _

from bookings.accounts import DEMO_DOMAIN, find_person, may_come_in
from bookings.models import User
from bookings.outbox import write_to
from see1.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries are counted where passwords are compared, by `see1.log_in_limits`."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def pre_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse | None:
        """The last gate of every way in: password, passkey, verified address."""
        if not may_come_in(user):
            clear_login(request)
            response: HttpResponse = self.respond_user_inactive(request, user)
            return response
        answer: HttpResponse | None = super().pre_login(request, user, **how)
        return answer

    def clean_email(self, email: str) -> str:
        cleaned: str = super().clean_email(email)
        if cleaned.lower().endswith(DEMO_DOMAIN) and find_person(cleaned) is None:
            raise ValidationError(_("Addresses of the demo belong to the demo's people. Give your own."))
        return cleaned

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Not what another account was made with, verified or not: no two log in with one address."""
        other = find_person(email_address.email)
        if other is None or other.pk == email_address.user_id:
            try:
                with transaction.atomic():
                    return bool(super().confirm_email(request, email_address))
            except IntegrityError:  # another account took it this very moment
                email_address.refresh_from_db()
        self.add_message(request, messages.ERROR, message=_("That address belongs to another account."))
        return False

    # Mails: promised here, written when they are sent, so that no key of theirs is kept.

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        _promise("verify_address", address.email, address.user, address_id=address.pk, signup=signup)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        _promise("password_reset", email, user)

    def send_account_already_exists_mail(self, email: str) -> None:
        _promise("account_exists", email, find_person(email))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What remains are notices that something of the account changed."""
        what = template_prefix.rpartition("/")[2]
        _promise("account_changed", email, find_person(email), what=what, from_address=context.get("ip", ""))


class SecondFactorAdapter(DefaultMFAAdapter):
    """What second factors are made from is kept encrypted, so that a copy of the database opens no door."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def encrypted_anew(encrypted_text: str) -> str:
    """The same, encrypted with the present secret key."""
    return _cipher().rotate(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """By the secret key, and to read also by those that it followed."""
    return MultiFernet([Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(secret: str | bytes) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"see1 second factors")
    return base64.urlsafe_b64encode(derivation.derive(force_bytes(secret)))


def _promise(kind: str, address: str, recipient: User | None, **context: Any) -> None:
    write_to(address, kind, recipient=recipient, context=context, at=timezone.now())
