"""The forms of passkeys, authenticator apps and recovery codes: allauth's, in our words."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models.accounts import ONE_LINE
from bookings.web.accounts import plain

LONGEST_CREDENTIAL = 64 * 1024
"""In characters; what browsers send is some kilobytes."""


class _CredentialDecoder(json.JSONDecoder):
    """Refuses, as it does what is no JSON, what Python's own stumbles over or what could not be written again."""

    def decode(self, text: str, *args: Any) -> Any:
        try:
            if len(text) > LONGEST_CREDENTIAL:
                raise ValueError("too long")
            found = super().decode(text, *args)
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error
        return found


class _TakesCredential:
    """For a form with the field in which scripts put what a passkey says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].decoder = _CredentialDecoder  # type: ignore[attr-defined]  # a form's, into which this is mixed


@contextmanager
def _told_apart() -> Iterator[None]:
    """What a browser's passkey says is taken apart by fido2, which stumbles over what no browser would send."""
    try:
        yield
    except (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise ValidationError(gettext("That was no passkey's answer. Try again.")) from error


class LogInPasskeyForm(_TakesCredential, webauthn_forms.LoginWebAuthnForm):
    def clean_credential(self) -> Any:
        with _told_apart():
            return super().clean_credential()


class UsePasskeyForm(_TakesCredential, webauthn_forms.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        with _told_apart():
            return super().clean_credential()


class PasskeyAgainForm(_TakesCredential, webauthn_forms.ReauthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        with _told_apart():
            return super().clean_credential()


class NewNameForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].max_length = 100
        self.fields["name"].validators.append(ONE_LINE)


class PasskeyForm(_TakesCredential, webauthn_forms.AddWebAuthnForm):
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("To tell it from others, as in “phone” or “blue key”.")
        self.initial["name"] = _("Passkey")
        self.fields["name"].validators.append(ONE_LINE)
        self.fields["passwordless"].label = _("Let me log in with it alone")
        self.fields["passwordless"].help_text = _("Without the password; it asks for a fingerprint, face or PIN.")
        self.initial["passwordless"] = True

    def clean(self) -> Any:
        with _told_apart():
            return super().clean()


class CodeForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))
        self.has_app = Authenticator.Type.TOTP in owned
        self.has_passkey = Authenticator.Type.WEBAUTHN in owned
        self.fields["code"].widget.attrs.update(autofocus=self.has_app, inputmode="numeric")
        if not self.has_app:
            self.fields["code"].label = _("Recovery code")
        plain(self)


class CodeAgainForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self)


class AppForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        plain(self)
