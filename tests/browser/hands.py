"""Two hands that do the same things: one with a mouse, one with the keyboard alone.

A story is told once, in what a person means (`press`, `write`, `choose`), and lived through by each. The keyboard's
hand goes from one thing to the next by Tab, so what it cannot reach, or reaches without a mark that shows the focus,
fails. Names are patterns for the whole of what a screen reader would say.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import datetime

from playwright.sync_api import Locator, Page

from tests.browser.keyboard import marked, reach


class Hand(ABC):
    """Someone at a browser. Only the first page is gone to by its address."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def come_to(self, path: str) -> None:
        self.page.goto(path)

    @abstractmethod
    def press(self, name: str, *, leads_on: bool = True) -> None:
        """A link or a button; with `leads_on`, until the page that it leads to is there."""

    @abstractmethod
    def write(self, label: str, text: str) -> None:
        """In place of what stands in the field."""

    @abstractmethod
    def choose(self, label: str, option: str) -> None:
        """One of a list."""

    @abstractmethod
    def tick(self, label: str) -> None: ...

    @abstractmethod
    def write_day(self, label: str, day: datetime) -> None: ...

    @abstractmethod
    def write_instant(self, label: str, instant: datetime) -> None: ...

    @abstractmethod
    def leave_field(self) -> None:
        """So that the page takes in what was written."""


class Mouse(Hand):
    def press(self, name: str, *, leads_on: bool = True) -> None:
        thing = self._thing(re.compile(f"^{name}$"))
        if not leads_on:
            thing.click()
            return
        with self.page.expect_navigation():
            thing.click()

    def _thing(self, name: re.Pattern[str]) -> Locator:
        """On the page itself, rather than in what stands around every page."""
        for where in (self.page.get_by_role("main"), self.page.locator("body")):
            found = where.get_by_role("link", name=name).or_(where.get_by_role("button", name=name))
            if found.count():
                break
        return found.first

    def write(self, label: str, text: str) -> None:
        self._field(label).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        self._field(label).select_option(option)

    def tick(self, label: str) -> None:
        self._field(label).click()

    def write_day(self, label: str, day: datetime) -> None:
        self._field(label).fill(f"{day:%Y-%m-%d}")

    def write_instant(self, label: str, instant: datetime) -> None:
        self._field(label).fill(f"{instant:%Y-%m-%dT%H:%M}")

    def leave_field(self) -> None:
        self.page.get_by_role("heading", level=1).click()

    def _field(self, label: str) -> Locator:
        whole = re.compile(rf"^\s*{label}\s*$")
        return self.page.get_by_label(whole).or_(self.page.get_by_placeholder(whole)).first


class Keyboard(Hand):
    def press(self, name: str, *, leads_on: bool = True) -> None:
        self._reach(name)
        if not leads_on:
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        self._reach(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        self._reach(label)
        self.page.keyboard.type(option)
        chosen = self.page.locator(":focus").evaluate("e => e.selectedOptions[0].text")
        assert chosen == option, f"{label} is {chosen!r}, not {option!r}"

    def tick(self, label: str) -> None:
        self._reach(label)
        self.page.keyboard.press("Space")

    def write_day(self, label: str, day: datetime) -> None:
        self._write_parts(label, f"{day:%Y-%m-%d}", {f"{day:%m%d}": f"{day:%Y}", f"{day:%d%m}": f"{day:%Y}"})

    def write_instant(self, label: str, instant: datetime) -> None:
        by_twelve, by_day = f"{instant:%Y}\t{instant:%I%M%p}", f"{instant:%Y}\t{instant:%H%M}"
        self._write_parts(label, f"{instant:%Y-%m-%dT%H:%M}", {f"{instant:%m%d}": by_twelve, f"{instant:%d%m}": by_day})

    def leave_field(self) -> None:
        self.page.keyboard.press("Tab")

    def _reach(self, name: str) -> None:
        reach(self.page, name)
        assert marked(self.page), f"nobody sees that {name!r} has the focus"

    def _write_parts(self, label: str, wanted: str, orders: dict[str, str]) -> None:
        """Part by part, in whichever order the browser has the day and the month."""
        self._reach(label)
        field = self.page.locator(":focus")
        for day, rest in orders.items():
            for _ in range(6):
                self.page.keyboard.press("ArrowLeft")
            year, _tab, clock = rest.partition("\t")
            self.page.keyboard.type(f"{day}{year}")
            if clock:
                self.page.keyboard.press("ArrowRight")
                self.page.keyboard.type(clock)
            if field.input_value() == wanted:
                return
        raise AssertionError(f"{label} is {field.input_value()!r}, not {wanted!r}")
