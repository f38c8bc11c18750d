"""Elements over HTTP, from a server of our own: what is new, what is not, and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from modules.models import ElementFeed, Module
from modules.operations import feeds
from tests.modules.orbit.element_text import as_json

AT = datetime(2026, 3, 2, tzinfo=UTC)


class Catalogue:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.asked = 200, {"ETag": '"one"'}, as_json(), []
        catalogue = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                catalogue.asked.append(dict(self.headers))
                known = catalogue.status == 200 and self.headers.get("If-None-Match") == catalogue.headers.get("ETag")
                body = b"" if known else catalogue.body
                self.send_response(304 if known else catalogue.status)
                for name, value in catalogue.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self.server.server_port}/elements.json"


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    catalogue = Catalogue()
    catalogue.thread.start()
    yield catalogue
    catalogue.server.shutdown()
    catalogue.server.server_close()
    catalogue.thread.join()


def ask(module: Module, url: str, at: datetime):
    feed = feeds.due_feed(module, url, at=at)
    found = feed and feeds.fetch(feed, at=at)
    if feed and found:
        feeds.succeed(feed, found[1], at=at)
    return found


def test_what_is_new_is_read_and_then_asked_for_only_where_it_changed(module: Module, catalogue: Catalogue) -> None:
    reading, _ = ask(module, catalogue.url, AT)
    assert reading.sets[0].norad_id == 25544
    assert ask(module, catalogue.url, AT + timedelta(hours=1)) is None, "not again so soon"
    assert len(catalogue.asked) == 1
    assert ask(module, catalogue.url, AT + feeds.EVERY) is None
    assert catalogue.asked[1]["If-None-Match"] == '"one"'
    feed = ElementFeed.objects.get()
    assert (feed.failures, feed.next_try_at) == (0, AT + 2 * feeds.EVERY)
    catalogue.headers = {"ETag": '"two"'}
    assert ask(module, catalogue.url, AT + 2 * feeds.EVERY) is not None


def test_no_two_workers_ask_at_once(module: Module, catalogue: Catalogue) -> None:
    assert feeds.due_feed(module, catalogue.url, at=AT) is not None
    assert feeds.due_feed(module, catalogue.url, at=AT) is None


def test_no_address_is_nothing_to_do(module: Module) -> None:
    assert feeds.due_feed(module, "", at=AT) is None
    assert not ElementFeed.objects.exists()


def test_another_address_is_asked_afresh(module: Module, catalogue: Catalogue) -> None:
    ask(module, catalogue.url, AT)
    assert ask(module, catalogue.url + "?all", AT + timedelta(minutes=1)) is not None
    assert "If-None-Match" not in catalogue.asked[1]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, b"", "answered 500"),
        (404, b"", "answered 404"),
        (200, b"<html>Maintenance</html>", "holds no element set"),
        (200, as_json()[:100], "cut short"),
        (200, b"x" * 8_100_000, "larger"),
    ],
)
def test_a_failure_is_kept_and_waits_longer_each_time(
    module: Module, catalogue: Catalogue, status, body, problem
) -> None:
    catalogue.status, catalogue.body = status, body
    at, waits = AT, []
    for _ in range(4):
        assert ask(module, catalogue.url, at) is None
        feed = ElementFeed.objects.get()
        assert problem in feed.problem
        waits.append(feed.next_try_at - at)
        at = feed.next_try_at
    assert waits == [feeds.FIRST_WAIT * factor for factor in (1, 2, 4, 8)]


def test_the_wait_ends_at_a_day_and_a_success_clears_it(module: Module, catalogue: Catalogue) -> None:
    catalogue.status, at = 503, AT
    for _ in range(12):
        ask(module, catalogue.url, at)
        feed = ElementFeed.objects.get()
        waited = feed.next_try_at - at
        at = feed.next_try_at
    assert waited == feeds.LONGEST_WAIT == timedelta(days=1)
    catalogue.status = 200
    assert ask(module, catalogue.url, at) is not None
    assert ElementFeed.objects.get().failures == 0


def test_a_server_that_asks_for_patience_gets_it(module: Module, catalogue: Catalogue) -> None:
    catalogue.status, catalogue.headers = 429, {"Retry-After": "7200"}
    ask(module, catalogue.url, AT)
    assert ElementFeed.objects.get().next_try_at == AT + timedelta(hours=2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://127.0.0.1/elements", "http://[bad", "elements.json"])
def test_an_address_that_cannot_be_reached_is_a_failure_too(module: Module, url: str) -> None:
    assert ask(module, url, AT) is None
    assert ElementFeed.objects.get().problem
