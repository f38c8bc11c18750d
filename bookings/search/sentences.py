"""Why there is no window, said so that a producer knows what to change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from bookings.search.ground import Ground
from bookings.search.request import SearchRequest
from bookings.wording import duration as in_words
from bookings.wording import gmt
from modules.models import Closure, FlightRules, Phase

NAMED = 3  # closures named one by one; the rest are counted


def phase(ground: Ground) -> str:
    flying = _flying(ground)
    if not flying:
        return f"{ground.module.name} does not fly in this span, or its phase there is not known."
    said = [
        f"{p.get_kind_display()} from {gmt(p.starts_at)}" + (f" to {gmt(p.ends_at)}" if p.ends_at else "")
        for p in flying
    ]
    return f"{ground.module.name} flies {'; '.join(said)}; a window lies in one phase."


def activity(request: SearchRequest, ground: Ground) -> str:
    equipped = [zone for zone in ground.zones if request.activity in zone.activities]
    if not equipped:
        names = ", ".join(zone.name for zone in ground.zones)
        return f"{names}: not equipped for {request.activity}."
    forbidding = [
        p.get_kind_display()
        for p in _flying(ground)
        if not all(request.activity in _permitted(p).get(zone.pk, zone.activities) for zone in equipped)
    ]
    names = ", ".join(zone.name for zone in equipped)
    return f"The flight rules of the {' and '.join(forbidding)} phase do not allow {request.activity} in: {names}."


def duration(request: SearchRequest, ground: Ground) -> str:
    asked = in_words(request.duration)
    if request.duration > request.span.duration:
        return f"The window ({asked}) is longer than the span searched ({in_words(request.span.duration)})."
    said = [
        f"{in_words(p.rules.shortest_window)} to {in_words(p.rules.longest_window)} while {p.get_kind_display()}"
        for p in _flying(ground)
    ]
    if not said:
        return f"No window of {asked} fits between the whole minutes of the span searched."
    return f"Windows last {'; '.join(said)}; {asked} was asked for."


def lead_time(ground: Ground, at: datetime) -> str:
    said = [
        f"{in_words(p.rules.lead_time)} ahead while {p.get_kind_display()}, so from {gmt(at + p.rules.lead_time)}"
        for p in _flying(ground)
    ]
    return f"Windows are asked for {'; '.join(said)}." if said else f"Before {gmt(at)} is past."


def limits(request: SearchRequest, ground: Ground) -> str:
    said = (f"while {p.get_kind_display()}, {text}" for p in _flying(ground) for text in beyond(request, p.rules))
    return f"More is asked than the module has: {'; '.join(said)}."


def beyond(request: SearchRequest, rules: FlightRules) -> list[str]:
    """Each amount asked for that is more than the rules' limit."""
    return [
        f"{asked:f} {unit} where there is {limit.normalize():f}"
        for asked, limit, unit in (
            (Decimal(request.crew), Decimal(rules.crew_limit), "crew"),
            (Decimal(request.power_kw), Decimal(rules.power_limit_kw), "kW"),
            (Decimal(request.downlink_mbps), Decimal(rules.downlink_limit_mbps), "Mbit/s"),
        )
        if asked > limit
    ]


def closed(ground: Ground) -> str:
    own = {zone.pk for zone in ground.zones}
    ours = [c for c in ground.closures if not c.zones.all() or own & {zone.pk for zone in c.zones.all()}]
    more = f" and {len(ours) - NAMED} more" if len(ours) > NAMED else ""
    return f"Closed for {'; '.join(map(_closure, ours[:NAMED]))}{more}."


def _closure(closure: Closure) -> str:
    return f"{closure.get_kind_display()} from {gmt(closure.starts_at)} to {gmt(closure.ends_at)}"


def taken(ground: Ground) -> str:
    names = ", ".join(zone.name for zone in ground.zones if zone.pk in ground.claims)
    between = sorted({p.rules.turnaround for p in _flying(ground)})
    turnaround = f", and {' or '.join(map(in_words, between))} of turnaround after each window" if between else ""
    return f"Others have booked or hold the time in {names}{turnaround}. A hold can still wait behind theirs."


def capacity(request: SearchRequest) -> str:
    asked = _listed(
        f"{Decimal(amount).normalize():f} {unit}"
        for amount, unit in (
            (request.crew, "crew"),
            (request.power_kw, "kW of power"),
            (request.downlink_mbps, "Mbit/s of downlink"),
        )
        if amount
    )
    return f"With what others have asked for in the other zones, {asked} would be more than the module has."


def crew_awake(request: SearchRequest, ground: Ground) -> str:
    days = _listed(
        sorted({f"from {p.rules.crew_wake:%H:%M} to {p.rules.crew_sleep:%H:%M} GMT" for p in _flying(ground)})
    )
    return f"The crew is awake {days}; a window of {in_words(request.duration)} must lie in one waking day."


def _flying(ground: Ground) -> list[Phase]:
    return [p for p in ground.phases if p.is_bookable]


def _permitted(phase: Phase) -> dict[int, Sequence[str]]:
    return {rule.zone_id: rule.activities for rule in phase.rules.zone_rules.all()}


def _listed(texts: Iterable[str]) -> str:
    return " and ".join(texts)
