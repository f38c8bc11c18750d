"""The demo's mail, readable in the browser: it goes to a directory instead of to people."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.web.context import is_demo

SHOWN = 200
_NAME = re.compile(r"[0-9A-Za-z_-]{1,120}\.eml")
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Letter:
    name: str
    at: datetime
    sender: str
    to: str
    subject: str


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    letters = [_letter(path) for path in _newest_first()[:SHOWN]]
    return render(request, "web/demo_mail_list.html", {"letters": letters})


@require_safe
def mail_page(request: HttpRequest, name: str) -> HttpResponse:
    path = _directory() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404(_("There is no such mail."))
    message = _read(path)
    body = message.get_body(preferencelist=("plain", "html"))
    text = body.get_content() if body else ""
    attachments = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    context = {"letter": _letter(path), "parts": _with_links(text), "attachments": attachments}
    return render(request, "web/demo_mail.html", context)


def _directory() -> Path:
    if not is_demo():
        raise Http404(_("Mail is readable here in the demo alone."))
    return Path(settings.DEMO_MAIL_DIR)


def _newest_first() -> list[Path]:
    return sorted(_directory().glob("*.eml"), key=lambda path: path.name, reverse=True)


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=email.policy.default)


def _letter(path: Path) -> Letter:
    message = _read(path)
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Letter(path.name, at, str(message["From"]), str(message["To"]), str(message["Subject"]))


def _with_links(text: str) -> list[tuple[str, str]]:
    """The text as (words, address) pairs; the address is empty for plain words."""
    parts: list[tuple[str, str]] = []
    cursor = 0
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;)")
        parts += [(text[cursor : match.start()], ""), (address, address)]
        cursor = match.start() + len(address)
    return [*parts, (text[cursor:], "")]
