"""What people are told on the pages beside the mails, and which kinds each wants where.

There is one promise, the outbox's row, written in the transaction of what it tells of: from when it is due it stands
among its recipient's notifications, and the worker mails it. What a person chooses is looked at when a row comes due,
so a choice also holds for reminders that were promised long before it.

Some news has a deadline or ends a booking: it can be had in one place alone, but not in none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings import emails
from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid, NotAllowed
from bookings.models import Mail, NotificationChoice, Transition, User
from bookings.querysets import MailQuerySet


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of news: what it is known by, what people call it, whether it must come somewhere."""

    name: str
    label: Any
    must_come: bool = False


KINDS = (
    Kind("requested", _("Your request reached SEE-1")),
    Kind("confirmed", _("A booking is confirmed"), must_come=True),
    Kind("declined", _("A booking is declined"), must_come=True),
    Kind("moved", _("A booking is moved"), must_come=True),
    Kind("changed", _("A booking is changed and asked for anew"), must_come=True),
    Kind("cancelled", _("A booking is cancelled"), must_come=True),
    Kind("released", _("A hold is released")),
    Kind("expired", _("A hold or a request expired"), must_come=True),
    Kind("promoted", _("A hold moves up")),
    Kind("challenged", _("A hold is challenged"), must_come=True),
    Kind("attention", _("The schedule changed, and a booking needs a look"), must_come=True),
    Kind("replanned", _("The schedule changed, and several bookings need a look"), must_come=True),
    Kind("proposed", _("Another window is kept for a booking"), must_come=True),
    Kind("expiry_48_hours", _("48 hours before a hold ends")),
    Kind("expiry_6_hours", _("6 hours before a hold ends")),
    Kind("reminder_30_days", _("30 days before a window")),
    Kind("reminder_7_days", _("7 days before a window")),
    Kind("reminder_24_hours", _("24 hours before a window")),
    Kind("reminder_1_hour", _("1 hour before a window")),
)
NAMES = tuple(kind.name for kind in KINDS)


@dataclass(frozen=True)
class Notification:
    """A row of the outbox, one of those `to_read`, as it reads on a page at `at`."""

    row: Mail
    at: datetime

    @cached_property
    def letter(self) -> emails.Letter:
        return emails.write(self.row, at=self.at, starts_at=self._started_then())

    def _started_then(self) -> datetime | None:
        """When its booking's window started as things stood when this was told; None where that is still so."""
        lines = self.row.booking.transitions.all() if self.row.booking else ()
        later = next((line for line in lines if line.at > self.row.due_at and "starts_at" in line.detail), None)
        return datetime.fromisoformat(later.detail["starts_at"][0]) if later else None

    @property
    def title(self) -> str:
        return self.letter.subject

    @property
    def sentences(self) -> list[str]:
        return self.letter.happened

    @property
    def path(self) -> str:
        """The page of what it is about."""
        return self.letter.path


def of(actor: Actor, *, at: datetime) -> MailQuerySet:
    """An actor's notifications, the newest first."""
    return Mail.objects.told_to(actor, at=at).wanted_on_pages().order_by("-due_at", "-id")


def to_read(actor: Actor, *, at: datetime) -> MailQuerySet:
    """The same with all that they say, in a fixed number of queries."""
    moves = Transition.objects.filter(detail__has_key="starts_at").order_by("at", "id")
    return of(actor, at=at).with_what_it_says().prefetch_related(Prefetch("booking__transitions", moves))


def count_unread(actor: Actor, *, at: datetime) -> int:
    return of(actor, at=at).unread().order_by().count()


def mark_read(*, actor: Actor, at: datetime, ids: Collection[int] | None = None) -> int:
    """Mark these as read, or all that have come by `at`; how many were unread. Others' are no matter of the actor's."""
    unread = Mail.objects.told_to(actor, at=at).unread()
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return Mail.objects.filter(pk__in=list(unread.values_list("pk", flat=True))).update(read_at=at)


def choose(*, actor: Actor, not_by_mail: Collection[str], not_on_pages: Collection[str]) -> NotificationChoice:
    """Keep what the actor's person does not want, and where. Raises Invalid where what must come would come nowhere."""
    if actor.user is None:
        raise NotAllowed(gettext("Only people have notifications."))
    errors = [*_unknown("not_by_mail", not_by_mail), *_unknown("not_on_pages", not_on_pages)]
    errors += _nowhere({*not_by_mail} & {*not_on_pages})
    if errors:
        raise Invalid(errors)
    choice, _made = NotificationChoice.objects.update_or_create(
        user=actor.user,
        defaults={
            "not_by_mail": [name for name in NAMES if name in not_by_mail],
            "not_on_pages": [name for name in NAMES if name in not_on_pages],
        },
    )
    return choice


def _unknown(field: str, names: Collection[str]) -> Iterator[FieldError]:
    for name in names:
        if name not in NAMES:
            yield FieldError(field, "invalid_choice", gettext("There is no news of the kind “%s”.") % name)


def _nowhere(names: Collection[str]) -> Iterator[FieldError]:
    for kind in KINDS:
        if kind.must_come and kind.name in names:
            detail = gettext("“%s” must reach you: leave it on in one place at least.") % kind.label
            yield FieldError("not_by_mail", "must_come", detail)


def choice_of(actor: Actor) -> NotificationChoice:
    """What the actor's person chose; nothing, where they have not."""
    found = NotificationChoice.objects.filter(user=actor.user).first() if actor.user else None
    return found or NotificationChoice()


def comes_by_mail(mail: Mail) -> bool:
    """Whether its recipient wants this kind by mail."""
    return mail.recipient is None or mail.kind not in _choice(mail.recipient).not_by_mail


def _choice(user: User) -> NotificationChoice:
    """Without a query where it was read with the mail."""
    return getattr(user, "notification_choice", None) or NotificationChoice()
