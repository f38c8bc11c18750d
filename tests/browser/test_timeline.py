"""The timeline in a real Chromium: keyboard, pointer, address, colour schemes, and its scripts' pure parts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.stack import RunningStack

CELL = "[role=grid] [role=gridcell]"
STOP = "[role=grid] [tabindex='0']"
SPAN = "from=2027-03-01T00:00:00Z&to=2027-03-08T00:00:00Z"


@pytest.fixture
def producer(page: Page) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill("producer@demo.see1.example")
    page.locator("[name=password]").fill("see1-demo")
    page.locator("main button.primary[type=submit]").click()
    page.wait_for_url(lambda address: "login" not in address)
    return page


def show(page: Page, query: str = "span=week") -> None:
    page.goto(f"/timeline/?{query}")
    drawn(page)


def drawn(page: Page) -> None:
    page.wait_for_function("() => performance.getEntriesByName('timeline-painted').length > 0")
    rest(page)


def focused(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => ({
            row: document.activeElement.closest("[data-row]")?.dataset.row,
            role: document.activeElement.getAttribute("role"),
            says: document.activeElement.getAttribute("aria-label"),
        })"""
    )
    return found


def shown(page: Page) -> tuple[str, str]:
    query = parse_qs(urlsplit(page.url).query)
    return query["from"][0], query["to"][0]


def rest(page: Page) -> None:
    """Until the movement is over and the address says where it ended."""
    page.wait_for_function("() => globalThis.timeline?.isAtRest")


class TestKeyboard:
    def test_one_tab_stop_and_arrows_between_cells_and_rows(self, producer: Page) -> None:
        show(producer)
        expect(producer.locator(STOP)).to_have_count(1)
        producer.locator(STOP).focus()
        first = focused(producer)
        assert first["role"] == "gridcell"
        producer.keyboard.press("Home")
        start = focused(producer)
        producer.keyboard.press("ArrowRight")
        assert focused(producer)["says"] != start["says"]
        assert focused(producer)["row"] == start["row"]
        producer.keyboard.press("ArrowLeft")
        assert focused(producer) == start
        rows = [focused(producer)["row"]]
        for _ in range(6):
            producer.keyboard.press("ArrowDown")
            rows.append(focused(producer)["row"])
        assert rows[-1] == "control"
        assert len(set(rows)) >= 3
        expect(producer.locator(STOP)).to_have_count(1)

    def test_focus_survives_zooming_panning_and_new_data(self, producer: Page) -> None:
        show(producer)
        producer.locator(STOP).focus()
        producer.keyboard.press("ArrowDown")
        row = focused(producer)["row"]
        for key in ("+", "+", "-", "PageDown", "PageUp", "Shift+ArrowRight", "-", "-", "-", "-"):
            producer.keyboard.press(key)
            rest(producer)
            assert focused(producer)["role"] in {"gridcell", "rowheader"}, key
            assert focused(producer)["row"] == row, key

    def test_enter_opens_a_booking(self, producer: Page) -> None:
        show(producer, "span=month")
        producer.locator("[role=gridcell][aria-label^=Confirmed]").first.focus()
        reference = re.search(r"[A-Z]{5}-\d{4}", focused(producer)["says"])
        assert reference
        producer.keyboard.press("Enter")
        producer.wait_for_url("**/bookings/*/")
        expect(producer.get_by_text(reference[0]).first).to_be_visible()

    def test_enter_on_free_time_asks_for_a_window(self, producer: Page) -> None:
        show(producer, SPAN)
        producer.locator(STOP).focus()
        producer.keyboard.press("End")
        assert focused(producer)["says"].startswith("Free.")
        producer.keyboard.press("Enter")
        producer.wait_for_url("**/bookings/new/**")
        assert producer.locator("[name=starts_at]").input_value()

    def test_what_changes_is_said(self, producer: Page) -> None:
        show(producer)
        producer.locator(STOP).focus()
        producer.keyboard.press("+")
        expect(producer.locator("[data-part=live]")).to_contain_text("Showing")


class TestPointer:
    def test_a_drag_on_a_zone_opens_the_form_with_that_window(self, producer: Page) -> None:
        show(producer, SPAN)
        box = producer.locator("[data-row=arena] [role=gridcell]").first.bounding_box()
        figure = producer.locator("[data-part=svg]").bounding_box()
        assert box
        assert figure
        y = box["y"] + box["height"] / 2
        producer.mouse.move(figure["x"] + 700, y)
        producer.mouse.down()
        producer.mouse.move(figure["x"] + 760, y + 3, steps=4)
        expect(producer.locator(".tl-drawn")).to_have_count(1)
        producer.mouse.up()
        producer.wait_for_url("**/bookings/new/**")
        query = parse_qs(urlsplit(producer.url).query)
        assert query["zones"] == ["arena"]
        assert query["starts_at"][0].endswith(":00:00Z")
        assert producer.locator("[name=starts_at]").input_value() == query["starts_at"][0].removesuffix(":00Z")
        assert producer.locator("[name=ends_at]").input_value() == query["ends_at"][0].removesuffix(":00Z")
        assert producer.locator("[name=zones][value=arena]").is_checked()
        producer.go_back()
        producer.wait_for_url("**/timeline/**")
        assert shown(producer) == ("2027-03-01T00:00:00Z", "2027-03-08T00:00:00Z")

    def test_escape_drops_a_window_and_the_switch_makes_a_drag_move(self, producer: Page) -> None:
        show(producer, SPAN)
        figure = producer.locator("[data-part=svg]").bounding_box()
        assert figure
        x, y = figure["x"] + 700, figure["y"] + 300
        producer.mouse.move(x, y)
        producer.mouse.down()
        producer.mouse.move(x + 60, y, steps=3)
        producer.keyboard.press("Escape")
        expect(producer.locator(".tl-drawn")).to_have_count(0)
        producer.mouse.up()
        assert "/timeline/" in producer.url

        producer.get_by_label("Move").check()
        producer.mouse.move(x, y)
        producer.mouse.down()
        producer.mouse.move(x - 200, y, steps=4)
        producer.mouse.up()
        rest(producer)
        assert shown(producer)[0] > "2027-03-01T12"

    def test_the_wheel_scrolls_the_page_and_with_ctrl_zooms(self, producer: Page) -> None:
        show(producer, SPAN)
        figure = producer.locator("[data-part=svg]").bounding_box()
        assert figure
        producer.mouse.move(figure["x"] + 700, figure["y"] + 200)
        producer.mouse.wheel(0, 150)
        producer.wait_for_function("() => scrollY > 0")
        assert shown(producer)[0] == "2027-03-01T00:00:00Z"
        producer.mouse.wheel(300, 0)
        producer.wait_for_url(lambda _: shown(producer)[0] > "2027-03-01T12")
        before = shown(producer)
        producer.keyboard.down("Control")
        producer.mouse.wheel(0, -300)
        producer.wait_for_url(lambda _: shown(producer) != before)
        producer.keyboard.up("Control")
        rest(producer)
        start, end = shown(producer)
        assert start[:10] >= "2027-03-02"
        assert end < "2027-03-09"


class TestAddress:
    @pytest.mark.parametrize("preset", ["Mission", "Year", "Month", "Week", "Day", "Orbit"])
    def test_every_preset_is_an_address_that_shows_the_same_again(self, producer: Page, preset: str) -> None:
        show(producer)
        producer.get_by_role("link", name=preset, exact=True).click()
        rest(producer)
        expect(producer.get_by_role("link", name=preset, exact=True)).to_have_attribute("aria-current", "true")
        before = shown(producer)
        producer.reload()
        drawn(producer)
        assert shown(producer) == before

    def test_jumps_to_a_day_of_the_year(self, producer: Page) -> None:
        show(producer, "span=day")
        producer.get_by_label("Jump to, GMT").fill("2027/063")
        producer.keyboard.press("Enter")
        rest(producer)
        assert shown(producer) == ("2027-03-04T00:00:00Z", "2027-03-05T00:00:00Z")
        expect(producer.locator("[data-part=table]")).to_contain_text("2027/063 00:00")


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


def test_a_preset_is_named_however_small_the_last_steps_to_it(producer: Page) -> None:
    show(producer)
    named = producer.evaluate(
        """async () => {
            const {View} = await import("timeline/view");
            const minutes = (m) => m * 60000;
            const mission = {from: 0, to: minutes(60 * 24 * 365 * 9)};
            const presets = {mission: null, day: 86400, orbit: 93 * 60};
            const view = new View({from: minutes(1e6), to: minutes(1e6 + 1440), mission, presets, preset: "day"});
            view.fit(1000);
            const named = [];
            for (const length of [1440, 120, 94.2, 94, 93.7, 93.4, 93.1, 93, 93.3, 93.7, 94.2]) {
                view.take(view.transformTo(minutes(1e6), minutes(1e6 + length)));
                named.push(view.preset);
            }
            return named;
        }"""
    )
    assert named == ["day", "", "", "", "", "orbit", "orbit", "orbit", "orbit", "", ""]


CLOCKS = [
    ("Europe/Rome", "2027-03-28T00:59:00Z", 1),
    ("Europe/Rome", "2027-03-28T01:00:00Z", 2),
    ("Europe/Rome", "2027-10-31T00:59:00Z", 2),
    ("Europe/Rome", "2027-10-31T01:00:00Z", 1),
    ("America/New_York", "2027-03-14T07:00:00Z", -4),
    ("Asia/Kolkata", "2027-06-01T00:00:00Z", 5.5),
    ("Australia/Lord_Howe", "2027-01-01T00:00:00Z", 11),
    ("Australia/Lord_Howe", "2027-07-01T00:00:00Z", 10.5),
    ("UTC", "2027-07-01T00:00:00Z", 0),
]


def test_clocks_know_their_offset(producer: Page) -> None:
    show(producer)
    offsets = producer.evaluate(
        """async (cases) => {
            const {Clock} = await import("timeline/clock");
            return cases.map(([zone, instant]) => new Clock(zone).offset(Date.parse(instant)) / 3600000);
        }""",
        [[zone, instant] for zone, instant, _ in CLOCKS],
    )
    assert offsets == [hours for _, _, hours in CLOCKS]


def test_clocks_over_daylight_saving(producer: Page) -> None:
    show(producer)
    found = producer.evaluate(
        """async () => {
            const {Clock, gmt, dayOfYear} = await import("timeline/clock");
            const {ownTicks} = await import("timeline/ticks");
            const rome = new Clock("Europe/Rome");
            const [from, to] = [Date.UTC(2027, 2, 27, 22), Date.UTC(2027, 2, 28, 4)];
            return {
                skipped: rome.instant(Date.UTC(2027, 2, 28, 2, 30)),
                twice: rome.instant(Date.UTC(2027, 9, 31, 2, 30)),
                ticks: ownTicks(rome, from, to, 600).ticks.map((tick) => tick.label),
                changes: rome.changesBetween(Date.UTC(2027, 0), Date.UTC(2028, 0)).map(({at}) => gmt(at)),
                days: [dayOfYear(Date.UTC(2027, 2, 4)), dayOfYear(Date.UTC(2028, 11, 31))],
            };
        }"""
    )
    assert found == {
        "skipped": None,
        "twice": 1824942600000,
        "ticks": ["23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00"],
        "changes": ["2027/087 01:00", "2027/304 01:00"],
        "days": ["063", "366"],
    }


# Hours on show, sunrises and sunsets, where the pointer is, where the window's end falls.
SNAPS = [
    (1.5, [], "10:00:31", "10:01"),
    (1.5, ["10:03:20"], "10:01:40", "10:03"),
    (1.5, ["10:20:00"], "10:01:40", "10:02"),
    (24, ["10:03:20"], "10:03:00", "10:05"),
    (24 * 31, [], "10:31:00", "11:00"),
]


def test_where_a_drawn_window_falls(producer: Page) -> None:
    show(producer)
    snapped = producer.evaluate(
        """async (cases) => {
            const {snap} = await import("timeline/snap");
            const on = (clock) => Date.parse(`2027-03-04T${clock}Z`);
            return cases.map(([hours, sun, at]) => {
                const shown = hours * 3600000;
                const rules = {shown, pixel: shown / 600, sunEvents: sun.map(on)};
                return new Date(snap(on(at), rules)).toISOString().slice(11, 16);
            });
        }""",
        [[hours, sun, at] for hours, sun, at, _ in SNAPS],
    )
    assert snapped == [expected for *_, expected in SNAPS]


def test_the_script_and_the_server_sum_up_alike(producer: Page) -> None:
    show(producer)
    found = producer.evaluate(
        """async () => {
            const {summedUp} = await import("timeline/use");
            const hour = (h) => Date.UTC(2027, 2, 1, h);
            const bars = [
                {mark: "confirmed", from: hour(0), to: hour(6)},
                {mark: "waiting", from: hour(0), to: hour(24)},
                {mark: "unavailable", from: hour(6), to: hour(12)},
                {mark: "closed", from: hour(12), to: hour(18)},
            ];
            const found = summedUp(bars, hour(0), hour(24), "P1D");
            return found.map(({own, others, closed, percent}) => [own, others, closed, percent]);
        }"""
    )
    assert found == [[0.25, 0.25, 0.25, 75]]
