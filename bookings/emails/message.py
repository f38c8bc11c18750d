"""A letter as a message: headers that cannot be injected, plain text, and the same as simple HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.policy import Compat32
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from bookings.calendars import invitation
from bookings.emails.letters import write
from bookings.languages import language_of
from bookings.models import Booking, Mail

FOR_CALENDARS = frozenset(
    {"requested", "confirmed", "declined", "cancelled", "released", "expired", "moved", "changed"}
)
BY_OTHERS = frozenset({"challenged", "promoted"})  # kinds that another organisation can bring about


class ShortLines(Compat32):
    """Python's usual policy. A header that fits in its line is that line, and nobody need look where to fold it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if not self._fits(name, value):
            return super().fold_binary(name, value)
        return f"{name}: {value}{self.linesep}".encode("ascii")

    def _fits(self, name: str, value: Any) -> bool:
        return (
            type(value) is str
            and value.isascii()
            and value.isprintable()
            and value == value.strip()
            and len(name) + 2 + len(value) <= LINE
        )


LINE = 76
SHORT_LINES = ShortLines()


class Message(EmailMultiAlternatives):
    """Text and HTML, parted by a boundary that is ours: to find one, Python compiles a pattern for each mail."""

    boundary = ""

    def message(self, **options: Any) -> Any:
        made = super().message(**options)
        made.set_boundary(self.boundary)
        for part in made.walk():
            part.policy = SHORT_LINES
        return made


def compose(mail: Mail, *, at: datetime) -> Message:
    """The message that `mail` is at `at`, in its reader's language; however often tried, of the same Message-ID."""
    language = language_of(mail.recipient, otherwise=str(mail.context.get("language", "")))
    with translation.override(language):
        return _compose(mail, at)


def _compose(mail: Mail, at: datetime) -> Message:
    letter = write(mail, at=at)
    context = {
        "letter": letter,
        "name": mail.recipient.first_name.strip() if mail.recipient else "",
        "aligned": [(label, _aligned(lines)) for label, lines in letter.facts],
        "url": f"{settings.PUBLIC_URL}{letter.path}",
    }
    message = Message(
        subject=one_line(letter.subject),
        body=render_to_string("emails/letter.txt", context),
        to=[mail.goes_to],
        headers=_headers(mail),
    )
    message.boundary = f"=_{mail.message_id.hex}"
    message.attach_alternative(render_to_string("emails/letter.html", context), "text/html")
    if mail.kind in FOR_CALENDARS and mail.booking is not None:
        _attach_invitation(message, mail.booking, mail.goes_to)
    return message


def _attach_invitation(message: Message, booking: Booking, attendee: str) -> None:
    """What puts the booking into a calendar, moves it there, or takes it out."""
    made = invitation(booking, attendee)
    kind = f"text/calendar; method={made['METHOD']}"
    message.attach(f"{booking.reference}.ics", made.to_ical().decode(), kind)


def _headers(mail: Mail) -> dict[str, str]:
    """Mails of one booking refer to it, so that a mail program shows them as one conversation."""
    headers = {"Message-ID": f"<{mail.message_id}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"}
    # What another organisation's request brought about must not bear that request's id.
    if mail.request_id and mail.kind not in BY_OTHERS:
        headers["X-Request-ID"] = mail.request_id
    if mail.booking_id:
        headers["References"] = f"<booking-{mail.booking_id}@{settings.MAIL_DOMAIN}>"
    return headers


def one_line(text: str) -> str:
    """`text` without line breaks or other control characters: a header is one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _aligned(lines: Sequence[str]) -> str:
    """A fact's further lines under its first, in the plain text's second column."""
    return ("\n" + " " * 12).join(one_line(line) for line in lines)
