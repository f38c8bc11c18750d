"""An organisation and its people: founded, invited, given roles, removed. Its last owner always stays.

Whoever changes who belongs to an organisation locks its row first, so that two owners cannot remove each other at the
same moment and leave it without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, LastOwner, NotAllowed, NotFound
from bookings.models import ApiKey, Invitation, Membership, Organisation, Role, User
from bookings.models.accounts import NO_ADDRESS, ONE_LINE

MOST_OWNED = 20

LAST_OWNER = gettext_lazy("An organisation needs an owner, and this is its last. Make somebody else an owner first.")


def found_organisation(*, user: User, name: str, time_zone: str, language: str) -> Organisation:
    """A new organisation whose owner `user` is. Raises Invalid where that makes no sense, or they own many."""
    _check_facts(name=name, time_zone=time_zone, language=language)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # or many at once pass the limit
        if user.memberships.filter(role=Role.OWNER).count() >= MOST_OWNED:
            detail = _("One person owns at most %(most)s organisations. Leave one that is no longer used.")
            raise Invalid([FieldError("name", "too_many", detail % {"most": MOST_OWNED})])
        organisation = Organisation.objects.create(name=name.strip(), time_zone=time_zone, language=language)
        Membership.objects.create(organisation=organisation, user=user, role=Role.OWNER)
    return organisation


def change_organisation(
    actor: Actor, *, organisation_id: UUID, name: str, time_zone: str, language: str
) -> Organisation:
    """Its name, the clock shown beside GMT, its language. Raises NotFound, NotAllowed or Invalid."""
    _check_facts(name=name, time_zone=time_zone, language=language)
    with transaction.atomic():
        organisation = owned(actor, organisation_id)
        organisation.name, organisation.time_zone, organisation.language = name.strip(), time_zone, language
        organisation.save(update_fields=["name", "time_zone", "language"])
    return organisation


def change_role(actor: Actor, *, organisation_id: UUID, user_id: int, role: str, at: datetime) -> Membership:
    """From now on the member may do what the role says; whom they invited as an owner is invited no more.

    Raises NotFound, NotAllowed, Invalid or LastOwner.
    """
    check_role(role)
    with transaction.atomic():
        organisation = owned(actor, organisation_id)
        membership = _member(organisation, user_id)
        if membership.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(organisation, membership)
        give_role(membership, role=role, at=at)
    return membership


def remove_member(actor: Actor, *, organisation_id: UUID, user_id: int, at: datetime) -> None:
    """They belong to it no more, and their keys and open invitations are revoked; what they booked stays its own.

    Owners remove anybody, and everybody may leave. Raises NotFound, NotAllowed or LastOwner.
    """
    leaving = actor.key is None and actor.user is not None and actor.user.pk == user_id
    with transaction.atomic():
        organisation = _belonging(actor, organisation_id) if leaving else owned(actor, organisation_id)
        membership = _member(organisation, user_id)
        if membership.role == Role.OWNER:
            _keep_an_owner(organisation, membership)
        end_membership(membership, at=at)


def lock(organisation_ids: Iterable[UUID]) -> None:
    """Let nobody else change who belongs to these until the transaction ends."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=organisation_ids).order_by("pk"))


def give_role(membership: Membership, *, role: str, at: datetime) -> None:
    """What goes with another role. The organisation must be locked, and an owner left."""
    if membership.role == Role.OWNER and role != Role.OWNER:
        _revoke_invitations_by(membership, at=at)
    membership.role = role
    membership.save(update_fields=["role"])


def end_membership(membership: Membership, *, at: datetime) -> None:
    """What goes with their leaving: keys and open invitations. The organisation must be locked, and an owner left."""
    own = ApiKey.objects.usable(at).filter(organisation=membership.organisation_id, user=membership.user_id)
    own.update(revoked_at=at)
    _revoke_invitations_by(membership, at=at)
    membership.delete()


def owned(actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation of the actor's own, locked until the transaction ends. Raises NotFound or NotAllowed."""
    organisation = _belonging(actor, organisation_id)
    # Asked again under the lock: who was an owner when the page was made may be none by now.
    if actor.key is not None or not organisation.memberships.filter(user=actor.user, role=Role.OWNER).exists():
        raise NotAllowed(_("Only owners manage an organisation and its people. Ask one of yours."))
    return organisation


def check_role(role: str) -> None:
    if role not in Role.values:
        detail = _("A member is an owner, a booker or a viewer.")
        raise Invalid([FieldError("role", "invalid_choice", detail)])


def _belonging(actor: Actor, organisation_id: UUID) -> Organisation:
    if actor.sees_all("organisation") and organisation_id not in actor.organisation_ids:
        raise NotAllowed(_("Staff who are no members change an organisation in the admin."))
    if organisation_id not in actor.organisation_ids:
        raise NotFound(_("There is no such organisation among yours."))
    organisation = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound(_("There is no such organisation among yours."))
    return organisation


def _member(organisation: Organisation, user_id: int) -> Membership:
    membership = organisation.memberships.select_related("user").filter(user_id=user_id).first()
    if membership is None:
        raise NotFound(_("There is no such member of this organisation."))
    return membership


def _revoke_invitations_by(membership: Membership, *, at: datetime) -> None:
    """Whoever is no owner any more must not come back as one, or bring others in, by a link sent before."""
    theirs = Invitation.objects.unanswered().filter(organisation_id=membership.organisation_id)
    theirs.filter(invited_by_id=membership.user_id).update(revoked_at=at)


def _keep_an_owner(organisation: Organisation, but: Membership) -> None:
    others = organisation.memberships.filter(role=Role.OWNER, user__is_active=True).exclude(pk=but.pk)
    if not others.exists():
        raise LastOwner(str(LAST_OWNER))


def _check_facts(*, name: str, time_zone: str, language: str) -> None:
    errors = []
    if not name.strip() or len(name.strip()) > 200:
        errors.append(FieldError("name", "invalid", _("Give it a name of at most 200 characters.")))
    elif ONE_LINE.regex.search(name):  # type: ignore[union-attr]  # compiled when it was made
        errors.append(FieldError("name", "control_characters", _("Write the name in one line.")))
    elif NO_ADDRESS.regex.search(name):  # type: ignore[union-attr]  # as above
        errors.append(FieldError("name", "web_address", str(NO_ADDRESS.message)))
    if time_zone not in available_timezones():
        detail = _("“%(name)s” is no time zone we know; they read like Europe/Rome.") % {"name": time_zone}
        errors.append(FieldError("time_zone", "unknown_time_zone", detail))
    if language not in dict(settings.LANGUAGES):
        errors.append(FieldError("language", "invalid_choice", _("We do not speak that language.")))
    if errors:
        raise Invalid(errors)
