"""What a client has of the timeline is still so: told from marks, before anything is read or drawn.

The answer depends on who reads it, what is asked, what is seen of the module, and the code that writes it; so does the
ETag, on nothing else. It does not depend on the clock: a hold whose time is up stands until the sweep has ended it, and
that leaves its marks.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import parse_etags
from django.utils.translation import get_language

import bookings
import modules
from bookings.actors import Actor
from modules.intervals import Span
from modules.marks import Seen


def etag_of(actor: Actor, seen: Seen, span: Span, resolution: str, place: str) -> str:
    reader = (actor.is_staff, sorted(map(str, actor.organisation_ids)), get_language())
    asked = (span.starts_at.isoformat(), span.ends_at.isoformat(), resolution, place)
    return f'"{sha256(repr((_code(), reader, asked, seen)).encode()).hexdigest()[:32]}"'


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client names it, or says that it takes anything it has."""
    known = {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}
    return etag in known or "*" in known


@cache
def _code() -> str:
    """Changes with every release that could write another answer, words included."""
    found = sha256()
    for package in (bookings, modules):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            found.update(path.read_bytes())
    for folder in settings.LOCALE_PATHS:
        for path in sorted(Path(folder).rglob("*.mo")):
            found.update(path.read_bytes())
    return found.hexdigest()
