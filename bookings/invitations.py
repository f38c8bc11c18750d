"""Inviting colleagues by mail: one open invitation for an address, good for a week, accepted once, by whom it is for.

The link is the invitation's id, signed, and made when the mail is sent. So nothing that opens a door is kept, and one
row says whether a link still does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookings.accounts import DEMO_DOMAIN
from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed, NotFound
from bookings.members import check_role, owned
from bookings.models import Invitation, Membership, Organisation, User
from bookings.outbox import write_to

LASTS = timedelta(days=7)
MOST_OPEN = 50
DAY = timedelta(days=1)
MOST_A_DAY = 30
MOST_TO_ONE_A_DAY = 3
SALT = "bookings.invitation"


def token_of(invitation: Invitation) -> str:
    return signing.dumps(str(invitation.pk), salt=SALT)


def invitation_by(token: str) -> Invitation | None:
    """Which invitation a link is of, whatever became of it; None for what we never signed."""
    try:
        pk = UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return Invitation.objects.select_related("organisation", "invited_by").filter(pk=pk).first()


def invitations_of(organisation_id: UUID) -> QuerySet[Invitation]:
    """What is not answered yet, those that are too old included: they can be sent again."""
    found: QuerySet[Invitation] = Invitation.objects.unanswered().filter(organisation_id=organisation_id)
    return found.select_related("invited_by")


def invite(actor: Actor, *, organisation_id: UUID, email: str, role: str, at: datetime) -> Invitation:
    """Mail an invitation; one that this address has open is revoked for it. Raises NotFound, NotAllowed or Invalid."""
    address = _address(email)
    check_role(role)
    with transaction.atomic():
        organisation = owned(actor, organisation_id)
        if organisation.memberships.filter(user__email=address).exists():
            raise _wrong_address("already_member", _("They are a member already."))
        _check_pace(organisation, address, at=at)
        mine = Invitation.objects.unanswered().filter(organisation=organisation)
        mine.filter(email=address).update(revoked_at=at)
        if mine.open(at).count() >= MOST_OPEN:
            detail = _("At most %(most)s invitations are open at a time. Revoke one first.") % {"most": MOST_OPEN}
            raise _wrong_address("too_many", detail)
        invitation: Invitation = Invitation.objects.create(
            organisation=organisation,
            email=address,
            role=role,
            invited_by=actor.user,
            created_at=at,
            expires_at=at + LASTS,
        )
        _mail(invitation, at=at)
    return invitation


def revoke_invitation(actor: Actor, *, organisation_id: UUID, invitation_id: UUID, at: datetime) -> Invitation:
    """Its link opens nothing from now on. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        organisation = owned(actor, organisation_id)
        mine = Invitation.objects.unanswered().filter(organisation=organisation, pk=invitation_id)
        invitation: Invitation | None = mine.select_for_update(of=("self",)).first()
        if invitation is None:
            raise NotFound(_("There is no such invitation to revoke."))
        invitation.revoked_at = at
        invitation.save(update_fields=["revoked_at"])
    return invitation


def accept_invitation(*, user: User, invitation_id: UUID, at: datetime) -> Membership:
    """Belong to the organisation that invited one. Raises NotFound, or NotAllowed where the link opens no door."""
    with transaction.atomic():
        invitation: Invitation | None = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None:
            raise NotFound(_("There is no such invitation."))
        if invitation.accepted_by_id == user.pk:  # pressed twice; whoever was removed since does not come back by it
            theirs = Membership.objects.filter(organisation=invitation.organisation_id, user=user).first()
            if theirs is not None:
                return theirs
        if reason := why_not(invitation, at=at):
            raise NotAllowed(reason)
        if user.email != invitation.email:
            raise NotAllowed(_("This invitation is for another mail address than the one you are logged in with."))
        membership, _made = Membership.objects.get_or_create(
            organisation_id=invitation.organisation_id, user=user, defaults={"role": invitation.role}
        )
        invitation.accepted_at, invitation.accepted_by = at, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    return membership


def why_not(invitation: Invitation, *, at: datetime) -> str:
    """Why an invitation can't be accepted any more, in a sentence; empty where it can."""
    if invitation.accepted_at is not None:
        return _("This invitation has been accepted already. Log in, and you are where it led.")
    if invitation.revoked_at is not None:
        return _("This invitation was taken back, or another was sent in its place.")
    if invitation.expires_at <= at:
        return _("This invitation is too old. Ask for another.")
    return ""


def _check_pace(organisation: Organisation, address: str, *, at: datetime) -> None:
    """Each is a mail to somebody who may never have heard of us, so what was revoked or replaced counts too."""
    sent = Invitation.objects.filter(organisation=organisation, created_at__gt=at - DAY)
    if sent.count() < MOST_A_DAY and sent.filter(email=address).count() < MOST_TO_ONE_A_DAY:
        return
    limits = {"most": MOST_A_DAY, "each": MOST_TO_ONE_A_DAY}
    said = _("At most %(most)s invitations are sent in a day, and %(each)s to one address. Try again tomorrow.")
    raise _wrong_address("too_many", said % limits)


def _mail(invitation: Invitation, *, at: datetime) -> None:
    recipient = User.objects.filter(email=invitation.email).first()
    context = {"invitation": str(invitation.pk), "language": invitation.organisation.language}
    write_to(invitation.email, "invitation", recipient=recipient, context=context, at=at, once=str(invitation.pk))


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise _wrong_address("not_an_address", _("That is no mail address.")) from None
    if address.endswith(DEMO_DOMAIN) and not User.objects.filter(email=address).exists():
        raise _wrong_address("not_an_address", _("Addresses of the demo belong to the demo's people."))
    return address


def _wrong_address(code: str, detail: str) -> Invalid:
    return Invalid([FieldError("email", code, detail)])
