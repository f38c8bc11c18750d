"""The timeline as its script reads it: instants as everywhere, words already in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings.web.schedule import Entry
from bookings.web.timeline_rows import Drawing
from bookings.web.timeline_sky import Sky, Timed
from bookings.web.timeline_use import Bucket
from bookings.web.wording import state_of
from bookings.wording import place_name
from modules.instants import write_tenths
from modules.models import Phase, Zone


def as_json(drawing: Drawing, sky: Sky | None) -> dict[str, Any]:
    return {
        "module": drawing.module.slug,
        "from": iso(drawing.span.starts_at),
        "to": iso(drawing.span.ends_at),
        "resolution": drawing.resolution,
        "phases": [_phase(phase) for phase in drawing.phases],
        "zones": [_zone(drawing, zone) for zone in drawing.zones],
        "sky": _sky(sky) if sky else None,
    }


def iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _sky(sky: Sky) -> dict[str, Any]:
    return {
        "night": [_timed(part) for part in sky.nights],
        "passes": [_timed(part) for part in sky.passes],
        "downlink": [_timed(part) for part in sky.downlink] if sky.downlink is not None else None,
        "unknown": [_timed(part) for part in sky.unknown],
        "place": place_name(sky.place.name) if sky.place else None,
        "note": sky.note,
    }


def _timed(part: Timed) -> dict[str, Any]:
    return {
        "from": write_tenths(part.starts_s),
        "to": write_tenths(part.ends_s),
        "tier": part.tier,
        "uncertainty_seconds": part.uncertainty_seconds,
        "stand_in": part.is_stand_in,
        "label": part.label,
    }


def _phase(phase: Phase) -> dict[str, Any]:
    rules = getattr(phase, "rules", None)
    return {
        "kind": phase.kind,
        "label": str(phase.get_kind_display()),
        "certainty": phase.certainty,
        "from": iso(phase.starts_at),
        "to": iso(phase.ends_at) if phase.ends_at else None,
        "bookable": phase.is_bookable,
        "crew_wake": f"{rules.crew_wake:%H:%M}" if rules else None,
        "crew_sleep": f"{rules.crew_sleep:%H:%M}" if rules else None,
    }


def _zone(drawing: Drawing, zone: Zone) -> dict[str, Any]:
    about = {"slug": zone.slug, "name": zone.name}
    if zone.pk in drawing.use:
        return {**about, "use": [_bucket(bucket) for bucket in drawing.use[zone.pk]]}
    return {**about, "bars": drawing.bars[zone.pk]}


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "from": iso(bucket.span.starts_at),
        "to": iso(bucket.span.ends_at),
        "own": round(bucket.own, 4),
        "others": round(bucket.others, 4),
        "closed": round(bucket.closed, 4),
        "percent": bucket.percent,
        "bars": bucket.bars,
    }


def entry_words(entry: Entry) -> str:
    """What the entry is, in words that stand beside its pattern."""
    if entry.booking:
        return state_of(entry.booking)
    if entry.closure:
        return _("Closed: %(kind)s") % {"kind": entry.closure.get_kind_display()}
    return _("Unavailable")
