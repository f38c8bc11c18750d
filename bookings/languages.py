"""The language that somebody reads: what their account says, else English."""

from __future__ import annotations

from django.conf import settings

from bookings.models import User


def choose_language(*, user: User, language: str) -> None:
    """For every page from now on, wherever they log in, and for their mails. Raises LookupError where we lack it."""
    if language not in dict(settings.LANGUAGES):
        raise LookupError(language)
    User.objects.filter(pk=user.pk).update(language=language)


def language_of(user: User | None, *, otherwise: str = "") -> str:
    """What the account says, else `otherwise` where we speak it, else English."""
    spoken = dict(settings.LANGUAGES)
    asked = (user.language if user else "", otherwise)
    return next((language for language in asked if language in spoken), settings.LANGUAGE_CODE)
