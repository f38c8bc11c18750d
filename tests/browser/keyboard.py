"""Doing things by keyboard alone: no mouse, no script that clicks."""

from __future__ import annotations

import re

from playwright.sync_api import Page

MOST_TABS = 250

# What a screen reader would say of the element that has the focus, as far as we need it.
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return "";
  const label = e.labels?.length ? e.labels[0].innerText : "";
  return (e.getAttribute("aria-label") || label || e.innerText || e.value || "").replace(/\\s+/g, " ").trim();
}"""


def reach(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called `name` (a pattern for the whole of it)."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        said = str(page.evaluate(_FOCUSED))
        if re.fullmatch(name, said):
            return
        passed.append(said)
    raise AssertionError(f"no way by Tab to {name!r}; on the way: {passed}")


def follow(page: Page, name: str) -> None:
    """Go to a link or button and press Enter; until the page that it leads to is there."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    """Type into a field in place of what is there."""
    reach(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
