"""A real SMTP server on loopback that keeps what it is given, and can be as difficult as servers are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller

from see1.embedded.ports import LOOPBACK, free_port


@dataclass
class Sink:
    """`on_recipient` and `on_message` may answer (`"450 later"`), return None to accept, or block to be slow.

    What it was given is kept as it came, and read as messages only when somebody looks: it shares a machine with what
    it measures.
    """

    on_recipient: Callable[[str], str | None] | None = None
    on_message: Callable[[EmailMessage], str | None] | None = None
    port: int = field(default_factory=free_port)
    connections: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: list[bytes] = []
        self._read: list[EmailMessage] = []
        self._controller: Controller | None = None

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        self._controller = Controller(_Handler(self), hostname=LOOPBACK, port=self.port, ready_timeout=20)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def keep(self, content: bytes) -> None:
        with self._lock:
            self._taken.append(content)

    @property
    def taken(self) -> int:
        """How many it was given so far."""
        return len(self._taken)

    @property
    def messages(self) -> list[EmailMessage]:
        """What it was given, in order; the same list each time, longer by what has come."""
        with self._lock:
            self._read += map(message_of, self._taken[len(self._read) :])
            return self._read

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, repetitions included."""
        return [str(message["Message-ID"]) for message in self.messages]

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]


def message_of(content: bytes) -> EmailMessage:
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:  # noqa: N802 - aiosmtpd names its hooks so
        self._sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - named by aiosmtpd
        answer = None
        if self._sink.on_recipient is not None:
            answer = await server.loop.run_in_executor(None, self._sink.on_recipient, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - named by aiosmtpd
        answer = None
        if self._sink.on_message is not None:
            answer = await server.loop.run_in_executor(None, self._sink.on_message, message_of(envelope.content))
        if answer is None:
            self._sink.keep(envelope.content)
        return answer or "250 OK"
