"""Why nothing could be had, and the one change that would help most, as an address to follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.capacity import MEASURES
from bookings.conditions import Lighting
from bookings.exceptions import Refusal
from bookings.search import OFFER_STANDS, Reason, count
from bookings.web.relaxing_amounts import most_left, nothing, within_limits
from bookings.web.search_forms import SearchForm
from bookings.wording import in_minutes, listed

WIDER = timedelta(days=30)
LONGEST = timedelta(days=399)
FEWEST_DAYS = 30
ROUND_MINUTES = (60, 45, 40, 30, 20, 15, 10)
OVER = ("place", "latitude", "longitude", "pass_min", "min_elevation")

NOTHING = ("", "", 0)
SENTENCE_ENDS = re.compile(r"(?<=\.)\s+")

Change = Callable[[QueryDict, SearchForm], str]
"""Asks less of one thing in the query, and says so; empty where that cannot be."""


@dataclass(frozen=True)
class Suggestion:
    """A reason; where one click relaxes it, what that does, where it leads and what it finds there.

    `detail` is what the reason says that none before it has said already.
    """

    reason: Reason
    detail: str
    label: str = ""
    query: str = ""
    finds: int = 0
    is_best: bool = False

    @property
    def excluded(self) -> timedelta:
        return timedelta(seconds=self.reason.excluded_seconds)

    @property
    def windows_without(self) -> int:
        """How many windows there would be without it; 0 too where nobody can do without it, as no wish does it."""
        return 0 if self.reason.requirement == "lead_time" else self.reason.windows_without


@dataclass(frozen=True)
class Together:
    """Where no one change is enough: the fewest of them, heaviest first, that are enough together."""

    label: str
    query: str
    finds: int


def suggestions(why: Sequence[Reason], form: SearchForm, *, at: datetime) -> list[Suggestion]:
    """The reasons, the one that costs most first. A change is offered where it was tried and found windows."""
    relaxations = _relaxations(form, at)
    order = sorted(why, key=lambda reason: (-reason.windows_without, -reason.excluded_seconds))
    found: list[Suggestion] = []
    for reason, detail in zip(order, _each_sentence_once(order), strict=True):
        tried = (_tried(change, form, at=at) for change in relaxations.get(reason.requirement, (_wider,)))
        label, query, finds = next((each for each in tried if each[2]), NOTHING)
        if query and any(query == each.query for each in found):  # what undoes two reasons is offered once
            label, query, finds = NOTHING
        is_best = bool(finds) and not any(each.is_best for each in found)
        found.append(Suggestion(reason, detail, label, query, finds, is_best))
    return found


def _each_sentence_once(why: Sequence[Reason]) -> Iterator[str]:
    """The reasons' sentences without those that one before them says in the same words: how sure the orbit is."""
    said: set[str] = set()
    for reason in why:
        sentences = SENTENCE_ENDS.split(reason.detail)
        yield " ".join(sentence for sentence in sentences if sentence not in said) or reason.detail
        said.update(sentences)


def together(why: Sequence[Reason], form: SearchForm, *, at: datetime) -> Together | None:
    """The changes made one after the other until something is found; None where even all of them find nothing.

    What gives up a wish altogether is done only where asking less of it is not enough.
    """
    relaxations = _relaxations(form, at)
    order = sorted(why, key=lambda reason: -reason.excluded_seconds)
    changes = dict.fromkeys(c for reason in order for c in relaxations.get(reason.requirement, (_wider,)))
    mild = [change for change in changes if change not in GIVING_UP]
    return _made_together(mild, form, at) or (
        _made_together(list(changes), form, at) if len(mild) < len(changes) else None
    )


def _made_together(changes: Sequence[Change], form: SearchForm, at: datetime) -> Together | None:
    query, labels = _query(form), dict[frozenset[str], str]()
    for change in changes:
        before = query.copy()
        label = change(query, form)
        if not label:
            continue
        touched = frozenset(name for name in form.fields if query.getlist(name) != before.getlist(name))
        labels = {names: said for names, said in labels.items() if not names <= touched} | {touched: label}
        if len(labels) > 1 and (finds := _finds(query, form, at=at)):
            return Together(listed(labels.values()), query.urlencode(), finds)
    return None


def _tried(change: Change, form: SearchForm, *, at: datetime) -> tuple[str, str, int]:
    query = _query(form)
    label = change(query, form)
    return label, query.urlencode(), _finds(query, form, at=at) if label else 0


def _finds(query: QueryDict, form: SearchForm, *, at: datetime) -> int:
    tried = SearchForm(query, module=form.module)
    if not tried.is_valid():
        return 0
    try:
        return count(tried.request(), at=at, stands=OFFER_STANDS)
    except Refusal:
        return 0


def _query(form: SearchForm) -> QueryDict:
    query = QueryDict(mutable=True)
    for name in form.fields:
        values = form.data.getlist(name) if hasattr(form.data, "getlist") else [form.data.get(name, "")]
        query.setlist(name, [str(value) for value in values if value])
    if "module" in form.data:
        query["module"] = form.data["module"]
    return query


def _wider(query: QueryDict, form: SearchForm) -> str:
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    later = min(end + WIDER, start + LONGEST)
    if later <= end or query.get("start") != form.data.get("start"):
        return ""
    query["end"] = f"{later}"
    return ngettext("Search %(count)d day further", "Search %(count)d days further", (later - end).days) % {
        "count": (later - end).days
    }


def _from_now(at: datetime) -> Change:
    """As many days, from today on, where those that were asked for begin before."""

    def relax(query: QueryDict, form: SearchForm) -> str:
        start, end, today = form.cleaned_data["start"], form.cleaned_data["end"], at.astimezone(UTC).date()
        if start >= today:
            return ""
        days = max((end - start).days, FEWEST_DAYS)
        query["start"], query["end"] = f"{today}", f"{today + timedelta(days=days)}"
        return ngettext("Search the next %(count)d day", "Search the next %(count)d days", days) % {"count": days}

    return relax


def _any_zone(query: QueryDict, form: SearchForm) -> str:
    if not query.getlist("zones"):
        return ""
    query.setlist("zones", [])
    return _("Look in every zone")


def _asleep_too(query: QueryDict, form: SearchForm) -> str:
    query.pop("crew_awake", None)
    return _("Allow hours when the crew sleeps")


def _shorter(query: QueryDict, form: SearchForm) -> str:
    if form.cleaned_data["duration"] > timedelta(hours=2):
        query["duration"] = _("2 hours")
        return _("Ask for 2 hours")
    query["duration"] = _("1 hour")
    return _("Ask for 1 hour") if form.cleaned_data["duration"] < timedelta(hours=1) else ""


def _without(label: Promise, *names: str) -> Change:
    """Leave these out, where any of them is asked."""

    def relax(query: QueryDict, form: SearchForm) -> str:
        asked = [name for name in names if query.get(name)]
        for name in names:
            query.pop(name, None)
        return str(label) if asked else ""

    return relax


def _less_light(query: QueryDict, form: SearchForm) -> str:
    """The next round figure below what is asked, such as people say it."""
    asked, lighting = form.cleaned_data.get("lighting_min"), form.cleaned_data.get("lighting")
    words = {Lighting.NIGHT: _("Ask for %(length)s of night"), Lighting.DAY: _("Ask for %(length)s of day")}
    less = next((n for n in ROUND_MINUTES if asked and timedelta(minutes=n) < asked), None)
    if less is None or lighting not in words:
        return ""
    query["lighting_min"] = length = in_minutes(less)
    return words[lighting] % {"length": length}


_any_light = _without(gettext_lazy("Take any light"), "lighting", "lighting_min")
_anywhere = _without(gettext_lazy("Fly over anywhere"), *OVER)
_off_line = _without(gettext_lazy("Do without unbroken downlink"), "downlink_min")

GIVING_UP = frozenset({nothing, _any_light})
"""What lets go of a wish of which there is also less to be asked."""


def _relaxations(form: SearchForm, at: datetime) -> dict[str, Sequence[Change]]:
    """What may be tried for each requirement, the mildest first."""
    less = [most_left(measure, lambda query: _finds(query, form, at=at)) for measure, _limit, _unit in MEASURES]
    from_now = _from_now(at)
    return {
        "phase": (from_now, _wider),
        "lead_time": (from_now, _wider),
        "activity": (_any_zone,),
        "duration": (_shorter,),
        "limits": (within_limits, *less, nothing),
        "capacity": (*less, nothing),
        "taken": (_any_zone, _wider),
        "closed": (_any_zone, _wider),
        "crew_awake": (_asleep_too,),
        "lighting": (_less_light, _any_light),
        "pass": (_anywhere,),
        "downlink": (_off_line,),
    }
