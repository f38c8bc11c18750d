"""Asking for less crew, power or downlink: as much as the module has, or the most that is left of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from bookings.capacity import MEASURES
from bookings.web.search_forms import SearchForm
from bookings.wording import listed, number
from modules.schedule import schedule_of

Finds = Callable[[QueryDict], int]
"""How many windows a query finds."""


def within_limits(query: QueryDict, form: SearchForm) -> str:
    """No more of anything than a phase of the span allows."""
    span = form.request().span
    phases = [p for p in schedule_of(form.module.pk).phases if p.is_bookable and p.starts_at < span.ends_at]
    phases = [p for p in phases if p.ends_at is None or p.ends_at > span.starts_at]
    said = []
    for measure, limit_name, unit in MEASURES:
        most = max((Decimal(getattr(phase.rules, limit_name)) for phase in phases), default=Decimal(0))
        if Decimal(form.cleaned_data.get(measure) or 0) > most > 0:
            query[measure] = f"{most.normalize():f}"
            said.append(f"{number(most)} {unit}")
    return _("Ask for %(what)s") % {"what": listed(said)} if said else ""


def most_left(measure: str, finds: Finds) -> Callable[[QueryDict, SearchForm], str]:
    """The most of one measure, in whole units, with which there are windows; never more than was asked."""
    unit = next(unit for name, _limit, unit in MEASURES if name == measure)

    def relax(query: QueryDict, form: SearchForm) -> str:
        too_much = int(Decimal(query.get(measure) or 0).to_integral_value(ROUND_CEILING))
        if too_much < 2 or not finds(_with(query, measure, 1)):
            return ""
        enough = 1
        while too_much - enough > 1:
            middle = (enough + too_much) // 2
            if finds(_with(query, measure, middle)):
                enough = middle
            else:
                too_much = middle
        query[measure] = f"{enough}"
        return _("Ask for %(what)s") % {"what": f"{number(enough)} {unit}"}

    return relax


def nothing(query: QueryDict, form: SearchForm) -> str:
    names = [name for name, _limit, _unit in MEASURES if form.cleaned_data.get(name)]
    for name in names:
        query[name] = "0"
    words = {"crew": _("no crew on set"), "power_kw": _("no power"), "downlink_mbps": _("no downlink")}
    return _("Ask for %(what)s") % {"what": listed(words[name] for name in names)} if names else ""


def _with(query: QueryDict, measure: str, amount: int) -> QueryDict:
    tried = query.copy()
    tried[measure] = f"{amount}"
    return tried
