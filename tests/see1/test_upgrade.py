"""The release before, upgraded while people book, and back again: in small; `make upgrade-test` does it in large."""

from pathlib import Path

import pytest

from bench.upgrade import upgrade

pytestmark = pytest.mark.slow


def test_people_book_through_an_upgrade_and_back(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    found = upgrade(tmp_path, rows=1500, booking_s=0.7)
    assert list(found.by_stage) == ["before", "while it migrates", "after", "back again"]
    assert found.kept, found
