"""Partners' keys: drawn, hashed, shown once.

A key is 256 random bits, so one round of SHA-256 is all the hashing it needs: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotFound
from bookings.models import ApiKey, Organisation, Role, Scope, User
from bookings.querysets import ApiKeyQuerySet

PREFIX = "see1_"
EVERYTHING = (Scope.READ, Scope.BOOK)
OVERLAP = timedelta(hours=24)
MOST_IN_USE = 20
MOST_WITH_ROTATED = 2 * MOST_IN_USE
"""While keys are rotated: each, and for a day the one that it follows."""


def hash_key(plaintext: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(plaintext.encode()).hexdigest()


def make_key(
    *,
    user: User,
    organisation: Organisation | None,
    name: str,
    at: datetime,
    scopes: Collection[str] = EVERYTHING,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plaintext, which is never to be had again. Without an organisation it is a staff key."""
    plaintext = PREFIX + secrets.token_urlsafe(32)
    key = register(
        plaintext, user=user, organisation=organisation, name=name, at=at, scopes=scopes, expires_at=expires_at
    )
    return key, plaintext


def keys_of(actor: Actor) -> ApiKeyQuerySet:
    """The keys of the organisations that the actor owns, in use first."""
    owned = ApiKey.objects.filter(organisation__in=owned_organisations(actor)).select_related("user", "organisation")
    return owned.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk")


def owned_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Those whose owner the actor is, in person: a key makes no keys."""
    if actor.user is None or actor.key is not None:
        return Organisation.objects.none()
    return Organisation.objects.filter(
        pk__in=actor.organisation_ids, memberships__user=actor.user, memberships__role=Role.OWNER
    )


def make_for(
    actor: Actor,
    *,
    organisation_id: UUID,
    name: str,
    scopes: Collection[str],
    lasts: timedelta | None,
    at: datetime,
) -> tuple[ApiKey, str]:
    """A key of an organisation that the actor owns. Raises NotFound, or Invalid where it has too many in use."""
    organisation = owned_organisations(actor).filter(pk=organisation_id).first()
    if organisation is None or actor.user is None:
        raise NotFound(_("There is no such organisation of which you are an owner."))
    with transaction.atomic():
        _refuse_beyond(MOST_IN_USE, organisation, at)
        return make_key(
            user=actor.user,
            organisation=organisation,
            name=name,
            at=at,
            scopes=scopes,
            expires_at=at + lasts if lasts else None,
        )


def rotate(actor: Actor, *, key_id: int, at: datetime) -> tuple[ApiKey, str]:
    """A successor with the same name and scopes; the old key goes on for a day, so that systems can change over.

    The successor lasts as long as the old key was given. Raises NotFound where there is no such key in use, and Invalid
    where too many are.
    """
    with transaction.atomic():
        old = _in_use(actor, key_id, at)
        if old.organisation is not None:
            _refuse_beyond(MOST_WITH_ROTATED, old.organisation, at)
        lasts = old.expires_at - old.created_at if old.expires_at else None
        made = make_key(
            user=actor.user or old.user,
            organisation=old.organisation,
            name=old.name,
            at=at,
            scopes=old.scopes,
            expires_at=at + lasts if lasts else None,
        )
        old.expires_at = min(filter(None, (old.expires_at, at + OVERLAP)))
        old.save(update_fields=["expires_at"])
        return made


def revoke(actor: Actor, *, key_id: int, at: datetime) -> ApiKey:
    """Whatever uses the key is refused from now on. Raises NotFound where there is no such key in use."""
    with transaction.atomic():
        key = _in_use(actor, key_id, at)
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        return key


def _refuse_beyond(most: int, organisation: Organisation, at: datetime) -> None:
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if ApiKey.objects.usable(at).filter(organisation=organisation).count() >= most:
        said = _("An organisation has at most %(most)s keys in use; revoke one that is not needed any more.")
        raise Invalid([FieldError("name", "too_many", said % {"most": most})])


def _in_use(actor: Actor, key_id: int, at: datetime) -> ApiKey:
    owned = ApiKey.objects.usable(at).filter(organisation__in=owned_organisations(actor), pk=key_id)
    key: ApiKey | None = owned.select_for_update(of=("self",)).first()
    if key is None:
        raise NotFound(_("There is no such key in use among your organisation's."))
    return key


def register(
    plaintext: str,
    *,
    user: User,
    organisation: Organisation | None,
    name: str,
    at: datetime,
    scopes: Collection[str] = EVERYTHING,
    expires_at: datetime | None = None,
) -> ApiKey:
    """Make `plaintext` a key, as the demo does with its published ones; one that is there is set anew."""
    facts = {
        "user": user,
        "organisation": organisation,
        "name": name,
        "scopes": [str(scope) for scope in scopes],
        "created_at": at,
        "expires_at": expires_at,
        "revoked_at": None,
    }
    key, _made = ApiKey.objects.update_or_create(sha256=hash_key(plaintext), defaults=facts)
    return key
