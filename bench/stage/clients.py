"""Clients that cost little themselves: kept-alive connections, requests written as bytes, answers read as such."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from see1.embedded.ports import LOOPBACK

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found.group(1).decode() if found else ""


class Client:
    """One connection, opened when it is needed. Raises OSError where the line breaks."""

    def __init__(self, port: int, **headers: str) -> None:
        self._port = port
        self._headers = {"Host": f"{LOOPBACK}:{port}", "X-Forwarded-Proto": "https", **headers}
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self._ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        named = {name.replace("_", "-"): value for name, value in {**self._headers, **headers}.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        request = f"{method} {path} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
        began = time.perf_counter()
        try:
            line = self._line()
            line.sendall(request)
            status, head, said = _read(line)
        except OSError:
            self.close()
            raise
        if b"connection: close" in head.lower():
            self.close()
        return Answer(status, head, said, time.perf_counter() - began)

    def _line(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection((LOOPBACK, self._port), timeout=PATIENCE_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def _read(line: socket.socket) -> tuple[int, bytes, bytes]:
    buffer = b""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        buffer += _some(line)
    head, body = buffer[:end], buffer[end + 4 :]
    found = _LENGTH.search(head)
    length = int(found.group(1)) if found else 0
    while len(body) < length:
        body += _some(line)
    return int(head[9:12]), head, body


def _some(line: socket.socket) -> bytes:
    received = line.recv(262_144)
    if not received:
        raise ConnectionResetError("The line was closed in the middle of an answer.")
    return received


def together(count: int, work: Callable[[int], Iterator[Answer]], *, seconds: float) -> list[Answer]:
    """`count` clients, each asking the next of its `work`, until the time is up; all their answers."""
    answers: list[list[Answer]] = [[] for _ in range(count)]
    failures: list[BaseException] = []
    until = time.monotonic() + seconds

    def run(lane: int) -> None:
        try:
            for answer in work(lane):
                answers[lane].append(answer)
                if time.monotonic() >= until:
                    return
        except BaseException as failure:  # told below, where it counts
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(lane,), daemon=True) for lane in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [answer for lane in answers for answer in lane]
