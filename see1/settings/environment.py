"""The environment, read in one place: each name once, with its kind and its default."""

import os
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from see1.embedded.discovery import service_urls


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set, and this environment cannot run without it.")
    return value


def integer(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value not in {"0", "1", "true", "false", "yes", "no", ""}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database() -> dict[str, Any]:
    """The PostgreSQL to use: `DATABASE_URL`, else the embedded one of `SEE1_DATA_DIR`."""
    url = service_urls().database_url or "postgresql:///see1"
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server: no other one can refuse overlaps.")
    return config


def redis_url() -> str:
    return service_urls().redis_url or "redis://127.0.0.1:6379/0"
