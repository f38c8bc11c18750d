"""The browser's packages: installed once a lock file, and a start that goes on without them."""

import os
from pathlib import Path

import pytest

from see1.embedded import browser_packages
from see1.embedded.browser_packages import install_browser_packages

PYTHON = Path("/no/such/python")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm on the PATH that notes each call in the returned file, and fails where a file `broken` is."""
    programs = tmp_path / "bin"
    programs.mkdir()
    calls, broken = tmp_path / "calls", tmp_path / "broken"
    for name in ("npm", "node"):
        script = f'#!/bin/sh\necho "$@" >> {calls}\n[ ! -e {broken} ] && mkdir -p {tmp_path}/node_modules\n'
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(browser_packages, "FOLDER", tmp_path / "node_modules")
    monkeypatch.setattr(browser_packages, "LOCK_FILE", tmp_path / "package-lock.json")
    (tmp_path / "package-lock.json").write_text("one")
    return calls


def test_installs_once_and_again_when_the_lock_changes(calls: Path) -> None:
    assert install_browser_packages(PYTHON)
    assert install_browser_packages(PYTHON)
    assert len(calls.read_text().splitlines()) == 1
    assert calls.read_text().startswith("ci --ignore-scripts")

    browser_packages.LOCK_FILE.write_text("another")
    assert install_browser_packages(PYTHON)
    assert len(calls.read_text().splitlines()) == 2


def test_goes_on_without_them_and_tries_again(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = calls.parent / "broken"
    broken.touch()
    assert not install_browser_packages(PYTHON)
    assert "shown as a table" in capsys.readouterr().out
    broken.unlink()
    assert install_browser_packages(PYTHON)


def test_goes_on_where_no_node_can_be_had(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(calls.parent))
    assert not install_browser_packages(PYTHON)
    assert not calls.exists()
