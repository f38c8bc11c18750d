"""Changing the schedule from a page: by `bookings.replanning`, and saying what it did to bookings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from bookings import replanning
from bookings.admin.answering import staff
from bookings.admin.deeds import Asked
from bookings.replanning import Reviewed
from modules.models import Module


def from_page(request: HttpRequest, module: Module, change: Any, reason: str) -> Any:
    """Apply `change` (a verb of `modules.operations`), tell staff what it touched, and give what it handed back."""
    done = replanning.apply(module, change, reason=reason, actor=staff(request), at=timezone.now())
    tell(request, done.reviewed)
    return done.result


def from_deed(asked: Asked, module: Module, change: Any) -> str:
    """The same for a deed; gives the sentence that says what it did to bookings."""
    done = replanning.apply(module, change, reason=asked.said["reason"], actor=asked.actor, at=asked.at)
    return done.reviewed.sentence


def look_again(request: HttpRequest, module: Module, reason: str) -> None:
    """Hold every booking of the module against what has just been saved."""
    from_now = replanning.recheck(module, replanning.ALL_TIME, reason=reason, actor=staff(request), at=timezone.now())
    tell(request, from_now)


def tell(request: HttpRequest, reviewed: Reviewed) -> None:
    level = messages.WARNING if reviewed.flagged else messages.INFO
    messages.add_message(request, level, reviewed.sentence)
