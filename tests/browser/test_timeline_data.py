"""What the timeline shows, and what it does when that fails to come; the earth beside it; axe."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.timeline import SPAN, drawn, rest, show, shown
from tests.stack import RunningStack

CELL = "[role=grid] [role=gridcell]"


DATA = "**/timeline/data/**"


class TestFailing:
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_what_fails_is_asked_for_with_patience_and_comes_when_it_can(
        self, producer: Page, console_errors: list[str], status: int
    ) -> None:
        show(producer, SPAN)
        asked: list[str] = []

        def refuse(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(status=status, content_type="text/html", body="Not now")

        producer.route(DATA, refuse)
        producer.evaluate("() => timeline.pan(6)")
        expect(producer.locator("[data-timeline]")).to_have_class(re.compile("is-stale"))
        rest(producer)
        assert shown(producer)[0].startswith("2027-04-12"), "the address says where one is though nothing came"
        for _ in range(5):
            producer.evaluate("() => timeline.draw()")
            rest(producer)
        assert len(asked) == 1, "redraws do not ask again"
        producer.unroute(DATA)
        expect(producer.locator("[data-timeline]")).not_to_have_class(re.compile("is-stale"), timeout=30_000)
        expect(producer.locator("[data-row=arena] [role=gridcell]")).not_to_have_count(0)
        assert all(str(status) in error for error in console_errors)
        console_errors.clear()

    def test_another_place_is_asked_for_until_it_comes(self, producer: Page, console_errors: list[str]) -> None:
        show(producer, "span=day")
        producer.route(DATA, lambda route: route.abort())
        producer.get_by_label("Passes over").select_option("sydney")
        expect(producer.locator("[data-timeline]")).to_have_class(re.compile("is-stale"))
        producer.unroute(DATA)
        over = producer.locator("[data-row=passes] [role=rowheader]")
        expect(over).to_have_text("Over Sydney", timeout=30_000)
        console_errors.clear()


class TestEarth:
    def test_follows_the_timeline_and_the_timeline_follows_it(self, producer: Page) -> None:
        show(producer, "span=day")
        said = producer.locator("[data-part=whereabouts]")
        expect(said).to_contain_text("km up")
        figure = producer.locator("[data-part=svg]").bounding_box()
        assert figure
        producer.mouse.move(figure["x"] + 900, figure["y"] + 300)
        expect(producer.locator(".tl-pointed")).to_have_count(1)
        expect(producer.locator(".earth-here")).not_to_have_count(0)
        producer.mouse.move(5, 5)
        before = said.text_content()
        producer.locator("[data-part=instant]").focus()
        for _ in range(30):
            producer.keyboard.press("ArrowRight")
        expect(said).not_to_have_text(before or "")
        expect(producer.locator(".tl-pointed")).to_have_count(1)
        # Both are drawn at the next frame, so they are compared in one look, until they agree.
        producer.wait_for_function(
            """() => {
                const at = document.querySelector("[data-part=instant]").getAttribute("aria-valuetext");
                return document.querySelector("[data-part=whereabouts]").textContent.startsWith(at);
            }"""
        )

    def test_far_ahead_nothing_is_invented(self, producer: Page) -> None:
        show(producer, "span=day&at=2031-03-04")
        expect(producer.locator("[data-row=light] [role=gridcell]")).to_have_count(1)
        cell = producer.locator("[data-row=light] [role=gridcell]").get_attribute("aria-label")
        assert cell is not None
        assert cell.startswith("No clock times so far ahead")
        expect(producer.locator(".tl-night")).to_have_count(0)

    def test_passes_over_another_place(self, producer: Page) -> None:
        show(producer, "span=day")
        producer.get_by_label("Passes over").select_option("sydney")
        expect(producer.locator("[data-row=passes] [role=rowheader]")).to_have_text("Over Sydney")
        rest(producer)
        assert "place=sydney" in producer.url
        producer.get_by_label("Passes over").select_option("")
        expect(producer.locator("[data-row=passes]")).to_have_count(0)
        rest(producer)
        producer.reload()
        drawn(producer)
        expect(producer.locator("[data-row=passes]")).to_have_count(0)
        expect(producer.locator("[data-part=table]")).not_to_contain_text("Over ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_axe_finds_nothing(browser: Browser, live_stack: RunningStack, width: int, scheme: Any) -> None:
    context = browser.new_context(
        base_url=live_stack.url, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("producer@demo.see1.example")
    page.locator("[name=password]").fill("see1-demo")
    page.locator("main button.primary[type=submit]").click()
    page.wait_for_url(lambda address: "login" not in address)
    for preset in ("mission", "month", "day"):
        show(page, f"span={preset}")
        assert page.locator(CELL).count() > 0
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert page.locator("[data-part=svg] *").count() <= 2000
        assert page.locator("main [style]").count() == 0
    context.close()
    assert errors == []
