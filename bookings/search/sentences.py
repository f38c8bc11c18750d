"""Why there is no window, said so that a producer knows what to change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.search.ground import Ground
from bookings.search.request import SearchRequest
from bookings.wording import activity_name, either, gmt, listed, number
from bookings.wording import duration as in_words
from modules.models import Closure, FlightRules, Phase

NAMED = 3  # closures named one by one; the rest are counted


def phase(ground: Ground) -> str:
    flying = _flying(ground)
    if not flying:
        sentence = _("%(module)s does not fly in this span, or its phase there is not known.")
        return sentence % {"module": ground.module.name}
    sentence = _("%(module)s flies %(phases)s; a window lies in one phase.")
    return sentence % {"module": ground.module.name, "phases": "; ".join(map(_flight, flying))}


def _flight(phase: Phase) -> str:
    sentence = _("%(phase)s from %(start)s to %(end)s") if phase.ends_at else _("%(phase)s from %(start)s")
    end = gmt(phase.ends_at) if phase.ends_at else ""
    return sentence % {"phase": phase.get_kind_display(), "start": gmt(phase.starts_at), "end": end}


def activity(request: SearchRequest, ground: Ground) -> str:
    asked = activity_name(request.activity)
    equipped = [zone for zone in ground.zones if request.activity in zone.activities]
    if not equipped:
        names = ", ".join(zone.name for zone in ground.zones)
        return _("%(zones)s: not equipped for %(activity)s.") % {"zones": names, "activity": asked}
    forbidding = [
        p.get_kind_display()
        for p in _flying(ground)
        if not all(request.activity in _permitted(p).get(zone.pk, zone.activities) for zone in equipped)
    ]
    names = ", ".join(zone.name for zone in equipped)
    sentence = _("The flight rules of the %(phase)s phase do not allow %(activity)s in: %(zones)s.")
    return sentence % {"phase": listed(forbidding), "activity": asked, "zones": names}


def duration(request: SearchRequest, ground: Ground) -> str:
    asked = in_words(request.duration)
    if request.duration > request.span.duration:
        sentence = _("The window (%(asked)s) is longer than the span searched (%(span)s).")
        return sentence % {"asked": asked, "span": in_words(request.span.duration)}
    said = [
        _("%(shortest)s to %(longest)s while %(phase)s")
        % {
            "shortest": in_words(p.rules.shortest_window),
            "longest": in_words(p.rules.longest_window),
            "phase": p.get_kind_display(),
        }
        for p in _flying(ground)
    ]
    if not said:
        sentence = _("No window of %(asked)s fits between the whole minutes of the span searched.")
        return sentence % {"asked": asked}
    return _("Windows last %(lengths)s; %(asked)s was asked for.") % {"lengths": "; ".join(said), "asked": asked}


def lead_time(ground: Ground, at: datetime, stands: timedelta) -> str:
    sentence = _("%(length)s ahead while %(phase)s, so from %(start)s")
    if stands:
        sentence = _("%(length)s ahead while %(phase)s, with %(stands)s to decide in, so from %(start)s")
    said = [
        sentence
        % {
            "length": in_words(p.rules.lead_time),
            "phase": p.get_kind_display(),
            "stands": in_words(stands),
            "start": gmt(at + p.rules.lead_time + stands),
        }
        for p in _flying(ground)
    ]
    if not said:
        return _("Before %(start)s is past.") % {"start": gmt(at)}
    return _("Windows are asked for %(times)s.") % {"times": "; ".join(said)}


def limits(request: SearchRequest, ground: Ground) -> str:
    said = (
        _("while %(phase)s, %(amount)s") % {"phase": p.get_kind_display(), "amount": text}
        for p in _flying(ground)
        for text in beyond(request, p.rules)
    )
    return _("More is asked than the module has: %(amounts)s.") % {"amounts": "; ".join(said)}


def beyond(request: SearchRequest, rules: FlightRules) -> list[str]:
    """Each amount asked for that is more than the rules' limit."""
    return [
        _("%(asked)s %(unit)s where there is %(limit)s")
        % {"asked": number(asked), "unit": unit, "limit": number(limit)}
        for asked, limit, unit in (
            (Decimal(request.crew), Decimal(rules.crew_limit), _("crew")),
            (Decimal(request.power_kw), Decimal(rules.power_limit_kw), "kW"),
            (Decimal(request.downlink_mbps), Decimal(rules.downlink_limit_mbps), "Mbit/s"),
        )
        if asked > limit
    ]


def closed(ground: Ground) -> str:
    own = {zone.pk for zone in ground.zones}
    ours = [c for c in ground.closures if not c.zones.all() or own & {zone.pk for zone in c.zones.all()}]
    named, more = "; ".join(map(_closure, ours[:NAMED])), len(ours) - NAMED
    if more <= 0:
        return _("Closed for %(closures)s.") % {"closures": named}
    said = ngettext("Closed for %(closures)s and one more.", "Closed for %(closures)s and %(more)d more.", more)
    return said % {"closures": named, "more": more}


def _closure(closure: Closure) -> str:
    said = {"start": gmt(closure.starts_at), "end": gmt(closure.ends_at), "kind": closure.get_kind_display()}
    return _("%(kind)s from %(start)s to %(end)s") % said


def taken(ground: Ground) -> str:
    names = ", ".join(zone.name for zone in ground.zones if zone.pk in ground.claims)
    between = sorted({p.rules.turnaround for p in _flying(ground)})
    if not between:
        sentence = _("Others have booked or hold the time in %(zones)s. A hold can still wait behind theirs.")
        return sentence % {"zones": names}
    sentence = _(
        "Others have booked or hold the time in %(zones)s, and %(turnaround)s of turnaround after each window. "
        "A hold can still wait behind theirs."
    )
    return sentence % {"zones": names, "turnaround": either(map(in_words, between))}


def capacity(request: SearchRequest) -> str:
    asked = listed(
        f"{number(Decimal(amount))} {unit}"
        for amount, unit in (
            (request.crew, _("crew")),
            (request.power_kw, _("kW of power")),
            (request.downlink_mbps, _("Mbit/s of downlink")),
        )
        if amount
    )
    sentence = _("With what others have asked for in the other zones, %(asked)s would be more than the module has.")
    return sentence % {"asked": asked}


def crew_awake(request: SearchRequest, ground: Ground) -> str:
    hours = {(f"{p.rules.crew_wake:%H:%M}", f"{p.rules.crew_sleep:%H:%M}") for p in _flying(ground)}
    days = [_("from %(wake)s to %(sleep)s GMT") % {"wake": wake, "sleep": sleep} for wake, sleep in sorted(hours)]
    sentence = _("The crew is awake %(days)s; a window of %(length)s must lie in one waking day.")
    return sentence % {"days": listed(days), "length": in_words(request.duration)}


def _flying(ground: Ground) -> list[Phase]:
    return [p for p in ground.phases if p.is_bookable]


def _permitted(phase: Phase) -> dict[int, Sequence[str]]:
    return {rule.zone_id: rule.activities for rule in phase.rules.zone_rules.all()}
