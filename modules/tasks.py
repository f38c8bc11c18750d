"""What Celery runs for the foundation: the coming weeks computed before anybody asks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from modules import marks
from modules.conditions import ahead
from modules.models import Module


@shared_task(name="modules.tasks.compute_ahead")
def compute_ahead() -> int:
    """Compute what is missing of the coming weeks' nights, passes and coverage; how many days are kept."""
    return sum(ahead.compute(module, at=timezone.now()) for module in Module.objects.all())


@shared_task(name="modules.tasks.forget_computed")
def forget_computed() -> int:
    """Delete computed days that nobody will ask for again; how many."""
    return sum(ahead.forget(module, at=timezone.now()) for module in Module.objects.all())


@shared_task(name="modules.tasks.fold_marks")
def fold_marks() -> int:
    """Put one mark in the place of many; how many are gone."""
    return marks.fold()
