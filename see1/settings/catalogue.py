"""Every setting there is: its name in the environment, what it means, and what it is when nobody says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment. No default means that somebody has to say."""

    name: str
    meaning: str
    default: str | None = ""
    production: str = ""
    """What production demands of it; it refuses to start otherwise."""
    secret: bool = False


_ALL = (
    # Who and where we are.
    Setting(
        "DJANGO_SETTINGS_MODULE",
        "Which settings: `see1.settings.dev` or `see1.settings.production`.",
        "see1.settings.dev",
        production="`see1.settings.production`",
    ),
    Setting(
        "SECRET_KEY",
        "Signs sessions and password resets.",
        None,
        production="required: 50 characters or more, drawn at random",
        secret=True,
    ),
    Setting(
        "SECRET_KEY_FALLBACKS",
        "Former secret keys, comma-separated: what they signed stays good while a key is changed.",
        secret=True,
    ),
    Setting("ALLOWED_HOSTS", "The hosts that we are served on, comma-separated.", None, production="required, no `*`"),
    Setting(
        "PUBLIC_URL",
        "Where people reach us; links in mails and problem types begin with it.",
        "http://127.0.0.1:8000",
        production="required, `https://`",
    ),
    # What we stand on.
    Setting(
        "DATABASE_URL",
        "PostgreSQL, as `postgresql://user:password@host:port/name`.",
        None,
        production="required; over the network with a password of 12 characters or more",
        secret=True,
    ),
    Setting(
        "APPLICATION_DATABASE_URL",
        "For `manage.py application_role` alone, beside the owner's `DATABASE_URL`: the address by which web, worker "
        "and beat reach the database, with a role of their own. Those have it as their `DATABASE_URL`.",
        production="over the network with a password of 12 characters or more",
        secret=True,
    ),
    Setting(
        "ONE_DATABASE_ROLE",
        "`1` says that the application may own its tables, so that its own role could change the audit; "
        "`check --deploy` warns of it otherwise.",
        "0",
    ),
    Setting(
        "DATABASE_POOLED",
        "`1` where `DATABASE_URL` leads to a pool in transaction mode (PgBouncer): no cursor outlives its transaction.",
        "0",
    ),
    Setting(
        "REPLICA_DATABASE_URL",
        "A streaming replica, for reads that may lag (calendars, the timeline, utilisation); empty for none. What "
        "decides a booking never reads it, nor does who has just written.",
        secret=True,
    ),
    Setting("REPLICA_MAX_LAG_S", "Seconds that the replica may be behind; beyond, it is not asked.", "10"),
    Setting(
        "BROKER_URL",
        "Celery's broker where it is not `REDIS_URL`: `redis://`, `sentinel://host:26379;sentinel://…`, or "
        "`amqp://user:password@host:5672/name` (RabbitMQ).",
        production="a password of 12 characters or more, if set",
        secret=True,
    ),
    Setting("BROKER_SENTINEL_MASTER", "The master that the sentinels of `BROKER_URL` watch."),
    Setting(
        "REDIS_URL",
        "Redis, as `redis://:password@host:port/0`: Celery's broker, the cache, and what counts requests.",
        None,
        production="required; over the network with a password of 12 characters or more",
        secret=True,
    ),
    Setting("SEE1_DATA_DIR", "Where `make run` keeps its servers' data, logs and the demo's mail.", "var"),
    # Mail.
    Setting("EMAIL_BACKEND", "Django's mail backend.", "django.core.mail.backends.smtp.EmailBackend"),
    Setting("EMAIL_HOST", "The mail server.", "localhost"),
    Setting("EMAIL_PORT", "Its port.", "25"),
    Setting("EMAIL_HOST_USER", "The log-in at the mail server."),
    Setting(
        "EMAIL_HOST_PASSWORD",
        "Its password.",
        production="only together with `EMAIL_USE_TLS=1`",
        secret=True,
    ),
    Setting("EMAIL_USE_TLS", "`1` to use STARTTLS.", "0"),
    Setting("EMAIL_TIMEOUT", "Seconds to wait for the mail server.", "10"),
    Setting(
        "DEFAULT_FROM_EMAIL",
        "The sender of every mail.",
        "SEE-1 Bookings <bookings@see1.example>",
        production="required",
    ),
    Setting("MAIL_DOMAIN", "The domain in Message-IDs; empty for that of `DEFAULT_FROM_EMAIL`."),
    Setting(
        "DUE_EVERY_S", "How often, in seconds, beat has the database asked for due mail, webhooks and holds.", "10"
    ),
    # The orbit.
    Setting(
        "ELEMENTS_URL",
        "Where orbit elements (OMM or TLE, of one satellite) are fetched from every two hours; empty: nowhere.",
    ),
    Setting("ELEMENTS_MODULE", "The slug of the module that they are of.", "see-1"),
    # Limits.
    Setting("API_THROTTLE", "Requests for each key; empty for no limit.", "1200/minute"),
    Setting(
        "LOG_IN_TRIES_PER_ACCOUNT",
        "Failed log-ins for an account from one network address in 15 minutes; from all: tenfold; 0: no limit.",
        "10",
    ),
    Setting("LOG_IN_TRIES_PER_ADDRESS", "Failed log-ins from one network address in 15 minutes; 0: no limit.", "50"),
    Setting("MAX_UPLOAD_MIB", "The largest file that staff may load in the admin, in MiB.", "32"),
    # Behind a proxy.
    Setting(
        "TRUSTED_PROXIES",
        "How many proxies of ours stand before us. So many of the last `X-Forwarded-For` entries are believed, and "
        "with one or more also `X-Forwarded-Proto`.",
        "0",
        production="default 1",
    ),
    Setting("SECURE_SSL_REDIRECT", "`0` where the proxy already sends http to https.", "1"),
    # Seen from outside.
    Setting("LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", "INFO"),
    Setting("LOG_FORMAT", "`json`, one object a line, or `lines` for people.", "lines", production="default `json`"),
    Setting(
        "METRICS_TOKEN",
        "What Prometheus sends as `Authorization: Bearer …` to read `/metrics`; empty: nobody may, save in the demo.",
        production="32 characters or more, if set",
        secret=True,
    ),
    Setting("METRICS_WORKER_PORT", "The port at which a Celery worker shows its metrics; 0 for none.", "0"),
    Setting("METRICS_WORKER_ADDRESS", "The address that it listens on.", "127.0.0.1"),
    Setting(
        "PROMETHEUS_MULTIPROC_DIR",
        "A directory, emptied at each start, in which the processes of one service add up their metrics.",
    ),
    Setting(
        "TRACES_URL",
        "Where OpenTelemetry traces are sent to by OTLP over HTTP, as `http://collector:4318/v1/traces`; empty: none "
        "are made. Needs `requirements/tracing.txt`.",
    ),
    # The web server (deploy/gunicorn.conf.py).
    Setting("BIND", "The address and port that gunicorn listens on.", "127.0.0.1:8000"),
    Setting("WEB_CONCURRENCY", "gunicorn's worker processes, of four threads each.", "4"),
    # The demo and `make run`.
    Setting("SEE1_DEMO", "`1` offers the demo's log-ins and mail pages.", "0", production="never `1`"),
    Setting("DEMO", "`0` makes `make run` start without demo data.", "1"),
    Setting("PORT", "Where `make run` listens.", "8000"),
)

SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _ALL}


def as_markdown() -> str:
    """The table of `docs/operations/settings.md`."""
    rows = ["| name | meaning | default | production |", "|---|---|---|---|", *map(_row, SETTINGS.values())]
    return "\n".join(rows) + "\n"


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "–"
    demands = setting.production or "–"
    secret = " **Secret.**" if setting.secret else ""
    return f"| `{setting.name}` | {setting.meaning}{secret} | {default} | {demands} |"
