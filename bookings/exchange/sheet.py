"""What a kind of table is: its columns, who may take it out and in, and what each of its rows does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exceptions import FieldError, Invalid
from bookings.exchange.tables import Row
from modules.instants import Unreadable, read_instant
from modules.intervals import Span
from modules.models import Module, Zone

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"


class Taken:
    """What a row did: the verb, of what, and in which respects."""

    def __init__(self, verb: str, label: str, *details: str) -> None:
        self.verb, self.label, self.details = verb, label, tuple(details)


class Sheet(ABC):
    """One kind of table. Rows go through the services that the pages use, so nothing can be imported past a rule."""

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    required: ClassVar[tuple[str, ...]]
    told: ClassVar[tuple[str, ...]] = ()
    """Columns that are only taken out; taken in, they are left alone."""
    to_see: ClassVar[tuple[str, ...]]
    to_take: ClassVar[tuple[str, ...]]
    """The permissions of the admin that it takes."""

    @abstractmethod
    def rows(self, span: Span | None) -> Iterator[Row]:
        """What there is; of what has a time, what overlaps the span."""

    @abstractmethod
    def take(self, row: Row, *, actor: Actor, at: datetime) -> Taken:
        """Do what a row says, in the transaction of the whole; raises a refusal where it cannot be done."""


def wrong(column: str, code: str, detail: str) -> Invalid:
    return Invalid([FieldError(column, code, detail)])


def module_of(row: Row) -> Module:
    """The row's module; the first one where it names none."""
    slug = row.get("module", "")
    modules = Module.objects.all()
    found = modules.filter(slug=slug).first() if slug else modules.first()
    if found is None:
        raise wrong("module", "unknown_module", _("There is no module “%(module)s”.") % {"module": slug})
    return found


def zones_of(row: Row, module: Module) -> list[Zone]:
    """The zones that a cell names by their slugs, with commas."""
    slugs = [slug.strip() for slug in row.get("zones", "").split(",") if slug.strip()]
    known = {zone.slug: zone for zone in module.zones.all()}
    strange = [slug for slug in slugs if slug not in known]
    if strange:
        detail = _("%(module)s has no zone “%(zone)s”; it has: %(zones)s.") % {
            "module": module.name,
            "zone": strange[0],
            "zones": ", ".join(known),
        }
        raise wrong("zones", "unknown_zone", detail)
    return [known[slug] for slug in dict.fromkeys(slugs)]


def instant(row: Row, column: str) -> datetime | None:
    """An instant with its offset; None for an empty cell."""
    text = row.get(column, "")
    if not text:
        return None
    try:
        return read_instant(text)
    except Unreadable as error:
        raise wrong(column, "invalid", f"“{text[:60]}”: {error}") from None


def needed(row: Row, column: str) -> datetime:
    found = instant(row, column)
    if found is None:
        raise wrong(column, "required", _("“%(column)s” is empty.") % {"column": column})
    return found


def number(row: Row, column: str, *, default: Decimal) -> Decimal:
    text = row.get(column, "")
    if not text:
        return default
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0 or abs(found) >= Decimal(10) ** 10:
        raise wrong(column, "invalid", _("“%(text)s” is no number from 0 up.") % {"text": text[:60]})
    return found


def whole(row: Row, column: str, *, default: int) -> int:
    found = number(row, column, default=Decimal(default))
    if found != found.to_integral_value() or found > 2**31 - 1:
        raise wrong(
            column, "invalid", _("“%(text)s” is no whole number that can be meant.") % {"text": row[column][:60]}
        )
    return int(found)


def one_of(row: Row, column: str, known: list[str], *, default: str | None = None) -> str:
    """A word of a few; `default` for an empty cell, where there is one."""
    text = row.get(column, "") or default
    if text is None or (text not in known and text != default):
        said = (
            f"“{row.get(column, '')[:60]}” is not one of" if row.get(column) else f"“{column}” is empty; it is one of"
        )
        raise wrong(column, "invalid_choice", f"{said}: {', '.join(known)}.")
    return text


def iso(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
