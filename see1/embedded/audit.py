"""The dependency audit of `make lint`: pip-audit and npm's, but honest where they have nothing to compare with.

pip-audit skips what its advisory database does not answer for, and then reports that it found no
vulnerabilities. Findings fail the run; a database out of reach is said aloud and does not.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from see1.embedded.browser_packages import npm_for
from see1.embedded.discovery import PROJECT_DIR
from see1.embedded.installation import DEVELOPMENT, RUNTIME

_REQUIREMENTS = [f"--requirement={path}" for path in (RUNTIME, DEVELOPMENT)]
_OPTIONS = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
_OUT_OF_REACH = ("ConnectionError", "ServiceError", "Timeout", "Max retries", "connect")


def main() -> None:
    sys.exit(max(audit_python(), audit_browser()))


def audit_python(*others: str) -> int:
    """What the requirements pin, or what `others`, options of pip-audit's, name in their place."""
    command = [sys.executable, "-m", "pip_audit", *_OPTIONS, *(others or _REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        dependencies = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return _without_report(done.stderr)
    return report(dependencies)


def audit_browser() -> int:
    """What `package-lock.json` pins, the tests' packages too."""
    with npm_for(Path(sys.executable)) as npm:
        if npm is None:
            print("NOT AUDITED: npm packages, for there is no npm.")
            return 0
        done = subprocess.run(
            [*npm, "audit", "--json", "--loglevel=silent"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
        )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return _without_report(done.stderr or "npm audit said nothing that can be read.")
    if "vulnerabilities" not in said:
        print(f"NOT AUDITED: npm packages, for the registry does not answer such questions: {_reason(said)}")
        return 0
    return report_browser(said)


def report_browser(said: dict[str, Any]) -> int:
    """Prints what npm found and returns the exit code."""
    found = said["vulnerabilities"]
    for name, about in sorted(found.items()):
        advisories = [each["title"] if isinstance(each, dict) else f"through {each}" for each in about["via"]]
        print(f"npm {name} {about['range']} ({about['severity']}): {', '.join(advisories)}")
    print(f"{said['metadata']['dependencies']['total']} npm packages audited, {len(found)} vulnerable.")
    return 1 if found else 0


def _reason(said: dict[str, Any]) -> str:
    return str(said.get("message") or said.get("error", {}).get("summary") or "no reason given")[:200]


def report(dependencies: list[dict[str, Any]]) -> int:
    """Prints what was found and returns the exit code."""
    audited = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    vulnerable = [dependency for dependency in audited if dependency["vulns"]]
    for dependency in vulnerable:
        for advisory in dependency["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no release yet"
            print(f"{dependency['name']} {dependency['version']}: {advisory['id']}, fixed in {fixed}")
    if not audited:
        print("NOT AUDITED: the advisory database does not answer from here, so nothing is known.")
    else:
        print(f"{len(audited)} of {len(dependencies)} packages audited, {len(vulnerable)} vulnerable.")
    return 1 if vulnerable else 0


def _without_report(stderr: str) -> int:
    if any(sign in stderr for sign in _OUT_OF_REACH):
        print("NOT AUDITED: the advisory database can't be reached from here.")
        return 0
    print(stderr)
    return 1


if __name__ == "__main__":
    main()
