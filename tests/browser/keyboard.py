"""Getting about by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page

MOST_TABS = 250

# What a screen reader would say of the element that has the focus, as far as we need it.
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return "";
  const label = e.labels?.length ? e.labels[0].innerText : "";
  const said = e.getAttribute("aria-label") || label || e.innerText || e.placeholder || e.value || "";
  return said.replace(/\\s+/g, " ").trim();
}"""

# An outline, or a ring drawn as a shadow, on the element or on what wraps it closely.
_MARKED = """() => [document.activeElement, document.activeElement.parentElement].some(e => {
  const style = getComputedStyle(e);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
})"""


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


def marked(page: Page) -> bool:
    """Whether one can see where the focus is."""
    return bool(page.evaluate(_MARKED))
