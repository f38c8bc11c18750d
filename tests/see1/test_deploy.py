"""What can't be run here is read, linted, and held to the settings that there are; what can be run is run."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
import yaml

from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import Process
from see1.embedded.supervisor import Supervisor
from see1.settings.catalogue import SETTINGS

DEPLOY = PROJECT_DIR / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
HADOLINT = Path(sys.executable).with_name("hadolint")
OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((PROJECT_DIR / "compose.yaml").read_text())
    return composed["services"]


class TestCompose:
    def test_has_all_that_the_application_is(self, services: dict[str, Any]) -> None:
        assert services.keys() == {"web", "worker", "beat", "migrate", "postgres", "redis"}

    def test_knows_no_setting_that_is_not_one(self, services: dict[str, Any]) -> None:
        named = {name for service in services.values() for name in service.get("environment", {})}
        assert named - OTHERS <= SETTINGS.keys()

    def test_gives_all_that_production_requires(self, services: dict[str, Any]) -> None:
        required = {name for name, setting in SETTINGS.items() if setting.production.startswith("required")}
        assert required <= services["web"]["environment"].keys()

    def test_holds_no_secret(self, services: dict[str, Any]) -> None:
        for service in services.values():
            for name, value in service.get("environment", {}).items():
                if re.search("KEY|PASSWORD|TOKEN|URL$", name):
                    assert "${" in str(value), name

    @pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
    def test_ours_write_nowhere_and_may_nothing(self, services: dict[str, Any], name: str) -> None:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in services[name].get("ports", []))

    def test_what_stores_is_not_reached_from_outside(self, services: dict[str, Any]) -> None:
        assert not any("ports" in services[name] for name in ("postgres", "redis"))


class TestImage:
    def test_does_not_run_as_root(self) -> None:
        users = re.findall(r"^USER (\S+)", (PROJECT_DIR / "Dockerfile").read_text(), re.MULTILINE)
        assert users == ["10001:10001"]

    @pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint has no package for this machine")
    def test_is_clean_to_hadolint_which_sees_a_planted_fault(self) -> None:
        assert _hadolint((PROJECT_DIR / "Dockerfile").read_text()) == ""
        assert "DL3002" in _hadolint((PROJECT_DIR / "Dockerfile").read_text() + "USER root\n")

    def test_leaves_out_what_is_local(self) -> None:
        ignored = (PROJECT_DIR / ".dockerignore").read_text().split()
        assert {".git", ".venv", ".env", "var", "node_modules"} <= set(ignored)


def _hadolint(dockerfile: str) -> str:
    done = subprocess.run([HADOLINT, "-"], input=dockerfile, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


class TestUnits:
    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_run_as_nobody_special_with_settings_there_are(self, unit: Path) -> None:
        parsed = configparser.RawConfigParser(strict=False)
        parsed.optionxform = str
        parsed.read(unit)
        if unit.suffix == ".service":
            assert parsed["Service"]["User"] == "see1"
            assert parsed["Service"]["ProtectSystem"] == "strict"
        assert set(re.findall(r"^Environment=(\w+)=", unit.read_text(), re.MULTILINE)) <= SETTINGS.keys()

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
    def test_are_clean_to_systemd(self) -> None:
        done = subprocess.run(
            ["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False
        )
        said = [line for line in done.stderr.splitlines() if "see1" in line and "is not executable" not in line]
        assert said == []  # where it would be installed, there is nothing here

    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_start_what_there_is(self, unit: Path) -> None:
        for path in re.findall(r"deploy/[\w./]+|manage\.py", unit.read_text()):
            assert (PROJECT_DIR / path).exists(), path


@pytest.fixture
def gunicorn(tmp_path: Path, transactional_db: None) -> Iterator[int]:
    """The port of gunicorn with the configuration that production has."""
    port, supervisor = free_port(), Supervisor(print)
    environment = os.environ | {
        "BIND": f"{LOOPBACK}:{port}",
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
        "DJANGO_SETTINGS_MODULE": "see1.settings.dev",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "see1.wsgi:application"]
    process = Process(
        name="web",
        command=command,
        log=tmp_path / "web.log",
        environment=environment,
        is_ready=lambda: _status(port, "/healthz/")[0] == 200,
    )
    try:
        supervisor.start(process)
        yield port
    finally:
        supervisor.stop()


def _status(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection(LOOPBACK, port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, HTTPException):
        return 0, ""
    finally:
        connection.close()


def test_gunicorn_s_workers_show_one_sum(gunicorn: int) -> None:
    """Whichever of them answers."""

    def counted() -> float:
        text = _status(gunicorn, "/metrics/")[1]
        found = re.search(
            r'^see1_http_request_seconds_count\{method="GET",route="api/v1/bookings/".*\} (.*)$', text, re.M
        )
        return float(found[1]) if found else 0.0

    for _ in range(8):
        _status(gunicorn, "/api/v1/bookings/")  # 401
    deadline = time.monotonic() + 20
    while counted() < 8 and time.monotonic() < deadline:
        pass
    assert {counted() for _ in range(6)} == {8.0}
