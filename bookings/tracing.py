"""The id of the request (or task) that is being answered, so that what it promises can be traced back to it.

The roof binds it; here it is only read. It travels with what is kept: a line of history, a mail, a webhook message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

REQUEST_ID_LENGTH = 64


def current_request_id() -> str:
    """Empty where nobody asked, as in a shell."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@contextmanager
def bound(request_id: str) -> Iterator[None]:
    """While delivering what a request promised, log under that request's id."""
    if not request_id:
        yield
        return
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        yield
