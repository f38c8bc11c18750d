"""The demo's mail backend: each message becomes a file that a page of the demo shows. Nothing leaves the machine."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

_ORDER = count()  # among messages of one instant


class DemoMailBackend(BaseEmailBackend):
    """Writes `<time>-<order>-<random>.eml` into `DEMO_MAIL_DIR`, whole or not at all; names sort by time."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.directory = Path(settings.DEMO_MAIL_DIR)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for message in email_messages:
            if message.recipients():
                self._write(message.message().as_bytes())
                sent += 1
        return sent

    def _write(self, content: bytes) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020}-{next(_ORDER):06}-{uuid.uuid4().hex[:8]}"
        new = self.directory / f"{name}.new"
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self.directory / f"{name}.eml")
