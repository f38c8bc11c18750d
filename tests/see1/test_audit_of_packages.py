"""The audit of npm's packages: a finding fails the lint, and a registry that cannot be asked is said aloud."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from see1.embedded import audit

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
