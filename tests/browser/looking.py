"""What every page must be: for everybody, on every screen, in both colour schemes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Page

from tests.browser.walk import SCHEMES, WIDTHS

AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET_PX = 24
PICTURES = os.environ.get("SEE1_PICTURES")


def problems(page: Page) -> list[str]:
    """What axe finds, what is wider than the screen, and targets too small to hit."""
    answer = Axe().run(page, options=AXE_OPTIONS).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    found = [f"{v['id']}: {node['html'][:160]}" for v in answer["violations"] for node in v["nodes"]]
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found + [f"too small: {target}" for target in page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET_PX)]


# A link within a sentence may be as tall as its line (WCAG 2.5.8, inline).
_SMALL_TARGETS = """smallest => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter(e => e.type !== "hidden" && !e.closest(".skip") && e.checkVisibility())
  .filter(e => getComputedStyle(e).display !== "inline")
  .map(e => [e, e.labels?.length ? e.labels[0].getBoundingClientRect() : null, e.getBoundingClientRect()])
  .filter(([e, label, box]) => Math.max(box.height, label?.height ?? 0) < smallest)
  .map(([e]) => e.outerHTML.slice(0, 120))"""


class Looks:
    """Looks at pages that a test has come to, as they stand, and remembers which they were."""

    def __init__(self) -> None:
        self.routes: set[str | None] = set()

    def at(self, page: Page) -> None:
        """In both schemes, from the phone to the wide screen."""
        page.wait_for_load_state()
        route = resolve(urlsplit(page.url).path).url_name
        self.routes.add(route)
        found = []
        for scheme in SCHEMES:
            for width in WIDTHS:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{route}-{scheme}-{width}.png", full_page=True)
                found += [f"{route}, {scheme}, {width}: {problem}" for problem in problems(page)]
        assert found == [], "\n".join(found)
