"""Load the demo, once: what is there is left as it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from bookings.demo.people import People, found_people
from bookings.demo.scenes import play
from bookings.founding import load_see1
from bookings.models import Booking, Mail
from modules.models import Module

FRESH = timedelta(hours=36)


class DemoRefused(Exception):
    """This is no place for a demo."""


def load_demo(*, at: datetime) -> tuple[People, bool]:
    """The demo's people, and whether its schedule was new. Raises DemoRefused outside DEBUG and DEMO."""
    if not (settings.DEBUG and settings.DEMO):
        raise DemoRefused("The demo's log-ins are known to everybody, so it is loaded with DEBUG and SEE1_DEMO only.")
    with transaction.atomic():
        module, _ = load_see1(at=at)
        people = found_people(at=at)
        fresh = not _has_schedule(people, module)
        if fresh:
            play(people, module, now=at)
            _file_old_mail(at)
    return people, fresh


def _has_schedule(people: People, module: Module) -> bool:
    ours = [people.producer.organisation, people.rival.organisation]
    return Booking.objects.filter(module=module, organisation__in=ours).exists()


def _file_old_mail(at: datetime) -> None:
    """What fell due in the past was sent and read in it; the newest stays due, to be seen going out."""
    old = Mail.objects.filter(state=Mail.State.PENDING, due_at__lte=at - FRESH)
    old.update(state=Mail.State.SENT, sent_at=F("due_at"), read_at=F("due_at"), attempts=1)
