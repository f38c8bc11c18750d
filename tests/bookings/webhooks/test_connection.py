"""A name that leads elsewhere at the second look-up: the connection is made to the address that was checked."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bookings.webhooks import connection
from bookings.webhooks.connection import Unreachable, post

NAME = "rebind.example"
STANDS_FOR_PUBLIC = "127.0.0.2"
resolve = socket.getaddrinfo


class Rebinding:
    """A resolver that answers with each of `addresses` in turn, the last one for ever."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.asked = 0

    def __call__(self, host: str, port: int, *args: Any, **options: Any) -> Any:
        if host != NAME:
            return resolve(host, port, *args, **options)
        address = self.addresses[min(self.asked, len(self.addresses) - 1)]
        self.asked += 1
        return resolve(address, port, *args, **options)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    monkeypatch.setattr(connection, "is_public", lambda address: address == STANDS_FOR_PUBLIC)


class Counting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.hosts.append(self.headers["Host"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.mark.usefixtures("production")
def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Rebinding(STANDS_FOR_PUBLIC, "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    server = HTTPServer((STANDS_FOR_PUBLIC, 0), Counting)
    server.hosts = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert post(f"http://{NAME}:{server.server_port}/", b"{}", {}) == 204
        with pytest.raises(Unreachable, match="not a public address"):
            post(f"http://{NAME}:{server.server_port}/", b"{}", {})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert resolver.asked == 2, "once for each request"
    assert server.hosts == [f"{NAME}:{server.server_port}"]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost", "[::ffff:7f00:1]"])
def test_other_ways_to_write_loopback(host: str) -> None:
    with pytest.raises(Unreachable):
        post(f"https://{host}/", b"{}", {})


@pytest.mark.usefixtures("production")
def test_a_name_whose_servers_never_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over, given_up = threading.Event(), threading.Event()

    def silent(*_args: Any, **_options: Any) -> Any:
        is_over.wait()
        given_up.set()
        raise OSError("nobody answers")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(connection, "RESOLVE_S", 0.05)
    try:
        with pytest.raises(Unreachable, match="was not resolved within"):
            post(f"https://{NAME}/", b"{}", {})
        assert not given_up.is_set(), "it is still being looked up"
    finally:
        is_over.set()


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 64 + ".example", "a..b"])
def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    def unknown(name: str, *_args: Any, **_options: Any) -> Any:
        name.encode("idna")
        raise OSError("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="cannot be resolved"):
        post(f"https://{host}/", b"{}", {})
