"""What the schedule and the orbit, as they now are, would do to each booking: computed, not yet written.

A preview and the real thing both ask here, so they cannot differ but by what has changed in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bookings.models import Booking, Proposal
from bookings.models.booking import Attention
from bookings.models.revisions import RevisedBooking
from bookings.replanning.drift import drifts
from bookings.replanning.outlook import OWN, Finding, outlooks
from bookings.wording import gmt
from modules.intervals import Spans
from modules.models import Module, Phase

Outcome = RevisedBooking.Outcome

GIVEN_BACK = "offer_given_back"
"""The code of the finding that is no broken rule, but what becomes of an offer."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The flags and the phase that a booking should have, and what it breaks."""

    booking: Booking
    phase: Phase
    attention: frozenset[Attention]
    findings: tuple[Finding, ...]

    @property
    def flags(self) -> list[str]:
        """The flags in their fixed order."""
        return [each.value for each in Attention if each in self.attention]

    @property
    def changes(self) -> bool:
        """Whether the booking does not say so already."""
        return set(self.flags) != set(self.booking.attention) or self.phase.pk != self.booking.phase_id

    @property
    def outcome(self) -> Outcome:
        if not self.changes:
            return Outcome.STAYS
        return Outcome.FLAGGED if self.attention else Outcome.CLEARED


def of_schedule(module: Module, touched: Spans, *, at: datetime) -> Iterator[Effect]:
    """What the rules, phases and closures do to each active booking in `touched`."""
    for outlook in outlooks(module, touched, at=at):
        yield Effect(outlook.booking, outlook.phase, outlook.attention, outlook.findings)


def of_orbit(module: Module, *, at: datetime) -> Iterator[Effect]:
    """What the orbit does to each active booking that asks something of it."""
    for drift in drifts(module, at=at):
        findings = tuple(
            Finding(Attention.CONDITIONS_DRIFTED, Attention.CONDITIONS_DRIFTED.value, text) for text in drift.findings
        )
        yield Effect(drift.booking, drift.booking.phase, drift.attention, findings)


def together(by_schedule: Iterable[Effect], by_orbit: Iterable[Effect]) -> list[Effect]:
    """Both for each booking, in the order of time; those left out that stay as they are and break nothing."""
    found = {effect.booking.pk: effect for effect in by_schedule}
    for drifted in by_orbit:
        pk = drifted.booking.pk
        found[pk] = _both(found[pk], drifted) if pk in found else drifted
    telling = [effect for effect in found.values() if effect.changes or effect.findings]
    return _giving_back(sorted(telling, key=lambda effect: (effect.booking.starts_at, effect.booking.arrival)))


def _giving_back(found: list[Effect]) -> list[Effect]:
    """A booking that fits again needs no other window: what it was offered is given back, and this says so."""
    cleared = [effect.booking.pk for effect in found if effect.booking.attention and not effect.attention]
    if not cleared:
        return found
    offers = {offer.booking_id: offer for offer in Proposal.objects.filter(booking__in=cleared, state="open")}
    return [
        replace(effect, findings=(*effect.findings, _given_back(offers[effect.booking.pk])))
        if effect.booking.pk in offers
        else effect
        for effect in found
    ]


def _given_back(offer: Proposal) -> Finding:
    said = f"The window that was offered instead, from {gmt(offer.span.starts_at)}, is given back."
    return Finding(None, GIVEN_BACK, said)


def _both(scheduled: Effect, drifted: Effect) -> Effect:
    attention = (scheduled.attention & OWN) | (drifted.attention - OWN)
    return replace(scheduled, attention=attention, findings=(*scheduled.findings, *drifted.findings))
