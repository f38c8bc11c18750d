"""How instants, durations, dates and money read, in the reader's language.

An instant is GMT with day of year first, as flight planners write it in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import dateformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from modules.models import Activity
from modules.schedule import schedule_of


def gmt(instant: datetime) -> str:
    """`2027/063 14:20 GMT`"""
    return f"{instant.astimezone(UTC):%Y/%j %H:%M} GMT"


def duration(value: timedelta) -> str:
    """`2 days 3 hours`, `45 minutes`; the two largest units, whole minutes."""
    minutes = round(value.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    said = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours} if hours else "",
        in_minutes(rest) if rest else "",
    ]
    return " ".join([part for part in said if part][:2]) or in_minutes(0)


def in_minutes(count: int) -> str:
    """`1 minute`, `90 minutes`"""
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def long_date(local: date) -> str:
    """`4 March 2027`, of the clock that `local` is on."""
    return dateformat.format(local, pgettext("date format", "j F Y"))


def short_date(local: date) -> str:
    """`Thu 4 Mar 2027`, of the clock that `local` is on."""
    return dateformat.format(local, pgettext("date format", "D j M Y"))


def money(amount: Decimal | str, currency: str) -> str:
    """`USD 1,234,567.80`; the figure alone where no currency is given"""
    figure = str(number_format(Decimal(str(amount)), decimal_pos=2, force_grouping=True))
    return (
        pgettext("money", "%(currency)s %(amount)s") % {"currency": currency, "amount": figure} if currency else figure
    )


def cancelling_cost(detail: Mapping[str, Any]) -> str:
    """What cancelling cost, as a sentence, from what the history keeps of it."""
    if not detail.get("fee"):
        return _("Cancelling it cost nothing.")
    fee = money(str(detail["fee"]), str(detail.get("currency", "")))
    return _("Cancelling it cost %(fee)s, by the terms it was quoted with.") % {"fee": fee}


def number(value: float | Decimal, places: int | None = None) -> str:
    """A number with the decimal sign of the language; as many places as it has, where none are given."""
    shown = f"{Decimal(str(value)).normalize():f}" if places is None else f"{value:.{places}f}"
    return str(number_format(Decimal(shown), decimal_pos=places, use_l10n=True))


def activity_name(code: str) -> str:
    """`filming`, as it stands within a sentence; a code that is none stands as it is"""
    return str(Activity(code).label).lower() if code in Activity.values else code


def zone_names(module_id: int) -> Mapping[str, str]:
    """What people call each of a module's zones, by its slug."""
    return {zone.slug: zone.name for zone in schedule_of(module_id).zones}


def zones_in_words(slugs: Iterable[str], names: Mapping[str, str]) -> str:
    """`Arena, Studio`; a zone that there is no more stands by its slug"""
    return ", ".join(names.get(slug, slug) for slug in slugs)


def tier_name(code: str) -> str:
    """How sure a time is, in a word; a code that is none stands as it is"""
    names = {"precise": _("precise"), "good": _("good"), "indicative": _("indicative"), "statistical": _("statistical")}
    return names.get(code, code)


def either(texts: Iterable[str]) -> str:
    """`30 minutes`, `30 minutes or 1 hour`"""
    *first, last = [*texts] or [""]
    return _("%(first)s or %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def listed(texts: Iterable[str]) -> str:
    """`Studio`, `Studio and Arena`, `Studio, Arena and Control`"""
    *first, last = [*texts] or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def place_name(name: str) -> str:
    """A place as the reader's language calls it, where it is one of those that we bring; else as it was named."""
    return str(PLACE_NAMES.get(name, name))


PLACE_NAMES: Mapping[str, Any] = {
    "Beijing": pgettext_lazy("place", "Beijing"),
    "Cape Town": pgettext_lazy("place", "Cape Town"),
    "Dubai": pgettext_lazy("place", "Dubai"),
    "Guam": pgettext_lazy("place", "Guam"),
    "Houston": pgettext_lazy("place", "Houston"),
    "Lagos": pgettext_lazy("place", "Lagos"),
    "London": pgettext_lazy("place", "London"),
    "Los Angeles": pgettext_lazy("place", "Los Angeles"),
    "Mexico City": pgettext_lazy("place", "Mexico City"),
    "Mumbai": pgettext_lazy("place", "Mumbai"),
    "New York": pgettext_lazy("place", "New York"),
    "Paris": pgettext_lazy("place", "Paris"),
    "Rio de Janeiro": pgettext_lazy("place", "Rio de Janeiro"),
    "Rome": pgettext_lazy("place", "Rome"),
    "Santiago": pgettext_lazy("place", "Santiago"),
    "Svalbard": pgettext_lazy("place", "Svalbard"),
    "Sydney": pgettext_lazy("place", "Sydney"),
    "Tokyo": pgettext_lazy("place", "Tokyo"),
    "White Sands": pgettext_lazy("place", "White Sands"),
}
