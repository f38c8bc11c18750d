"""How a page answers a refusal: the HTTP status, and the windows offered instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bookings import measures
from bookings.drafts import Draft
from bookings.exceptions import Invalid, NotAllowed, NotFound, NotPriced, Refusal, RuleBroken, StaleVersion
from bookings.wording import zone_names, zones_in_words
from modules.models import Module

_STATUSES: list[tuple[type[Refusal], int]] = [
    (RuleBroken, 400),
    (Invalid, 400),
    (NotPriced, 409),
    (StaleVersion, 412),
    (NotAllowed, 403),
    (NotFound, 404),
]


def status_of(refusal: Refusal) -> int:
    """The status that a page refuses with; each refusal is counted by its code."""
    measures.refused(refusal.code, "page")
    return next((status for kind, status in _STATUSES if isinstance(refusal, kind)), 409)


@dataclass(frozen=True)
class Offer:
    """A window that could be had instead, and the query that asks for it."""

    starts_at: datetime
    ends_at: datetime
    where: str
    query: str


def offers(refusal: Refusal | None, draft: Draft | None, module: Module) -> list[Offer]:
    """The alternatives that a refusal names, each as one click away from being asked for."""
    if refusal is None or draft is None:
        return []
    return offers_near(refusal.extra.get("alternatives", []), draft, module)


def offers_near(found: Sequence[dict[str, Any]], draft: Draft, module: Module) -> list[Offer]:
    """Windows near what `draft` asks for, each as one click away from being asked for."""
    names = zone_names(module.pk) if found else {}
    return [_offer(window, draft, names) for window in found]


def offers_of(windows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Offer]:
    """Windows as they are searched for, to be shown; they ask for nothing. `names` are those of the zones."""
    return [
        Offer(_instant(each["starts_at"]), _instant(each["ends_at"]), zones_in_words(each["zones"], names), "")
        for each in windows
    ]


def _offer(window: dict[str, Any], draft: Draft, names: Mapping[str, str]) -> Offer:
    starts_at, ends_at = _instant(window["starts_at"]), _instant(window["ends_at"])
    zones = tuple(window.get("zones") or ([window["zone"]] if window.get("zone") else draft.zones))
    return Offer(starts_at, ends_at, zones_in_words(zones, names), query_of(draft, starts_at, ends_at, zones))


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def query_of(draft: Draft, starts_at: datetime, ends_at: datetime, zones: tuple[str, ...]) -> str:
    """`draft` at other times, as the booking form's address has it."""
    asked = {
        "production": str(draft.production_id),
        "activity": draft.activity,
        "zones": zones,
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "crew": draft.crew,
        "power_kw": draft.power_kw,
        "downlink_mbps": draft.downlink_mbps,
        "media_return_kg": f"{draft.media_return_kg.normalize():f}",
        "module": draft.module,
    }
    return urlencode(asked, doseq=True)
