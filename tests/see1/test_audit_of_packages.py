"""The audit of packages, pip's and npm's: a finding fails the lint, and who cannot be asked is said aloud.

pip-audit itself runs here, on a requirement with a known hole, and asks a database of advisories on loopback.
"""

import json
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from see1.embedded import audit

ADVISORY = {
    "id": "PYSEC-2019-10",
    "schema_version": "1.4.0",
    "summary": "Account takeover by password reset.",
    "affected": [
        {
            "package": {"name": "django", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.2.9"}]}],
        }
    ],
}

FOUND = {
    "vulnerabilities": {
        "d3-color": {"severity": "high", "range": "<3.1.0", "via": [{"title": "d3-color vulnerable to ReDoS"}]},
        "d3-scale": {"severity": "high", "range": "0.1.5 - 3.3.0", "via": ["d3-color"]},
    },
    "metadata": {"dependencies": {"total": 41}},
}
CLEAN = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 41}}}
CLOSED = {"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": "", "detail": ""}}


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (FOUND, 1, "npm d3-color <3.1.0 (high): d3-color vulnerable to ReDoS"),
        (CLEAN, 0, "41 npm packages audited, 0 vulnerable."),
        (CLOSED, 0, "NOT AUDITED: npm packages, for the registry does not answer such questions: 405"),
    ],
)
def test_what_npm_says_decides(
    answer: dict[str, Any],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "answer").write_text(json.dumps(answer))
    for name in ("npm", "node"):
        (tmp_path / name).write_text(f'#!/bin/sh\n[ "$1" = audit ] && cat {tmp_path}/answer\nexit {code}\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert audit.audit_browser() == code
    assert said in capsys.readouterr().out


class Advisories(BaseHTTPRequestHandler):
    """Knows of one hole, in Django before 2.2.9."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        holes = [ADVISORY] if (asked["package"]["name"], asked["version"]) == ("django", "2.2.8") else []
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"vulns": holes} if holes else {}).encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def advisories() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Advisories) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def audit_of(requirement: str, directory: Path, *, asking: str) -> int:
    pinned = directory / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{'0' * 64}\n")
    return audit.audit_python(f"--requirement={pinned}", "--vulnerability-service=osv", f"--osv-url={asking}")


@pytest.mark.parametrize(
    ("requirement", "code", "said"),
    [
        ("django==2.2.8", 1, "django 2.2.8: PYSEC-2019-10, fixed in 2.2.9"),
        ("django==2.2.9", 0, "1 of 1 packages audited, 0 vulnerable."),
    ],
)
def test_a_requirement_with_a_known_hole_fails_the_lint(
    advisories: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], requirement: str, code: int, said: str
) -> None:
    assert audit_of(requirement, tmp_path, asking=advisories) == code
    assert said in capsys.readouterr().out


def test_without_the_network_it_is_said_that_nothing_was_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert audit_of("django==2.2.8", tmp_path, asking=f"http://127.0.0.1:{port}/") == 0
    assert capsys.readouterr().out.startswith("NOT AUDITED: ")
