"""Every template of ours can be read by Django: one that cannot would be found by whoever opens its page."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    get_template(name)


def test_they_were_found() -> None:
    assert {"base.html", "web/home.html"} <= set(NAMES)
