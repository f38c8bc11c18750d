"""From the outbox to the mail server.

A mail is claimed, written, marked and sent in one transaction that holds its row; other workers skip the row and
take the next. A crash before the commit leaves the mail due: so at most the one mail in flight can go out twice,
and it bears the same Message-ID. One connection serves a whole run. Where much is due, a run calls for company: the
other processes of the worker, and other workers, each with a connection and one mail in flight. What mails say is read
for many at once; who claims one sees whether its booking has changed since, and reads it anew.

What a mail server may do to us, and what we do then:

- It cannot be reached: nothing is touched, the run ends, and the next run tries again.
- It refuses a mail for now (4xx: greylisting, a full mailbox): that mail waits, twice as long each time, while the
  others go on.
- It hangs or hangs up in the middle of a mail: nobody knows whose fault that is, so the mail waits as well, but only
  seconds at first, for a server that was restarted is soon back. After several losses in a row the run ends: the
  server is ill, not the mail.
- It refuses a mail for good (5xx): servers mend their rules and we our settings, so that is tried some more times
  at long intervals, and then the mail counts as failed, for staff to see.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import randrange
from types import TracebackType

from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction

from bookings import emails, measures, notifications, reminders, tracing
from bookings.models import Mail
from bookings.nudge import nudge
from bookings.outbox import concerns_its_recipient, readdress, recipients

log = logging.getLogger(__name__)

MOST = 10_000  # mails in one run
PAGE = 100  # mails read at once
PAGES = 4  # from one of the first so many, where there is more than one
STALE_S = 1.0  # what was read is read again after this long
RUN_S = 20  # a run begins no further mail after this long, so that other tasks get their turn
LONGEST_S = 90  # a run is interrupted after this long: a server is keeping one mail waiting for ever

FIRST_WAIT = timedelta(seconds=20)
FIRST_WAIT_AFTER_LOSS = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=5)  # as RFC 5321, 4.5.4.1 advises
REFUSALS_TAKEN = 4  # refusals for good before a mail has failed
WAIT_AFTER_REFUSAL = timedelta(minutes=30)
LOSSES_TAKEN = 3  # connections lost in a row before a run ends
HANGING_UP = 421


class Unreachable(Exception):
    """The mail server cannot be talked to: no mail's fault."""


class Refused(Exception):
    """This mail was not taken. `for_good`: trying again is of little use; `lost`: with the connection."""

    def __init__(self, detail: str, *, for_good: bool, lost: bool = False) -> None:
        super().__init__(detail)
        self.for_good, self.lost = for_good, lost


class MailServer:
    """The connection that a run sends through, opened when it is first needed and again after a loss."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._is_open = False
        self._losses = 0

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def open(self) -> None:
        """Raises Unreachable."""
        if self._losses >= LOSSES_TAKEN:
            raise Unreachable(f"it broke off {self._losses} times in a row")
        if self._is_open:
            return
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_said(error)) from error
        self._is_open = True

    def send(self, message: EmailMessage) -> None:
        """Raises Refused."""
        with self._telling_refusals():
            self._connection.send_messages([message])
        self._losses = 0

    @contextmanager
    def _telling_refusals(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            self._answered(min(codes, default=0))
            raise Refused(_said(refusal), for_good=all(code >= 500 for code in codes)) from refusal
        except smtplib.SMTPResponseException as refusal:
            self._answered(refusal.smtp_code)
            # A sender that is refused is our setting to mend, not this mail's fault.
            blamed = not isinstance(refusal, smtplib.SMTPSenderRefused)
            for_good, lost = blamed and refusal.smtp_code >= 500, refusal.smtp_code == HANGING_UP
            raise Refused(_said(refusal), for_good=for_good, lost=lost) from refusal
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise Refused(_said(error), for_good=True) from error
        except Exception as loss:  # hung up, timed out, interrupted: nobody knows what the server expects next
            self._lost()
            raise Refused(_said(loss), for_good=False, lost=True) from loss

    def _answered(self, code: int) -> None:
        """With 421 a server says that it hangs up; after any other refusal it goes on listening."""
        if code == HANGING_UP:
            self._lost()
        else:
            self._losses = 0

    def _lost(self) -> None:
        self._losses += 1
        self._close()

    def _close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException) as error:
            log.info("The mail server did not say goodbye: %s", _said(error))


def deliver_due(*, at: datetime, most: int = MOST) -> dict[str, int]:
    """Send the mails that are due at `at`; how many came to which state."""
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + RUN_S
    skip: int | None = None  # until company is called
    with MailServer() as server:
        try:
            while outcomes.total() < most and _deliver_page(server, outcomes, at, until=until, skip=skip):
                if outcomes.total() >= PAGE // 2:
                    skip = _with_company(skip)
        except Unreachable as error:
            log.error("The mail server cannot be reached, what is due waits: %s", error)
    return dict(outcomes)


def _with_company(skip: int | None) -> int:
    """There is much to send: call whoever is idle, and read on from where another is not likely to read."""
    if skip is None:
        nudge()
    return PAGE * randrange(PAGES)  # noqa: S311 - nobody gains by guessing it


def _deliver_page(
    server: MailServer, outcomes: Counter[str], at: datetime, *, until: float, skip: int | None = None
) -> bool:
    """Read the mails that are due first (but for `skip` of them), all at once, and send one after the other.

    Whether there may be more.
    """
    page = list(Mail.objects.due(at).with_what_it_says()[skip or 0 :][:PAGE])
    stale = time.monotonic() + STALE_S
    done = 0
    for mail in page:
        now = time.monotonic()
        if now >= until:
            return False
        if now >= stale:
            break
        outcome = _deliver(mail, server, at)
        if outcome is not None:
            outcomes[outcome] += 1
            done += 1
    return done > 0 or len(page) == PAGE or bool(skip)


def _deliver(mail: Mail, server: MailServer, at: datetime) -> str | None:
    """Claim a mail that was found due, and send it; None where others have it, or had it meanwhile."""
    with transaction.atomic(), tracing.bound(mail.request_id):
        claimed = _claim(mail, at)
        if claimed is None:
            return None
        if mail.booking is not None and claimed != (mail.booking.version,):
            mail = Mail.objects.with_what_it_says().get(pk=mail.pk)
        if not _is_wanted(mail, at):
            mail.state = Mail.State.WITHDRAWN
            _mark(mail)
        elif not notifications.comes_by_mail(mail):
            mail.state = Mail.State.UNWANTED
            _mark(mail)
        else:
            server.open()
            _try(server, mail, at)
        measures.mailed(mail, at=at)
        return str(mail.state)


def _claim(mail: Mail, at: datetime) -> tuple[int | None] | None:
    """Lock the mail's row and see which version its booking is at by now; None where it is not to be had.

    Spelled out, as `_mark` is, because it runs for each single mail: the ORM would think longer than PostgreSQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT booking.version FROM bookings_mail AS mail"
            " LEFT JOIN bookings_booking AS booking ON booking.id = mail.booking_id"
            " WHERE mail.id = %s AND mail.state = 'pending' AND mail.next_try_at <= %s"
            " FOR UPDATE OF mail SKIP LOCKED",
            [mail.pk, at],
        )
        row: tuple[int | None] | None = cursor.fetchone()
    return row


def _mark(mail: Mail) -> None:
    """Write what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_mail SET state = %s, attempts = %s, retry_at = %s, last_error = %s, sent_at = %s"
            " WHERE id = %s",
            [mail.state, mail.attempts, mail.retry_at, mail.last_error, mail.sent_at, mail.pk],
        )


def _is_wanted(mail: Mail, at: datetime) -> bool:
    """The last look: the booking may have changed, and its people too, since the mail was promised."""
    if mail.booking is None:
        return concerns_its_recipient(mail) and emails.is_wanted(mail, at=at)
    if not reminders.is_wanted(mail, mail.booking, at=at):
        return False
    if mail.recipient_id not in recipients(mail.booking):
        readdress(mail)
        return False
    return True


def _try(server: MailServer, mail: Mail, at: datetime) -> None:
    """Mark it as sent and then send it: where nothing can be written, on a full disk, nothing may go out, or it would
    go out again in every run."""
    mail.attempts += 1
    try:
        message = _composed(mail, at)
        mail.state, mail.sent_at, mail.retry_at, mail.last_error = Mail.State.SENT, at, None, ""
        _mark(mail)
        server.send(message)
    except Refused as refusal:
        mail.state, mail.sent_at = Mail.State.PENDING, None
        _put_off(mail, refusal, at)
        _mark(mail)
    else:
        log.info("Mail %s (%s) is sent.", mail.pk, mail.kind)


def _composed(mail: Mail, at: datetime) -> EmailMessage:
    """The message; one that cannot be written must not stand in the way of the others."""
    try:
        return emails.compose(mail, at=at)
    except Exception as error:
        log.exception("Mail %s (%s) cannot be written.", mail.pk, mail.kind)
        raise Refused(f"It cannot be written: {_said(error)}", for_good=True) from error


def _put_off(mail: Mail, refusal: Refused, at: datetime) -> None:
    """Wait longer each time; give up on what is refused for good, or has been tried for days."""
    mail.last_error = str(refusal)[:500]
    first = FIRST_WAIT_AFTER_LOSS if refusal.lost else FIRST_WAIT
    wait = min(first * 2 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
    if refusal.for_good:
        wait = max(wait, WAIT_AFTER_REFUSAL)
    given_up = refusal.for_good and mail.attempts >= REFUSALS_TAKEN
    if given_up or at + wait > mail.due_at + GIVE_UP_AFTER:
        mail.state = Mail.State.FAILED
        log.error("Mail %s (%s) is given up after %s tries: %s", mail.pk, mail.kind, mail.attempts, refusal)
    else:
        mail.retry_at = at + wait


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
