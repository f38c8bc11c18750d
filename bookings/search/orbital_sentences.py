"""Why the orbit gives no window, with the numbers that say so."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.conditions import Conditions, Lighting
from bookings.search.request import SearchRequest
from bookings.wording import duration as in_words
from bookings.wording import gmt, in_minutes, number, place_name
from modules.conditions import Outlook
from modules.models import Place
from modules.orbit import utc_datetime
from modules.orbit.coverage import gaps

NO_NIGHT_DEGREES = 69


def lighting(request: SearchRequest, outlook: Outlook) -> str:
    wanted = request.conditions
    if not outlook.sources:
        return _unknown()
    needed = in_words(wanted.light_needed(request.duration))
    if wanted.lighting == Lighting.DAY:
        said = _("No window has %(length)s of unbroken day.") % {"length": needed}
        return f"{said} {_days(outlook)}"
    longest_s = _longest_night_s(outlook)
    if longest_s <= 0:
        return _NEVER[Lighting(wanted.lighting)] % {"beta": _beta(outlook), "least": NO_NIGHT_DEGREES}
    if wanted.lighting == Lighting.NIGHT:
        sentence = _(
            "No window has %(length)s of unbroken night: the longest orbital night here is %(longest)s (beta %(beta)s)."
        )
        longest = in_minutes(round(longest_s / 60))
        return sentence % {"length": needed, "longest": longest, "beta": _beta(outlook)} + _errors(outlook)
    return _UNSURE[Lighting(wanted.lighting)] + _errors(outlook)


_NEVER = {
    Lighting.NIGHT: gettext_lazy(
        "no orbital night: beta is %(beta)s, and from about %(least)s° up an orbit has no night."
    ),
    Lighting.SUNRISE: gettext_lazy("no sunrise: beta is %(beta)s, and from about %(least)s° up an orbit has no night."),
    Lighting.SUNSET: gettext_lazy("no sunset: beta is %(beta)s, and from about %(least)s° up an orbit has no night."),
}
_UNSURE = {
    Lighting.SUNRISE: gettext_lazy("No window is sure to hold a sunrise."),
    Lighting.SUNSET: gettext_lazy("No window is sure to hold a sunset."),
}


def passing(request: SearchRequest, outlook: Outlook) -> str:
    wanted = request.conditions
    if not outlook.sources:
        return _unknown()
    lengths = outlook.passes[:, 2] - outlook.passes[:, 1]
    if wanted.pass_min:
        sentence = _("No window holds a whole pass of at least %(length)s over %(place)s above %(degrees)s°.")
    else:
        sentence = _("No window holds a whole pass over %(place)s above %(degrees)s°.")
    said = sentence % {
        "length": in_words(wanted.pass_min) if wanted.pass_min else "",
        "place": _over(wanted),
        "degrees": number(wanted.min_elevation_degrees),
    }
    foreseen = ngettext("%(count)d pass is foreseen.", "%(count)d passes are foreseen.", len(lengths))
    said += " " + foreseen % {"count": len(lengths)}
    if len(lengths):
        longest = number(float(lengths.max()) / 60, 1)
        said += " " + _("The longest is %(minutes)s minutes.") % {"minutes": longest}
    return said + _errors(outlook)


def _over(wanted: Conditions) -> str:
    """`Rome`, or where no place is named `41.9°, 12.5°`"""
    if not wanted.place:
        return f"{number(wanted.latitude or 0)}°, {number(wanted.longitude or 0)}°"
    return place_name(Place.objects.filter(slug=wanted.place).values_list("name", flat=True).first() or wanted.place)


def downlink(request: SearchRequest, outlook: Outlook) -> str:
    if not outlook.sources:
        return _unknown()
    if not len(outlook.covered):
        return _("No relay or ground station is known to carry a downlink then.") + _errors(outlook)
    assert request.conditions.downlink_min is not None  # noqa: S101 - asked for, or nobody asks why
    sentence = _("No window has %(length)s of unbroken downlink; the longest coverage is %(longest)s.")
    lengths = {"length": in_words(request.conditions.downlink_min), "longest": in_words(outlook.covered_longest)}
    return sentence % lengths + _errors(outlook)


def apart(name: str, request: SearchRequest, outlook: Outlook) -> str:
    """What is given in some windows, only never in those that the rest leaves."""
    wanted = request.conditions
    if name == "lighting":
        needed = in_words(wanted.light_needed(request.duration))
        said = str(_LIGHT[Lighting(wanted.lighting)]) % {"length": needed}
    elif name == "pass":
        above = {"place": _over(wanted), "degrees": number(wanted.min_elevation_degrees)}
        said = _("A whole pass over %(place)s above %(degrees)s°") % above
    else:
        assert wanted.downlink_min is not None  # noqa: S101 - asked for, or nobody asks why
        said = _("%(length)s of unbroken downlink") % {"length": in_words(wanted.downlink_min)}
    return _("%(what)s can be had, but in no window together with the rest.") % {"what": said} + _errors(outlook)


_LIGHT = {
    Lighting.NIGHT: gettext_lazy("%(length)s of unbroken night"),
    Lighting.DAY: gettext_lazy("%(length)s of unbroken day"),
    Lighting.SUNRISE: gettext_lazy("A sunrise"),
    Lighting.SUNSET: gettext_lazy("A sunset"),
}


def _unknown() -> str:
    return _("No orbit elements are loaded, so nothing can be said of the orbit. Ask staff.")


def _longest_night_s(outlook: Outlook) -> float:
    by_clock = (outlook.nights[:, 1] - outlook.nights[:, 0]).max(initial=0.0)
    return max(float(by_clock), max((p.night_seconds for p in outlook.planes.values()), default=0.0))


def _days(outlook: Outlook) -> str:
    nights = in_minutes(round(_longest_night_s(outlook) / 60))
    return _("An orbit of about 93 minutes has up to %(night)s of night.") % {"night": nights} + _errors(outlook)


def _beta(outlook: Outlook) -> str:
    betas = [*outlook.betas.values(), *(plane.beta_degrees for plane in outlook.planes.values())]
    low, high = (round(float(each)) for each in (np.min(betas), np.max(betas)))
    return f"{low}°" if low == high else _("%(low)s° to %(high)s°") % {"low": low, "high": high}


def _errors(outlook: Outlook) -> str:
    """What the uncertainty takes away, where it does."""
    said = []
    vague = [s for s in outlook.stretches if s.uncertainty_seconds is not None and s.uncertainty_seconds > 10]
    if vague:
        worst = max(s.uncertainty_seconds or 0 for s in vague)
        sentence = (
            _("The clock here is a stand-in’s and not known; ±%(minutes)d minutes are left out of what counts.")
            if outlook.is_stand_in
            else _("Times are known to ±%(minutes)d minutes here, and only what is sure counts.")
        )
        said.append(" " + sentence % {"minutes": round(worst / 60)})
    unclear = gaps(outlook.clock, outlook.stretches[0].starts_s, outlook.stretches[-1].ends_s)
    if len(unclear):
        sentence = _("From %(start)s no clock times are known, only what each whole orbit is sure of.")
        said.append(" " + sentence % {"start": gmt(utc_datetime(unclear[0, 0]))})
    return "".join(said)
