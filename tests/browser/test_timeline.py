"""The timeline in a real Chromium: keyboard, pointer, address."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.timeline import SPAN, STOP, drawn, focused, rest, show, shown


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
