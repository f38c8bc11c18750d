"""What production refuses: each check gives back what it was given, or stops the start with one sentence."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_LENGTH = 50
DIFFERENT_CHARACTERS = 10
PASSWORD_LENGTH = 12
TOKEN_LENGTH = 32
PUBLISHED = ("demo-only", "django-insecure", "only-for-tests", "change-me", "changeme", "see1_demo", "example")
HOW_TO_DRAW = "python3 -c 'import secrets; print(secrets.token_urlsafe(64))' draws one"


def secret_key(name: str, value: str) -> str:
    if len(value) < SECRET_KEY_LENGTH or len(set(value)) < DIFFERENT_CHARACTERS or _is_published(value):
        raise ImproperlyConfigured(
            f"{name} is too weak: give at least {SECRET_KEY_LENGTH} characters, drawn at random ({HOW_TO_DRAW})."
        )
    return value


def hosts(name: str, value: list[str]) -> list[str]:
    if not value or any(host.startswith("*") or host == "." for host in value):
        raise ImproperlyConfigured(f"{name} must name the hosts that this site is served on, comma-separated.")
    return value


def public_url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"{name} must be an https:// address without a path, not {value!r}.")
    return value.rstrip("/")


def service_url(name: str, value: str) -> str:
    """A server over the network needs a password; one behind a Unix socket is guarded by its directory."""
    parts = urlsplit(value)
    if not parts.hostname:
        return value
    if len(parts.password or "") < PASSWORD_LENGTH or _is_published(parts.password or ""):
        raise ImproperlyConfigured(
            f"{name} has no password or a weak one: give that server one of at least {PASSWORD_LENGTH} characters."
        )
    return value


def broker_url(name: str, value: str) -> str:
    """Empty, or one or more addresses with `;` between. A sentinel has no password of its own to guard work with."""
    for each in value.split(";") if value else ():
        if not each.startswith("sentinel:"):
            service_url(name, each)
    return value


def token(name: str, value: str) -> str:
    """Empty, which switches off what it would open, or strong."""
    if value and (len(value) < TOKEN_LENGTH or len(set(value)) < DIFFERENT_CHARACTERS or _is_published(value)):
        raise ImproperlyConfigured(f"{name} is too weak: give at least {TOKEN_LENGTH} characters ({HOW_TO_DRAW}).")
    return value


def mail_password(value: str, *, is_encrypted: bool) -> str:
    if value and not is_encrypted:
        raise ImproperlyConfigured("EMAIL_HOST_PASSWORD would cross the network in the clear: set EMAIL_USE_TLS=1.")
    return value


def no_demo(*, wanted: bool) -> bool:
    if wanted:
        raise ImproperlyConfigured("SEE1_DEMO must be 0 here: everybody knows the demo's passwords and keys.")
    return False


def _is_published(value: str) -> bool:
    return any(known in value.lower() for known in PUBLISHED)
