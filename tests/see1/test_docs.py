"""What the documents say is there, is there. The commands themselves run in tests/browser."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_tests_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:tests|see1|bookings|modules)/[\w/]+\.py)((?:::\w+)*)`", page.read_text())
    missing = [
        f"{path}{names}"
        for path, names in named
        if not (ROOT / path).exists()
        or not all(re.search(rf"(class|def) {name}\b", (ROOT / path).read_text()) for name in names.split("::")[1:])
    ]
    assert missing == []


def test_what_the_commands_of_security_run_is_there() -> None:
    text = (ROOT / "docs" / "operations" / "security.md").read_text()
    named = [path for line in re.findall(r"^    python -m pytest (.+)$", text, re.MULTILINE) for path in line.split()]
    assert "tests/faults" in named
    assert [path for path in named if not (ROOT / path).exists()] == []
