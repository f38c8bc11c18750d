"""Partners' keys: drawn, hashed, shown once.

A key is 256 random bits, so one round of SHA-256 is all the hashing it needs: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from bookings.models import ApiKey, Organisation, Scope, User

PREFIX = "see1_"
EVERYTHING = (Scope.READ, Scope.BOOK)


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
    key, _ = ApiKey.objects.update_or_create(sha256=hash_key(plaintext), defaults=facts)
    return key
