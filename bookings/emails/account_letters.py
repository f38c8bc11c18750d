"""Mails about an account. Their keys are made when they are sent, so none is kept, and its time runs from then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.emails.letter import Letter
from bookings.invitations import token_of
from bookings.models import Invitation, Mail, Role
from bookings.wording import gmt

CHANGES: dict[str, Callable[[], str]] = {
    "password_changed": lambda: _("The password of your account was changed."),
    "password_set": lambda: _("A password was set for your account."),
    "password_reset": lambda: _("The password of your account was set anew, by a link that was mailed to you."),
    "email_changed": lambda: _("The mail address of your account was changed."),
    "email_confirm": lambda: _("The mail address of your account was verified."),
    "email_deleted": lambda: _("A mail address was taken off your account."),
    "totp_activated": lambda: _("An authenticator app was added to your account."),
    "totp_deactivated": lambda: _("The authenticator app was taken off your account."),
    "webauthn_added": lambda: _("A passkey was added to your account."),
    "webauthn_removed": lambda: _("A passkey was taken off your account."),
    "recovery_codes_generated": lambda: _("New recovery codes were made for your account; the old ones are void."),
}


def is_wanted(mail: Mail, *, at: datetime) -> bool:
    """The last look: what was verified, accepted or taken back meanwhile needs no mail any more."""
    if mail.kind == "invitation":
        return bool(Invitation.objects.open(at).filter(pk=mail.context["invitation"]).exists())
    if mail.kind != "verify_address":
        return True
    return bool(EmailAddress.objects.filter(pk=mail.context["address_id"], verified=False).exists())


def _verify_address(mail: Mail) -> Letter:
    address = EmailAddress.objects.get(pk=mail.context["address_id"])
    said = _("Somebody, you we hope, gave this mail address for an account at SEE-1 Bookings.")
    return Letter(
        subject=_("Verify your mail address"),
        happened=[said],
        facts=[(_("Address"), [address.email])],
        next=[
            _("Follow the link to say that it is yours; it works for three days."),
            _("If it was not you, do nothing: without this step nobody comes in with it."),
        ],
        link=_("Verify this address"),
        path=reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
    )


def _account_exists(mail: Mail) -> Letter:
    return Letter(
        subject=_("You have an account already"),
        happened=[_("Somebody, you we hope, tried to sign up at SEE-1 Bookings with this mail address.")],
        facts=[(_("Address"), [mail.goes_to])],
        next=[
            _("There is an account with it already: log in, or set a new password if the old one is lost."),
            _("If it was not you, do nothing: whoever tried has learnt nothing."),
        ],
        link=_("Set a new password"),
        path=reverse("account_reset_password"),
    )


def _password_reset(mail: Mail) -> Letter:
    assert mail.recipient is not None  # noqa: S101 - there is no password without an account
    key = {"uidb36": user_pk_to_url_str(mail.recipient), "key": default_token_generator.make_token(mail.recipient)}
    return Letter(
        subject=_("A new password for SEE-1 Bookings"),
        happened=[_("Somebody, you we hope, asked for a new password for your account at SEE-1 Bookings.")],
        facts=[(_("Account"), [mail.recipient.email])],
        next=[
            _("Set it by the link; it works once, for three days."),
            _("If it was not you, do nothing: the old password stays."),
        ],
        link=_("Set a new password"),
        path=reverse("account_reset_password_from_key", kwargs=key),
    )


def _account_changed(mail: Mail) -> Letter:
    changed = CHANGES.get(mail.context["what"])
    facts = [(_("When"), [gmt(mail.created_at)])]
    if mail.context.get("from_address"):
        facts.append((_("From"), [str(mail.context["from_address"])]))
    return Letter(
        subject=_("Your account was changed"),
        happened=[changed() if changed else _("Something of your account was changed.")],
        facts=facts,
        next=[
            _("If that was you, there is nothing to do."),
            _("If it was not, set a new password at once: that ends every session of your account."),
        ],
        link=_("Set a new password"),
        path=reverse("account_reset_password"),
    )


def _invitation(mail: Mail) -> Letter:
    invitation = Invitation.objects.select_related("organisation", "invited_by").get(pk=mail.context["invitation"])
    by = invitation.invited_by
    facts = [
        (_("Organisation"), [invitation.organisation.name]),
        (_("Role"), [str(Role(invitation.role).label)]),
        (_("Good until"), [gmt(invitation.expires_at)]),
    ]
    if by is not None:
        facts.insert(1, (_("Invited by"), [by.get_full_name() or by.email]))
    return Letter(
        subject=_("You are invited to %(name)s") % {"name": invitation.organisation.name},
        happened=[
            _("A colleague invites you to book windows on SEE-1, the studio and arena in orbit, for %(name)s.")
            % {"name": invitation.organisation.name}
        ],
        facts=facts,
        next=[
            _("Follow the link to accept; it works once, for this mail address alone."),
            _("If you do not know them, do nothing."),
        ],
        link=_("See the invitation"),
        path=reverse("invitation", args=[token_of(invitation)]),
    )


ACCOUNT_LETTERS: dict[str, Callable[[Mail], Letter]] = {
    "verify_address": _verify_address,
    "account_exists": _account_exists,
    "password_reset": _password_reset,
    "account_changed": _account_changed,
    "invitation": _invitation,
}
