"""Rows of tables, and the way in for them."""

from __future__ import annotations

from django.urls import reverse

from bookings import actors
from bookings.exchange import SHEETS, Outcome, run
from bookings.exchange.tables import Row
from tests.world import NOW, World

PAGE = reverse("exchange")


def go(world: World, name: str, *rows: Row, keep: bool = True) -> Outcome:
    actor = actors.person(world.staff_user, via="import")
    return run(SHEETS[name], list(rows), actor=actor, at=NOW, keep=keep)


def verbs(outcome: Outcome) -> list[str]:
    return [effect.verb for effect in outcome.effects]


def booking_row(
    world: World, start: str = "2027-03-10T10:00:00Z", end: str = "2027-03-10T12:00:00Z", **more: str
) -> Row:
    return {
        "organisation": "Aurora Pictures", "production": world.ours.production.title, "zones": "arena",
        "activity": "filming", "starts_at": start, "ends_at": end, **more,
    }  # fmt: skip


def said(row: Row) -> Row:
    return {name: cell for name, cell in row.items() if cell}
