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
    """`on_recipient` and `on_message` may answer (`"450 later"`), return None to accept, or block to be slow."""

    on_recipient: Callable[[str], str | None] = lambda address: None
    on_message: Callable[[EmailMessage], str | None] = lambda message: None
    port: int = field(default_factory=free_port)
    messages: list[EmailMessage] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
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

    def keep(self, message: EmailMessage) -> None:
        with self._lock:
            self.messages.append(message)

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, repetitions included."""
        with self._lock:
            return [str(message["Message-ID"]) for message in self.messages]

    @property
    def subjects(self) -> list[str]:
        with self._lock:
            return [str(message["Subject"]) for message in self.messages]


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:  # noqa: N802 - aiosmtpd names its hooks so
        self._sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        answer = await server.loop.run_in_executor(None, self._sink.on_recipient, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        answer = await server.loop.run_in_executor(None, self._sink.on_message, message)
        if answer is None:
            self._sink.keep(message)
        return answer or "250 OK"
