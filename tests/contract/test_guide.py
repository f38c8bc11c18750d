"""The examples of docs/api/guide.md, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.stack import RunningStack

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api" / "guide.md").read_text()


def run(stack: RunningStack, *command: str) -> str:
    environment = {**os.environ, "PORT": str(urlsplit(stack.url).port)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_shell_s_examples(stack: RunningStack) -> None:
    said = run(stack, "bash", "-euo", "pipefail", "-c", "\n".join(blocks("sh")))
    assert '"slug": "see-1"' in said
    assert '"results"' in said


def test_python_s_example_books(stack: RunningStack) -> None:
    (example,) = blocks("python")
    assert re.fullmatch(r"\S+ requested [\d.]+ [A-Z]{3}\n", run(stack, sys.executable, "-c", example))
