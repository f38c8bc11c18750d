"""Fetch orbit elements over HTTP: when it is time, only what is new, and less often the longer it fails.

The address is a setting, chosen by whoever runs the service, so it may be of an own mirror. What comes is read as
strictly as a file. An unchanged answer costs one conditional request; after a failure the next try waits twice as
long, up to a day, or as long as the server asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import urllib3
from django.db import transaction

from modules.exceptions import ImportRefused
from modules.models import ElementFeed, Module
from modules.operations.elements import ElementsReading, read_elements
from modules.orbit.sources import MAX_ELEMENTS_BYTES

EVERY = timedelta(hours=2)
"""Catalogues make new sets a few times a day, and ask not to be called more often than every two hours."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
CONNECT_S, READ_S, WHOLE_S = 5.0, 10.0, 60.0
CLAIM = timedelta(minutes=5)
CHUNK_BYTES = 65_536


class Unfetched(Exception):
    """No elements came; `wait` is how long the server asks to be left alone."""

    def __init__(self, detail: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(detail)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    content: bytes
    etag: str
    last_modified: str


def due_feed(module: Module, url: str, *, at: datetime) -> ElementFeed | None:
    """The module's feed where it is time to ask, claimed so that no other worker asks meanwhile."""
    if not url:
        return None
    with transaction.atomic():
        feed, _ = ElementFeed.objects.select_for_update().get_or_create(
            module=module, defaults={"url": url, "next_try_at": at}
        )
        if feed.url != url:
            feed.url, feed.etag, feed.last_modified, feed.failures, feed.next_try_at = url, "", "", 0, at
        if feed.next_try_at > at:
            return None
        feed.next_try_at = at + CLAIM
        feed.save()
    return feed


def fetch(feed: ElementFeed, *, at: datetime) -> tuple[ElementsReading, Answer] | None:
    """What is new at the feed's address, read; None where nothing is. A failure is kept in the feed."""
    try:
        answer = _get(feed)
        if answer is None:
            succeed(feed, None, at=at)
            return None
        return read_elements(name=_name(feed.url), content=answer.content, at=at), answer
    except (Unfetched, ImportRefused) as problem:
        fail(feed, str(problem), getattr(problem, "wait", timedelta(0)), at=at)
        return None


def succeed(feed: ElementFeed, answer: Answer | None, *, at: datetime) -> None:
    """Remember what came (None: nothing new), once it is loaded."""
    if answer is not None:
        feed.etag, feed.last_modified = answer.etag[:200], answer.last_modified[:100]
    feed.failures, feed.problem = 0, ""
    feed.last_success_at, feed.next_try_at = at, at + EVERY
    feed.save()


def fail(feed: ElementFeed, problem: str, wait: timedelta, *, at: datetime) -> None:
    """Wait twice as long after each failure in a row, and never less than the server asks."""
    own = min(FIRST_WAIT * 2 ** min(feed.failures, 20), LONGEST_WAIT)
    feed.failures, feed.problem = feed.failures + 1, " ".join(problem.split())[:300]
    feed.next_try_at = at + max(own, min(wait, LONGEST_WAIT))
    feed.save()


def _get(feed: ElementFeed) -> Answer | None:
    headers = {"Accept": "application/json, text/plain;q=0.9, */*;q=0.5", "User-Agent": "see1-bookings"}
    if feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    if not feed.url.startswith(("http://", "https://")):
        raise Unfetched("The address of the elements is neither http nor https.")
    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    retries = urllib3.Retry(3, redirect=3, connect=0, read=0, status=0, other=0, respect_retry_after_header=False)
    with urllib3.PoolManager(timeout=timeout, retries=retries) as pool:
        try:
            answer = pool.request("GET", feed.url, headers=headers, preload_content=False)
            try:
                return _read(answer)
            finally:
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise Unfetched(f"{type(error).__name__}: {error}") from error


def _read(answer: urllib3.BaseHTTPResponse) -> Answer | None:
    if answer.status == 304:
        return None
    if answer.status != 200:
        raise Unfetched(f"The server answered {answer.status}.", _asked_wait(answer))
    content, deadline = bytearray(), monotonic() + WHOLE_S
    for chunk in answer.stream(CHUNK_BYTES, decode_content=True):
        content += chunk
        if len(content) > MAX_ELEMENTS_BYTES:
            raise Unfetched("The answer is larger than any file of elements.")
        if monotonic() > deadline:
            raise Unfetched(f"The answer took longer than {WHOLE_S:.0f} seconds.")
    return Answer(bytes(content), answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))


def _asked_wait(answer: urllib3.BaseHTTPResponse) -> timedelta:
    """`Retry-After` in seconds; a date is left to our own patience."""
    asked = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(asked), 86_400)) if asked.isascii() and asked.isdigit() else timedelta(0)


def _name(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"[:200]
