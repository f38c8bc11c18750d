"""Every page of the admin, as every other page must be: for everybody, on every screen, in both colour schemes.

A page is loaded once. Its scheme is changed by Unfold's own switch and its width by the window's; whatever else would
move meanwhile is told not to, so that axe never measures a colour on its way to another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.admin_walk import ADMIN, addresses
from tests.browser.looking import AXE_OPTIONS, PICTURES
from tests.browser.walk import SCHEMES, WIDTHS, log_in
from tests.stack import RunningStack

STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"
OPTIONS = AXE_OPTIONS | {"resultTypes": ["violations"]}
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules whose answer hangs on the scheme."""

KEPT_FROM = 403
"""What nobody may add or delete; the table of permissions says which pages those are."""


def test_every_page_of_the_admin_is_for_everybody(browser: Browser, watched: None, live_stack: RunningStack) -> None:
    context = browser.new_context(base_url=live_stack.url, color_scheme="light", timezone_id="Asia/Tokyo")
    page = context.new_page()
    log_in(page, "staff")
    found, looked = [], 0
    for address in addresses(live_stack):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in (200, KEPT_FROM), address
        if answer.status == 200:
            looked += 1
            found += [f"{address}, {problem}" for problem in problems(page, whole=address == ADMIN)]
    assert looked > 80
    assert found == []
    context.close()


def problems(page: Page, *, whole: bool) -> list[str]:
    """What axe finds, what is wider than the screen, and any word of the reader's own clock.

    The menu is the same on every page, and is looked at on the one that is looked at as a `whole`.
    """
    page.add_style_tag(content=STILL)
    page.evaluate(_FEWER_ROWS)
    page.evaluate(Axe().axe_script)
    found = []
    for scheme in SCHEMES:
        options = OPTIONS if scheme == SCHEMES[0] else OPTIONS | ONLY_COLOURS
        page.evaluate(_SWITCH, scheme)
        page.wait_for_function("scheme => document.documentElement.classList.contains(scheme)", arg=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("width => window.innerWidth === width", arg=width)
            if PICTURES:
                name = page.url.split(ADMIN)[1].strip("/").replace("/", "-")
                page.screenshot(path=Path(PICTURES) / f"admin-{name}-{scheme}-{width}.png", full_page=True)
            answer = page.evaluate(_AXE, [{} if whole else {"exclude": ["#nav-sidebar"]}, options])
            found += [f"{scheme}, {width}: {said}" for said in _said(answer)]
    return found


def _said(answer: dict[str, Any]) -> list[str]:
    assert answer["passes"] > 0, "axe looked at the page"
    found = [f"{v['id']}: {node['target']} {node['html'][:160]}" for v in answer["violations"] for node in v["nodes"]]
    found += ["wider than the screen"] if answer["isWide"] else []
    return found + (["how far the reader's clock is from GMT"] if answer["warns"] else [])


# Every row of a list, of a table of parts, of a long choice is made by one template: a few of them say it all, and
# axe asks each of them everything.
_FEWER_ROWS = """() => document.querySelectorAll([
    "#result_list > tbody:nth-of-type(n + 5)", "#result_list > tbody > tr:nth-of-type(n + 5)",
    "[data-inline-formset] > tbody.original:nth-of-type(n + 4)", ".selector option:nth-of-type(n + 5)",
  ].join()).forEach(row => row.remove())"""
_SWITCH = "scheme => Alpine.$data(document.documentElement).switchTheme(scheme)"
_AXE = """async ([context, options]) => {
  const { violations, passes } = await axe.run({ include: ["html"], ...context }, options);
  const root = document.documentElement;
  return {
    violations, passes: passes.length, isWide: root.scrollWidth > root.clientWidth,
    warns: [...document.querySelectorAll(".timezonewarning")].some(warning => warning.checkVisibility()),
  };
}"""
