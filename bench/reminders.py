"""Ten thousand reminders that are due at once, by one worker, to a real SMTP server that keeps what it is given.

python -m bench reminders           prints the table, writes var/bench/reminders.json
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from bench.stage.rows import Table
from bench.stage.server import Server
from bench.stage.tables import fill, found
from tests.smtp_sink import Sink

REMINDERS = 10_000
PROCESSES = 2  # of the one worker, as deploy/ runs it
PATIENCE_S = 900
# As many as are wanted, of windows that are ahead: what the tables hold for them is made due now.
_DUE = """
UPDATE bookings_mail SET due_at = now() - interval '1 minute', state = 'pending' WHERE id IN (
    SELECT mail.id FROM bookings_mail AS mail JOIN bookings_booking AS booking ON booking.id = mail.booking_id
    WHERE booking.starts_at > now() + interval '1 day' LIMIT {reminders})
RETURNING message_id
"""


def main() -> int:
    table = Table("reminders")
    with Server(workers=1) as server, Sink() as sink:
        found(server)
        fill(server, 2 * REMINDERS + 1000)
        due = {f"<{row[0]}@see1.test>" for row in server.sql(_DUE.format(reminders=REMINDERS))}
        mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(sink.port), "DUE_EVERY_S": "1"}
        server.run(server.worker(concurrency=PROCESSES, **mail), server.beat(**mail))
        took = _until_sent(server, sink, len(due))
    ids = sink.ids  # read when nothing is sent any more: the sink takes no mail while it reads ten thousand
    repeated = Counter(ids) - Counter(set(ids))
    table.at_least("reminders a second, one worker", len(set(ids) & due) / took, 300, "/s", f"{len(due):,} were due")
    table.at_most("… lost", len(due - set(ids)), 0, "")
    table.at_most("… sent twice", repeated.total(), 0, "")
    return table.write()


def _until_sent(server: Server, sink: Sink, number: int) -> float:
    """Seconds from the first mail to the last of the `number`; others may fall due meanwhile, and go out too."""
    until = time.monotonic() + PATIENCE_S
    while not sink.taken and time.monotonic() < until:
        time.sleep(0.005)
    began = time.monotonic()
    while (sink.taken < number or _left(server)) and time.monotonic() < until:
        time.sleep(0.05)
    return time.monotonic() - began


def _left(server: Server) -> int:
    ((left,),) = server.sql("SELECT count(*) FROM bookings_mail WHERE state = 'pending' AND due_at <= now()")
    return int(left)


if __name__ == "__main__":
    sys.exit(main())
