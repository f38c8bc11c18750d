"""The Celery application. Tasks are thin: what is due is asked of the database, never of a countdown.

A message that waited longer than until the next of its kind is dropped (`expires`), so that a queue never piles
up while no worker runs; a second beat by mistake only makes the tasks look twice.
"""

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from django.conf import settings
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.dev")


def every(seconds: int, task: str, *, of: str = "bookings") -> dict[str, Any]:
    return {"task": f"{of}.tasks.{task}", "schedule": float(seconds), "options": {"expires": seconds}}


LONGEST_BROKER_WAIT_S = 5


class SoonAgain(Connection):
    """After a long outage kombu looks every thirty seconds whether the broker is back; mails would wait as long."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super().ensure_connection(*args, **{"interval_max": LONGEST_BROKER_WAIT_S, **kwargs})


class Amqp(AMQP):
    Connection = SoonAgain


app = Celery("see1", amqp=Amqp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "deliver-mail": every(settings.DUE_EVERY_S, "deliver_mail"),
    "deliver-webhooks": every(settings.DUE_EVERY_S, "deliver_webhooks"),
    "expire-due": every(settings.DUE_EVERY_S, "expire_due"),
    "complete-past": every(60, "complete_past"),
    "forget-idempotency-keys": every(60, "forget_idempotency_keys"),
    "forget-unverified": every(3600, "forget_unverified"),
    "refresh-elements": every(60, "refresh_elements"),
    "issue-nominal": every(600, "issue_nominal"),
    "compute-ahead": every(600, "compute_ahead", of="modules"),
    "fold-marks": every(3600, "fold_marks", of="modules"),
    "forget-computed": every(86_400, "forget_computed", of="modules"),
}
