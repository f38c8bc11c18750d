"""The parts of the embedded stack that need no whole stack."""

import json
import os
import sys
from pathlib import Path

import pytest

from see1.embedded import audit, discovery, installation
from see1.embedded.discovery import ServiceUrls, forget_services, service_urls, write_services
from see1.embedded.ports import port_number
from see1.embedded.processes import Process, StackError
from see1.embedded.supervisor import Supervisor

URLS = ServiceUrls(database_url="postgres://one", redis_url="redis://one")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("SEE1_DATA_DIR", str(tmp_path))
    return tmp_path


class TestDiscovery:
    def test_knows_nothing_where_nothing_runs(self, data_dir: Path) -> None:
        assert service_urls() == ServiceUrls(database_url=None, redis_url=None)

    def test_finds_what_runs_in_the_data_directory(self, data_dir: Path) -> None:
        write_services(data_dir, URLS)
        assert service_urls() == URLS
        forget_services(data_dir)
        assert discovery.database_url() is None

    def test_asks_the_environment_first(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_services(data_dir, URLS)
        monkeypatch.setenv("DATABASE_URL", "postgres://other")
        assert discovery.database_url() == "postgres://other"
        assert discovery.redis_url() == "redis://one"

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x"}', '{"pid": 4194399}'])
    def test_ignores_what_a_dead_runner_left(self, data_dir: Path, content: str) -> None:
        (data_dir / discovery.SERVICES_FILE).write_text(content)
        assert service_urls() == ServiceUrls(database_url=None, redis_url=None)

    def test_shows_the_passwords_to_the_owner_only(self, data_dir: Path) -> None:
        write_services(data_dir, URLS)
        assert (data_dir / discovery.SERVICES_FILE).stat().st_mode & 0o077 == 0

    def test_takes_a_relative_directory_from_the_project(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SEE1_DATA_DIR", "elsewhere")
        assert discovery.data_dir() == discovery.PROJECT_DIR / "elsewhere"


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1", "80.5", ""])
def test_an_impossible_port_is_named(text: str) -> None:
    with pytest.raises(StackError, match="is no port"):
        port_number(text)


class TestSupervisor:
    @pytest.fixture
    def supervisor(self, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
        monkeypatch.setattr("see1.embedded.supervisor._BACK_OFF", 0)
        return Supervisor(lambda line: None)

    def python(self, tmp_path: Path, code: str) -> Process:
        return Process(name="it", command=[sys.executable, "-c", code], log=tmp_path / "it.log")

    def test_gives_up_on_what_keeps_ending(self, supervisor: Supervisor, tmp_path: Path) -> None:
        process = self.python(tmp_path, "print('the reason')")
        supervisor.start(process)
        with pytest.raises(StackError, match=r"keeps ending(.|\n)*the reason"):
            supervisor.watch()
        assert len(process.started_at) == 6

    def test_says_why_a_start_failed(self, supervisor: Supervisor, tmp_path: Path) -> None:
        process = self.python(tmp_path, "raise SystemExit('the reason')")
        process.is_ready = lambda: False
        with pytest.raises(StackError, match=r"did not start(.|\n)*the reason"):
            supervisor.start(process)
        supervisor.stop()

    def test_kills_what_does_not_stop(
        self, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("see1.embedded.supervisor.STOP_GRACE", 0.2)
        ready = tmp_path / "ready"
        code = "import signal, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        process = self.python(tmp_path, f"{code} pathlib.Path({str(ready)!r}).touch(); time.sleep(60)")
        process.is_ready = ready.exists
        supervisor.start(process)
        supervisor.stop()
        assert process.exit_code() == -9

    def test_stops_at_the_first_failed_step(self, supervisor: Supervisor, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=r"it failed(.|\n)*the reason"):
            supervisor.run_to_end(self.python(tmp_path, "raise SystemExit('the reason')"))


class TestInstallation:
    @pytest.fixture
    def commands(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
        commands: list[tuple[str, ...]] = []

        def record(*command: str, hint: str) -> None:
            commands.append(command)

        venv = tmp_path / ".venv"
        (venv / "bin").mkdir(parents=True)
        python = venv / "bin" / "python"
        python.touch()
        (tmp_path / "requirements.txt").write_text("one")
        (tmp_path / "dev.txt").write_text("two")
        monkeypatch.setattr(installation, "VENV", venv)
        monkeypatch.setattr(installation, "PYTHON", python)
        monkeypatch.setattr(installation, "RUNTIME", tmp_path / "requirements.txt")
        monkeypatch.setattr(installation, "DEVELOPMENT", tmp_path / "dev.txt")
        monkeypatch.setattr(installation, "_run", record)
        monkeypatch.setattr(installation, "install_browser_packages", lambda python: True)
        return commands

    def test_installs_once_and_again_when_the_requirements_change(self, commands: list[tuple[str, ...]]) -> None:
        installation.install(development=False)
        assert "--require-hashes" in commands[0]
        commands.clear()

        installation.install(development=False)
        assert commands == []

        installation.RUNTIME.write_text("another")
        installation.install(development=False)
        assert len([command for command in commands if "requirements.txt" in command[-1]]) == 1

    def test_adds_the_developers_tools_where_asked(self, commands: list[tuple[str, ...]]) -> None:
        installation.install(development=False)
        commands.clear()
        installation.install(development=True)
        assert commands[0][-1].endswith("dev.txt")

    def test_refuses_an_old_python(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(installation.sys, "version_info", (3, 10, 9))
        with pytest.raises(installation.InstallationError, match=r"Python 3\.11"):
            installation.install(development=False)


class TestAudit:
    FINE = {"name": "fine", "version": "1", "vulns": []}
    SKIPPED = {"name": "skipped", "skip_reason": "not found"}
    BAD = {"name": "bad", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}

    @pytest.mark.parametrize(
        ("dependencies", "code", "said"),
        [
            ([FINE, SKIPPED], 0, "1 of 2 packages audited, 0 vulnerable"),
            ([FINE, BAD], 1, "bad 1: CVE-1, fixed in 2"),
            ([SKIPPED], 0, "NOT AUDITED"),
        ],
    )
    def test_tells_findings_from_silence(
        self, dependencies: list[dict[str, object]], code: int, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert audit.report(dependencies) == code
        assert said in capsys.readouterr().out


def test_the_file_of_a_runner_holds_its_own_pid(data_dir: Path) -> None:
    write_services(data_dir, URLS)
    assert json.loads((data_dir / discovery.SERVICES_FILE).read_text())["pid"] == os.getpid()
