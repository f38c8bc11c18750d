"""The dependency audit of `make lint`: pip-audit, but honest where it has nothing to compare with.

pip-audit skips what its advisory database does not answer for, and then reports that it found no
vulnerabilities. Findings fail the run; a database out of reach is said aloud and does not.
"""

import json
import subprocess
import sys
from typing import Any

from see1.embedded.installation import DEVELOPMENT, RUNTIME

_REQUIREMENTS = [f"--requirement={path}" for path in (RUNTIME, DEVELOPMENT)]
_OPTIONS = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
_OUT_OF_REACH = ("ConnectionError", "ServiceError", "Timeout", "Max retries", "connect")


def main() -> None:
    command = [sys.executable, "-m", "pip_audit", *_OPTIONS, *_REQUIREMENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        dependencies = json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.exit(_without_report(done.stderr))
    sys.exit(report(dependencies))


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
