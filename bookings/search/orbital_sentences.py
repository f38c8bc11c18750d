"""Why the orbit gives no window, with the numbers that say so."""

from __future__ import annotations

import numpy as np

from bookings.conditions import Lighting
from bookings.search.request import SearchRequest
from bookings.wording import duration as in_words
from bookings.wording import gmt
from modules.conditions import Outlook
from modules.orbit import utc_datetime
from modules.orbit.coverage import gaps

NO_NIGHT_DEGREES = 69


def lighting(request: SearchRequest, outlook: Outlook) -> str:
    wanted = request.conditions
    if not outlook.sources:
        return UNKNOWN
    if wanted.lighting == Lighting.DAY:
        return f"No window has {in_words(wanted.light_needed(request.duration))} of unbroken day. {_days(outlook)}"
    longest_s = _longest_night_s(outlook)
    if longest_s <= 0:
        what = "no orbital night" if wanted.lighting == Lighting.NIGHT else f"no {wanted.lighting}"
        return f"{what}: beta is {_beta(outlook)}, and from about {NO_NIGHT_DEGREES}° up an orbit has no night."
    if wanted.lighting == Lighting.NIGHT:
        needed = in_words(wanted.light_needed(request.duration))
        return (
            f"No window has {needed} of unbroken night: the longest orbital night here is "
            f"{longest_s / 60:.0f} minutes (beta {_beta(outlook)}).{_errors(outlook)}"
        )
    return f"No window is sure to hold a {wanted.lighting}.{_errors(outlook)}"


def passing(request: SearchRequest, outlook: Outlook) -> str:
    wanted = request.conditions
    if not outlook.sources:
        return UNKNOWN
    where = wanted.place or f"{wanted.latitude:g}°, {wanted.longitude:g}°"
    least = f" of at least {in_words(wanted.pass_min)}" if wanted.pass_min else ""
    lengths = outlook.passes[:, 2] - outlook.passes[:, 1]
    longest = f" The longest is {lengths.max() / 60:.1f} minutes." if len(lengths) else ""
    return (
        f"No window holds a whole pass{least} over {where} above {wanted.min_elevation_degrees:g}°; "
        f"{len(lengths)} are foreseen.{longest}{_errors(outlook)}"
    )


def downlink(request: SearchRequest, outlook: Outlook) -> str:
    if not outlook.sources:
        return UNKNOWN
    if not len(outlook.covered):
        return f"Nobody is known to carry a downlink here.{_errors(outlook)}"
    assert request.conditions.downlink_min is not None  # noqa: S101 - asked for, or nobody asks why
    least = in_words(request.conditions.downlink_min)
    longest = in_words(outlook.covered_longest)
    return f"No window has {least} of unbroken downlink; the longest coverage is {longest}.{_errors(outlook)}"


UNKNOWN = "No orbit elements are loaded, so nothing can be said of the orbit. Ask staff."


def _longest_night_s(outlook: Outlook) -> float:
    by_clock = (outlook.nights[:, 1] - outlook.nights[:, 0]).max(initial=0.0)
    return max(float(by_clock), max((p.night_seconds for p in outlook.planes.values()), default=0.0))


def _days(outlook: Outlook) -> str:
    nights = _longest_night_s(outlook) / 60
    return f"An orbit of about 93 minutes has up to {nights:.0f} minutes of night.{_errors(outlook)}"


def _beta(outlook: Outlook) -> str:
    betas = [*outlook.betas.values(), *(plane.beta_degrees for plane in outlook.planes.values())]
    low, high = (round(float(each)) for each in (np.min(betas), np.max(betas)))
    return f"{low}°" if low == high else f"{low}° to {high}°"


def _errors(outlook: Outlook) -> str:
    """What the uncertainty takes away, where it does."""
    said = []
    vague = [s for s in outlook.stretches if s.uncertainty_seconds is not None and s.uncertainty_seconds > 10]
    if vague:
        worst = max(s.uncertainty_seconds or 0 for s in vague)
        said.append(f" Times are known to ±{worst / 60:.0f} minutes here, and only what is sure counts.")
    unclear = gaps(outlook.clock, outlook.stretches[0].starts_s, outlook.stretches[-1].ends_s)
    if len(unclear):
        said.append(
            f" From {gmt(utc_datetime(unclear[0, 0]))} no clock times are known, only what each whole orbit is sure of."
        )
    return "".join(said)
