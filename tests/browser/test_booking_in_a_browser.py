"""A producer logs in, finds a window, holds it, requests it: with scripts, by keyboard, and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.walk import booking_query, day, log_in, search_query
from tests.stack import RunningStack


@pytest.fixture
def without_scripts(browser: Browser, live_stack: RunningStack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_stack.url, java_script_enabled=False)
    yield context
    context.close()


def fill_search(page: Page, ahead: int) -> None:
    page.get_by_role("link", name="Find a window").first.click()
    page.get_by_label("Activity").select_option("music")
    page.get_by_label("For how long").fill("3 hours")
    page.get_by_label("From").fill(day(ahead))
    page.get_by_label("To, included").fill(day(ahead))
    page.get_by_label("Arena").check()
    page.get_by_label("Crew on set").fill("1")
    page.get_by_role("button", name="Find windows").click()


def hold_then_request(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Hold")).first.click()
    expect(page.get_by_role("complementary")).to_contain_text("This time is free.")
    expect(page.get_by_role("complementary")).to_contain_text("USD 565,500.00")
    page.get_by_role("button", name="Hold this window").click()
    expect(page.get_by_role("status")).to_contain_text("1st in line")
    page.get_by_role("link", name="Request", exact=True).click()
    page.get_by_role("button", name="Request it").click()
    expect(page.get_by_role("status")).to_contain_text("Requested")
    expect(page.locator(".page-head")).to_contain_text("Requested")


def test_a_producer_finds_holds_and_requests(page: Page) -> None:
    log_in(page)
    fill_search(page, 41)
    hold_then_request(page)


def test_the_same_without_scripts(without_scripts: BrowserContext) -> None:
    page = without_scripts.new_page()
    log_in(page)
    fill_search(page, 43)
    hold_then_request(page)


def test_a_search_answers_while_one_fills_it_in(page: Page) -> None:
    log_in(page)
    page.goto(f"/search/?{search_query('20 hours', 44, 45, crew_awake='on')}")
    expect(page.get_by_role("heading", name="No window satisfies all of this")).to_be_visible()
    page.get_by_label("For how long").fill("2 hours")
    page.get_by_label("For how long").press("Tab")
    expect(page.locator("#results")).to_contain_text("windows can be had")
    expect(page).to_have_url(re.compile("duration=2%20hours"))
    page.go_back()
    expect(page.get_by_role("heading", name="No window satisfies all of this")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def led_to_its_results(page: Page) -> None:
    """On a phone the answer begins two screens below the form."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/search/?{search_query('2 hours', 44, 45)}")
    expect(page.locator("#results")).not_to_be_in_viewport()
    page.get_by_label("For how long").fill("3 hours")
    page.get_by_role("button", name="Find windows").click()
    expect(page).to_have_url(re.compile(r"duration=3\+hours.*#results$"))
    expect(page.get_by_text("windows can be had")).to_be_in_viewport()


def test_on_a_phone_the_form_leads_to_its_results(page: Page) -> None:
    log_in(page)
    led_to_its_results(page)


def test_it_does_without_scripts_too(without_scripts: BrowserContext) -> None:
    page = without_scripts.new_page()
    log_in(page)
    led_to_its_results(page)


def test_beside_its_results_the_form_stays_in_sight_and_asks_anew(page: Page) -> None:
    log_in(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/search/?{search_query('2 hours', 44, 45)}")
    for _again in range(2):
        page.evaluate("document.body.dataset.before = 'yes'")
        page.get_by_role("button", name="Find windows").click()
        expect(page.locator("body:not([data-before])")).to_be_visible()
        page.wait_for_load_state()
        expect(page).to_have_url(re.compile("#results$"))
        expect(page.get_by_role("heading", name="Find a window")).to_be_in_viewport()


def test_why_not_is_relaxed_by_one_click(page: Page) -> None:
    log_in(page)
    page.goto(f"/search/?{search_query('20 hours', 44, 45, crew_awake='on')}")
    page.get_by_role("link", name="Allow hours when the crew sleeps").click()
    expect(page.locator("#results")).to_contain_text("can be had")


def test_the_price_follows_the_form(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(46)}")
    expect(page.locator("#outlook")).to_contain_text("USD 119,500.00")
    page.get_by_label("Crew on set").fill("2")
    page.get_by_label("Crew on set").press("Tab")
    expect(page.locator("#outlook")).to_contain_text("USD 639,500.00")
    page.get_by_label("Ends").fill(f"{day(46)}T10:10")
    page.get_by_label("Ends").press("Tab")
    expect(page.locator("#outlook")).to_contain_text("the shortest is 30 minutes")


def test_switching_the_clock_keeps_the_window(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(46)}")
    said = page.locator("#outlook h2 .window").inner_text()
    shown = page.get_by_label("Starts").input_value()
    clock = page.get_by_label("Enter times in")
    clock.select_option("own")
    expect(page.get_by_text("The same window, on the clock that you chose.")).to_be_visible()
    expect(page.get_by_label("Starts")).not_to_have_value(shown)
    expect(page.locator("#outlook h2 .window")).to_have_text(said)
    clock.select_option("gmt")
    expect(page.get_by_label("Starts")).to_have_value(shown)


def test_a_taken_time_offers_others_by_one_click(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(48)}&intent=request")
    page.get_by_role("button", name="Request it outright").click()
    expect(page.get_by_role("status")).to_contain_text("Requested")
    page.goto(f"/bookings/new/?{booking_query(48)}&intent=request")
    expect(page.locator("#outlook")).to_contain_text("A hold of yours would be 2nd in line")
    expect(page.get_by_role("button", name="Request it outright")).to_have_count(0)
    page.locator("a.offer").first.click()
    expect(page.locator("#outlook")).to_contain_text("This time is free.")


def test_two_clicks_hold_once(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(50)}")
    page.get_by_role("button", name="Hold this window").dblclick()
    expect(page.get_by_role("status")).to_contain_text("1st in line")
    page.goto(f"/calendar/?view=day&date={day(50)}")
    expect(page.locator("a.line")).to_have_count(1)


def test_a_quote_is_taken_along_and_the_window_held_at_once_after_it(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(51)}")
    with page.expect_download() as taken:
        page.get_by_role("button", name="The quote as PDF").click()
    assert taken.value.suggested_filename == "quote.pdf"
    page.get_by_role("button", name="Hold this window").click()
    expect(page.get_by_role("status")).to_contain_text("Held")


def test_a_booking_by_keyboard_alone(page: Page) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(52)}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.value") == "hold":
            break
    width = page.evaluate("() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert width >= 2, "focus can be seen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Held")


def test_a_rival_sees_that_it_is_taken_and_nothing_more(page: Page, browser: Browser, live_stack: RunningStack) -> None:
    log_in(page)
    page.goto(f"/bookings/new/?{booking_query(54)}&intent=request")
    page.get_by_role("button", name="Request it outright").click()
    reference = page.locator(".reference").first.inner_text()
    context = browser.new_context(base_url=live_stack.url)
    other = context.new_page()
    log_in(other, "rival")
    other.goto(f"/calendar/?view=day&date={day(54)}")
    expect(other.locator("table")).to_contain_text("Unavailable; a hold can wait behind")
    expect(other.locator("body")).not_to_contain_text(reference)
    expect(other.locator("body")).not_to_contain_text("Halcyon")
    assert other.goto(page.url.removeprefix(live_stack.url)).status == 404
    context.close()


def test_logging_out_ends_it(page: Page) -> None:
    log_in(page)
    page.get_by_role("button", name="Log out").click()
    page.goto("/bookings/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
