"""Waking a worker as soon as a mail is promised, rather than at beat's next round.

Nothing rests on it: a nudge that is lost costs some seconds, for what is due is read from the database. So it
must cost a booking nothing either. A thread of its own does the sending: many nudges become one, and a Redis
that is down or hangs is waited for there, not in a request.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from celery import current_app

log = logging.getLogger(__name__)

DELIVER_MAIL = "bookings.tasks.deliver_mail"
REST_S = 1.0  # at most one nudge a second from a process
REST_AFTER_FAILURE_S = 30.0
EXPIRES_S = 30


class Nudger:
    """A thread that sends `deliver_mail` when it was asked to, once for however often it was asked."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._starting = threading.Lock()
        self._pid: int | None = None

    def nudge(self) -> None:
        """Returns at once. Threads do not survive a fork, so each process starts its own."""
        self._asked.set()
        if self._pid == os.getpid():
            return
        with self._starting:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="mail-nudger", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            time.sleep(REST_S if send() else REST_AFTER_FAILURE_S)


def send() -> bool:
    """Ask a worker to deliver now; whether the broker took it."""
    try:
        current_app.send_task(DELIVER_MAIL, expires=EXPIRES_S, retry=False, ignore_result=True)
    except Exception as error:
        log.warning("No worker could be told of new mail (%s); beat's next round delivers it.", error)
        return False
    return True


_nudger = Nudger()
nudge = _nudger.nudge
