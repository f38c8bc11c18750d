"""One beat at a time, on however many machines one is started.

Who may start the clock's work holds a lease: a row of the database that says who, and until when by the database's
own clock. It is renewed while its holder lives; where the holder is killed it runs out, and the next one that looks
takes over, with nothing to clean up. A row and not a session's lock, because sessions do not outlive a pool in
transaction mode or the change of the primary. Two beats at once would do no harm either (tasks ask the database what
is due): the lease spares the work of looking twice.
"""

from __future__ import annotations

import os
import socket
import uuid
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection

from see1.logging_config import get_logger

LEASE_S = 6
RENEW_S = 2.0
"""Renewed thrice in a lease, so that one slow answer loses nothing."""

log = get_logger(__name__)

_TAKE = """
INSERT INTO see1_beatlease (name, holder, until) VALUES (%s, %s, now() + make_interval(secs => %s))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE see1_beatlease.holder = excluded.holder OR see1_beatlease.until < now()
RETURNING holder
"""


class Lease:
    """The right to be the one that beats."""

    def __init__(self, name: str = "beat", *, holder: str | None = None) -> None:
        self.name = name
        self.holder = holder or f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def take(self) -> bool:
        """Take it where nobody holds it, keep it where we do; False where another holds it or nobody can say."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(_TAKE, [self.name, self.holder, LEASE_S])
                return cursor.fetchone() is not None
        except DatabaseError as error:
            log.warning("beat_lease_unknown", error=str(error).strip())
            connection.close()
            return False

    def give_up(self) -> None:
        """So that the next one need not wait."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM see1_beatlease WHERE name = %s AND holder = %s", [self.name, self.holder])
        except DatabaseError:
            log.info("beat_lease_left", holder=self.holder)


class LeasedScheduler(PersistentScheduler):
    """Celery's own scheduler, silent while another beat holds the lease."""

    def __init__(self, *args: Any, lease: Lease | None = None, **kwargs: Any) -> None:
        self.lease = lease or Lease()
        self._leads = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Start what is due, if it is ours to start; the seconds until the next look."""
        leads = self.lease.take()
        if leads != self._leads:
            log.info("beat_leads" if leads else "beat_waits", holder=self.lease.holder)
            self._leads = leads
        if not leads:
            return RENEW_S
        return min(float(super().tick(*args, **kwargs)), RENEW_S)

    def close(self) -> None:
        super().close()
        if self._leads:
            self.lease.give_up()
