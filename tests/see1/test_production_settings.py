"""Production refuses to start on a missing or weak setting, and is clean once they are all good."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from see1.embedded.discovery import PROJECT_DIR
from see1.settings import broker, environment
from see1.settings.catalogue import SETTINGS, as_markdown

GOOD = {
    "DJANGO_SETTINGS_MODULE": "see1.settings.production",
    "SECRET_KEY": "kN3vYw-7mQpX2zR9tLbF4hJ8sDgC6aUeV1oW5iPqTyBxMnKjHl0Z",
    "ALLOWED_HOSTS": "bookings.see1.test",
    "PUBLIC_URL": "https://bookings.see1.test",
    "DATABASE_URL": "postgresql://see1:n8Q2vRt6yLw3@db.internal/see1",
    "REDIS_URL": "redis://:b7Xk4mPz9sWd@redis.internal/0",
    "DEFAULT_FROM_EMAIL": "SEE-1 <bookings@see1.test>",
}
WEAK = [
    ("SECRET_KEY", "", "SECRET_KEY is too weak"),
    ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
    ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too weak"),
    ("SECRET_KEY", "demo-only-key-never-used-outside-a-developers-machine", "SECRET_KEY is too weak"),
    ("SECRET_KEY_FALLBACKS", "django-insecure-2", "SECRET_KEY_FALLBACKS is too weak"),
    ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
    ("ALLOWED_HOSTS", "a.test,*", "ALLOWED_HOSTS must name"),
    ("PUBLIC_URL", "", "PUBLIC_URL is not set"),
    ("PUBLIC_URL", "http://bookings.see1.test", "PUBLIC_URL must be an https"),
    ("PUBLIC_URL", "https://bookings.see1.test/app", "without a path"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    ("DATABASE_URL", "postgresql://see1@db/see1", "DATABASE_URL has no password"),
    ("DATABASE_URL", "postgresql://see1:postgres@db/see1", "DATABASE_URL has no password or a weak one"),
    ("REDIS_URL", "", "REDIS_URL is not set"),
    ("REDIS_URL", "redis://redis/0", "REDIS_URL has no password"),
    ("REPLICA_DATABASE_URL", "postgresql://see1@db/see1", "REPLICA_DATABASE_URL has no password"),
    ("BROKER_URL", "amqp://see1@rabbit.internal:5672/see1", "BROKER_URL has no password"),
    ("DEFAULT_FROM_EMAIL", "", "DEFAULT_FROM_EMAIL is not set"),
    ("EMAIL_HOST_PASSWORD", "in-the-clear", "EMAIL_USE_TLS=1"),
    ("METRICS_TOKEN", "guess-me", "METRICS_TOKEN is too weak"),
    ("SEE1_DEMO", "1", "SEE1_DEMO must be 0"),
    ("SEE1_DEMO", "perhaps", "SEE1_DEMO must be 1 or 0"),
    ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES must be a whole number"),
    ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of"),
]


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The environment of a good production, to be spoilt."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def start() -> dict[str, Any]:
    """The settings as a starting process would have them."""
    return runpy.run_module("see1.settings.production")


class TestRefusing:
    @pytest.mark.parametrize(("name", "value", "sentence"), WEAK)
    def test_a_missing_or_weak_setting(
        self, production: pytest.MonkeyPatch, name: str, value: str, sentence: str
    ) -> None:
        production.setenv(name, value)
        with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)) as refusal:
            start()
        assert "\n" not in str(refusal.value)

    @pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL"])
    def test_one_that_is_not_there_at_all(self, production: pytest.MonkeyPatch, name: str) -> None:
        production.delenv(name)
        with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
            start()

    def test_the_command_line_gets_the_sentence_alone(self) -> None:
        done = manage("check", SECRET_KEY="weak")
        assert done.returncode == 1
        assert done.stderr.startswith("SEE-1 Bookings does not start: SECRET_KEY is too weak")
        assert done.stderr.count("\n") == 1

    def test_a_command_that_finds_no_database_says_so(self) -> None:
        done = manage("migrate", "--check", DATABASE_URL="postgres://see1:nobody-listens-here@127.0.0.1:1/see1")
        assert done.returncode == 1
        assert done.stderr.startswith("The database does not answer: ")
        assert "Traceback" not in done.stderr

    def test_another_database_than_postgresql(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
        with pytest.raises(ImproperlyConfigured, match="must name a PostgreSQL server"):
            environment.databases(replica="", pooled=False)

    @pytest.mark.parametrize("url", ["nonsense://x", "not an address"])
    def test_an_address_that_is_none(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
            environment.databases(replica="", pooled=False)


class TestBroker:
    def test_each_kind_gets_the_options_it_understands(self) -> None:
        assert "visibility_timeout" in broker.transport_options("redis://:x@redis/0", sentinel_master="")
        sentinels = "sentinel://one:26379;sentinel://two:26379"
        assert broker.transport_options(sentinels, sentinel_master="see1")["master_name"] == "see1"
        assert broker.transport_options("amqp://see1:x@rabbit//", sentinel_master="") == {"confirm_publish": True}

    def test_another_kind_is_refused(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="no broker's address"):
            broker.checked_url("http://rabbit.internal/")

    def test_sentinels_must_be_told_which_master(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="BROKER_SENTINEL_MASTER must name"):
            broker.transport_options("sentinel://one.internal:26379", sentinel_master="")

    def test_every_task_goes_to_a_queue_that_there_is(self) -> None:
        assert {route["queue"] for route in broker.ROUTES.values()} <= {queue.name for queue in broker.QUEUES}


class TestStarting:
    def test_with_good_settings(self, production: pytest.MonkeyPatch) -> None:
        settings = start()
        assert settings["DEBUG"] is False
        assert settings["DEMO"] is False
        assert settings["METRICS_ARE_OPEN"] is False
        assert settings["WEBHOOKS_ALLOW_PRIVATE"] is False
        assert settings["SESSION_COOKIE_SECURE"]
        assert settings["CSRF_COOKIE_SECURE"]
        assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000

    def test_a_socket_needs_no_password(self, production: pytest.MonkeyPatch) -> None:
        production.setenv("DATABASE_URL", "postgresql:///see1?host=/run/postgresql")
        assert start()["DEBUG"] is False

    def test_believes_the_proxy_only_where_there_is_one(self, production: pytest.MonkeyPatch) -> None:
        assert start()["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
        production.setenv("TRUSTED_PROXIES", "0")
        assert start()["SECURE_PROXY_SSL_HEADER"] is None

    def test_check_deploy_finds_nothing(self) -> None:
        done = manage("check", "--deploy", "--fail-level", "WARNING")
        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT_DIR,
        env=inherited | GOOD | environment,
        capture_output=True,
        text=True,
        check=False,
    )


class TestTheTable:
    def test_the_documentation_is_the_table(self) -> None:
        assert (PROJECT_DIR / "docs" / "operations" / "settings.md").read_text().endswith(f"\n\n{as_markdown()}")

    def test_what_is_not_in_the_table_cannot_be_read(self) -> None:
        with pytest.raises(LookupError, match="not in the table"):
            environment.text("SURPRISE")

    def test_every_setting_is_read_somewhere(self) -> None:
        assert {name for _, name in read_in_the_code()} == set(SETTINGS)

    def test_nothing_else_looks_into_the_environment(self) -> None:
        assert {name for _, name in read_in_the_code()} <= set(SETTINGS)


def read_in_the_code() -> Iterator[tuple[Path, str]]:
    """Each name that a call like `env.text("NAME")`, `os.environ.get("NAME")` or `os.environ[…]` mentions."""
    for package in ("see1", "bookings", "modules", "deploy"):
        for path in (PROJECT_DIR / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if name := _name_read(node):
                    yield path, name


def _name_read(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
        source, argument = ast.unparse(node.func.value), node.args[0]
        is_reading = source in {"env", "os.environ"}
    elif isinstance(node, ast.Subscript):
        source, argument = ast.unparse(node.value), node.slice
        is_reading = source == "os.environ"
    else:
        return None
    return argument.value if is_reading and isinstance(argument, ast.Constant) else None
