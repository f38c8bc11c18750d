"""Flight rules, checked against what is asked for. No database: a phase with its rules comes in.

Every broken rule is reported, the most telling first, so that nobody learns of them one refusal at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.drafts import Draft
from bookings.exceptions import FieldError, Invalid, RuleBroken
from bookings.wording import activity_name, duration, gmt
from modules.intervals import Span
from modules.models import Closure, FlightRules, Phase, Zone


def check(
    draft: Draft,
    *,
    zones: Sequence[Zone],
    phase: Phase | None,
    closures: Iterable[Closure],
    at: datetime,
    lead: bool = True,
) -> Phase:
    """The phase that the draft is in, where it keeps every rule; raises RuleBroken naming each it breaks.

    `lead` is False where the same time was asked for before, in time: a hold may be requested, and a request
    confirmed, when less than the lead time is left.
    """
    found = [*_shape(draft), *_time(draft, at)]
    found += _phase(draft, phase)
    if phase is not None and phase.is_bookable:
        found += _windows(draft, phase, at, lead=lead)
        found += _zones(draft, zones, phase)
        found += _limits(draft, phase.rules)
    found += _closed(draft, zones, closures)
    if found:
        raise RuleBroken(found)
    assert phase is not None  # noqa: S101 - `_phase` reported its absence
    return phase


def phase_of(span: Span, phases: Iterable[Phase]) -> Phase | None:
    """The phase in which the window starts."""
    for phase in phases:
        if phase.starts_at <= span.starts_at and (phase.ends_at is None or span.starts_at < phase.ends_at):
            return phase
    return None


def _shape(draft: Draft) -> Iterator[FieldError]:
    errors = [
        FieldError(field, "not_whole_minute", _("Windows start and end on whole minutes."))
        for field, instant in (("starts_at", draft.span.starts_at), ("ends_at", draft.span.ends_at))
        if instant.second or instant.microsecond
    ]
    if errors:
        raise Invalid(errors)
    return iter(())


def _time(draft: Draft, at: datetime) -> Iterator[FieldError]:
    if draft.span.starts_at <= at:
        yield FieldError(
            "starts_at",
            "in_the_past",
            _("The window starts %(start)s: that is past.") % {"start": gmt(draft.span.starts_at)},
        )


def _phase(draft: Draft, phase: Phase | None) -> Iterator[FieldError]:
    if phase is None or not phase.is_bookable:
        if phase is None:
            sentence = _("%(start)s is in no phase. Choose a time in which it flies.")
        else:
            sentence = _(
                "%(start)s is before the module flies or after it retires (%(phase)s). Choose a time in which it flies."
            )
        said = {"start": gmt(draft.span.starts_at), "phase": phase.get_kind_display() if phase else ""}
        yield FieldError("starts_at", "outside_phase", sentence % said)
    elif phase.ends_at is not None and draft.span.ends_at > phase.ends_at:
        yield FieldError(
            "ends_at",
            "crosses_phase",
            _("The %(phase)s phase ends %(end)s; a window lies in one phase. End by then, or start after it.")
            % {"phase": phase.get_kind_display(), "end": gmt(phase.ends_at)},
        )


def _windows(draft: Draft, phase: Phase, at: datetime, *, lead: bool) -> Iterator[FieldError]:
    rules, length = phase.rules, draft.span.duration
    if length < rules.shortest_window:
        yield FieldError(
            "ends_at",
            "too_short",
            _("The window is %(length)s long; the shortest is %(shortest)s.")
            % {"length": duration(length), "shortest": duration(rules.shortest_window)},
        )
    if length > rules.longest_window:
        yield FieldError(
            "ends_at",
            "too_long",
            _("The window is %(length)s long; the longest is %(longest)s.")
            % {"length": duration(length), "longest": duration(rules.longest_window)},
        )
    if lead and at < draft.span.starts_at < at + rules.lead_time:
        yield FieldError(
            "starts_at",
            "lead_time",
            _("Ask at least %(lead_time)s before a window starts: the earliest start now is %(earliest)s.")
            % {"lead_time": duration(rules.lead_time), "earliest": gmt(at + rules.lead_time)},
        )


def _zones(draft: Draft, zones: Sequence[Zone], phase: Phase) -> Iterator[FieldError]:
    permitted = {rule.zone_id: rule.activities for rule in phase.rules.zone_rules.all()}
    for zone in zones:
        if draft.activity not in zone.activities:
            does = ", ".join(activity_name(each) for each in zone.activities) or _("nothing")
            yield FieldError(
                "zones",
                "zone_not_equipped",
                _("%(zone)s is not equipped for %(activity)s, only for: %(activities)s.")
                % {"zone": zone.name, "activity": activity_name(draft.activity), "activities": does},
            )
        elif draft.activity not in permitted.get(zone.pk, zone.activities):
            yield FieldError(
                "activity",
                "activity_not_allowed",
                _("The flight rules of the %(phase)s phase do not allow %(activity)s in %(zone)s.")
                % {"phase": phase.get_kind_display(), "activity": activity_name(draft.activity), "zone": zone.name},
            )


def _limits(draft: Draft, rules: FlightRules) -> Iterator[FieldError]:
    for field, code, asked, limit, unit in (
        ("crew", "crew_limit", draft.crew, rules.crew_limit, _("crew")),
        ("power_kw", "power_limit", draft.power_kw, rules.power_limit_kw, "kW"),
        ("downlink_mbps", "downlink_limit", draft.downlink_mbps, rules.downlink_limit_mbps, "Mbit/s"),
    ):
        if asked > limit:
            said = {"asked": f"{asked} {unit}", "limit": f"{limit} {unit}"}
            yield FieldError(field, code, _("%(asked)s is more than the module has: %(limit)s.") % said)


def _closed(draft: Draft, zones: Sequence[Zone], closures: Iterable[Closure]) -> Iterator[FieldError]:
    wanted = {zone.pk for zone in zones}
    for closure in closures:
        shut = {zone.pk for zone in closure.zones.all()}
        if draft.span.overlaps(Span(closure.starts_at, closure.ends_at)) and (not shut or wanted & shut):
            yield FieldError(
                "starts_at",
                "closed",
                _("Closed from %(start)s to %(end)s: %(kind)s. Choose a time before or after.")
                % {"start": gmt(closure.starts_at), "end": gmt(closure.ends_at), "kind": closure.get_kind_display()},
            )
