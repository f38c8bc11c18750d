"""Receivers that are never silent and never done: a delivery is bounded as a whole, whatever each read takes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bookings.webhooks import connection
from bookings.webhooks.connection import Unreachable, post


class Dripping(BaseHTTPRequestHandler):
    """Answers, but never comes to the end of its first header."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 204 No Content\r\nX-Never: ")
            while True:
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.02)

    def log_message(self, *args: object) -> None:
        """Quiet."""


def test_whoever_answers_byte_by_byte_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    monkeypatch.setattr(connection, "TOTAL_S", 0.3)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with pytest.raises(Unreachable, match="It had not answered"):
            post(f"http://127.0.0.1:{server.server_port}/", b"{}", {})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_whoever_drips_inside_the_handshake_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """The first bytes of a record that never ends: no single read of the handshake times out."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    monkeypatch.setattr(connection, "TOTAL_S", 0.5)
    is_over = threading.Event()

    def drip() -> None:
        caller, _ = listener.accept()
        with caller, suppress(OSError):
            caller.sendall(b"\x16\x03\x03\x3f\xff")
            while not is_over.wait(0.02):
                caller.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(Unreachable, match=r"It had not answered after 0\.5 seconds"):
                post(f"https://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {})
        finally:
            is_over.set()
            thread.join()
