"""The environment, read in one place: each name once in `SETTINGS`, with its kind, its default and its meaning.

`docs/operations/settings.md` is this table, and a test holds the two together. A name that is not here cannot be
read, so nothing is ever configured by a variable that nobody wrote down.
"""

import os
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from see1.embedded.discovery import service_urls
from see1.settings.catalogue import SETTINGS

CONNECT_TIMEOUT_S = 5
UNANSWERED_MS = 15_000
"""After so long without a word from the server's machine a connection counts as lost."""


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; `default` stands where this environment has another one than the table."""
    value = os.environ.get(name, _default(name, default))
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set, and this environment cannot run without it.")
    return value


def required(name: str) -> str:
    """Where the table's default is only good enough for a developer's machine."""
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set, and this environment cannot run without it.")
    return text(name)


def integer(name: str, default: int | None = None) -> int:
    value = text(name, None if default is None else str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def flag(name: str, *, default: bool | None = None) -> bool:
    value = text(name, None if default is None else str(int(default))).strip().lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def words(name: str, default: str | None = None) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, *choices: str, default: str | None = None) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _default(name: str, default: str | None) -> str | None:
    if name not in SETTINGS:
        raise LookupError(f"{name} is not in the table of see1/settings/catalogue.py: every setting is written there.")
    return SETTINGS[name].default if default is None else default


def databases(*, replica: str, pooled: bool) -> dict[str, dict[str, Any]]:
    """The PostgreSQL to use, `DATABASE_URL` or else the embedded one of `SEE1_DATA_DIR`; and its replica, if any."""
    found = {"default": _database("DATABASE_URL", service_urls().database_url or "postgresql:///see1")}
    found["default"]["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    if replica:
        found["replica"] = _database("REPLICA_DATABASE_URL", replica) | {"TEST": {"MIRROR": "default"}}
    return found


def _database(name: str, url: str) -> dict[str, Any]:
    """How `url` is reached.

    A server that is gone is noticed: on connecting, within seconds; on a connection that is kept, at the next
    request (health checks) or by the kernel (keep-alives), so that a request never hangs on a dead peer.
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is no database address: it reads postgresql://user:password@host/name."
        ) from None
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL server: no other one can refuse overlaps.")
    noticed = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": UNANSWERED_MS,
    }
    config["OPTIONS"] = noticed | config.get("OPTIONS", {})
    return config


def redis_url() -> str:
    return service_urls().redis_url or "redis://127.0.0.1:6379/0"
