"""Why nothing could be had, and the one change that would help most, as an address to follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.search import Reason
from bookings.wording import listed

WIDER = timedelta(days=30)
LONGEST = timedelta(days=399)


@dataclass(frozen=True)
class Suggestion:
    """A reason in a sentence; where one click can relax it, what that does and where it leads."""

    reason: Reason
    label: str = ""
    query: str = ""
    is_best: bool = False

    @property
    def excluded(self) -> timedelta:
        return timedelta(seconds=self.reason.excluded_seconds)


def suggestions(why: Sequence[Reason], form: forms.Form) -> list[Suggestion]:
    """The reasons, the one that costs most first; it alone gets the prominent button."""
    order = sorted(why, key=lambda reason: (-reason.windows_without, -reason.excluded_seconds))
    found: list[Suggestion] = []
    for reason in order:
        label, query = _relaxed(reason.requirement, form)
        found.append(Suggestion(reason, label, query, bool(query) and not any(s.is_best for s in found)))
    return found


def _relaxed(requirement: str, form: forms.Form) -> tuple[str, str]:
    query = _query(form)
    relax = _RELAXATIONS.get(requirement, _wider)
    label = relax(query, form)
    return (label, query.urlencode()) if label else ("", "")


def _query(form: forms.Form) -> QueryDict:
    query = QueryDict(mutable=True)
    for name in form.fields:
        values = form.data.getlist(name) if hasattr(form.data, "getlist") else [form.data.get(name, "")]
        query.setlist(name, [str(value) for value in values if value])
    if "module" in form.data:
        query["module"] = form.data["module"]
    return query


def _wider(query: QueryDict, form: forms.Form) -> str:
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    later = min(end + WIDER, start + LONGEST)
    if later <= end:
        return ""
    query["end"] = f"{later}"
    return ngettext("Search %(count)d day further", "Search %(count)d days further", (later - end).days) % {
        "count": (later - end).days
    }


def _any_zone(query: QueryDict, form: forms.Form) -> str:
    if not query.getlist("zones"):
        return ""
    query.setlist("zones", [])
    return _("Look in every zone")


def _asleep_too(query: QueryDict, form: forms.Form) -> str:
    query.pop("crew_awake", None)
    return _("Allow hours when the crew sleeps")


def _modest(query: QueryDict, form: forms.Form) -> str:
    names = [name for name in ("crew", "power_kw", "downlink_mbps") if form.cleaned_data.get(name)]
    for name in names:
        query[name] = "0"
    words = {"crew": _("no crew on set"), "power_kw": _("no power"), "downlink_mbps": _("no downlink")}
    return _("Ask for %(what)s") % {"what": listed(words[name] for name in names)} if names else ""


def _shorter(query: QueryDict, form: forms.Form) -> str:
    if form.cleaned_data["duration"] > timedelta(hours=2):
        query["duration"] = _("2 hours")
        return _("Ask for 2 hours")
    query["duration"] = _("1 hour")
    return _("Ask for 1 hour") if form.cleaned_data["duration"] < timedelta(hours=1) else ""


def _taken(query: QueryDict, form: forms.Form) -> str:
    return _any_zone(query, form) or _wider(query, form)


def _without(label: Promise, *names: str) -> Callable[[QueryDict, Any], str]:
    """Leave these out, where any of them is asked."""

    def relax(query: QueryDict, form: Any) -> str:
        asked = [name for name in names if query.get(name)]
        for name in names:
            query.pop(name, None)
        return str(label) if asked else ""

    return relax


_RELAXATIONS: dict[str, Callable[[QueryDict, Any], str]] = {
    "activity": _any_zone,
    "duration": _shorter,
    "limits": _modest,
    "capacity": _modest,
    "taken": _taken,
    "closed": _taken,
    "crew_awake": _asleep_too,
    "lighting": _without(gettext_lazy("Take any light"), "lighting", "lighting_min"),
    "pass": _without(gettext_lazy("Fly over anywhere"), "place", "latitude", "longitude", "pass_min", "min_elevation"),
    "downlink": _without(gettext_lazy("Do without unbroken downlink"), "downlink_min"),
}
