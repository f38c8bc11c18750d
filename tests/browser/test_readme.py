"""The README's shell example, run as it stands against the running stack."""

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"

pytestmark = pytest.mark.browser


def test_the_partners_example_books_a_window(live_stack) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    (example,) = [block for block in blocks if "/api/v1" in block]
    port = urlsplit(live_stack.url).port
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example],
        env={**os.environ, "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "requested"
