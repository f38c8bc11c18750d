"""Calendar feeds after RFC 5545: one's own bookings, and a module's free/busy without a word of whose.

An event keeps its UID for life and its SEQUENCE is the booking's version, so a calendar that follows the RFC moves
the event it has instead of adding one. What ended without taking place stays a while as CANCELLED: a
calendar that only drops what vanished would keep it for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, FreeBusy, vDuration

from bookings.models import Booking, CalendarFeed, Claim
from bookings.states import Status
from bookings.wording import gmt
from modules.intervals import Span, Spans
from modules.models import Module, Zone

REFRESH = timedelta(minutes=15)
KEPT_AFTER_THE_END = timedelta(days=60)
BUSY_BEHIND, BUSY_AHEAD = timedelta(days=30), timedelta(days=400)

STATUS = {
    Status.HELD: "TENTATIVE",
    Status.REQUESTED: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
}


def own_calendar(feed: CalendarFeed, *, at: datetime) -> Calendar:
    """The bookings that the feed's owner may see, narrowed to its organisation or production."""
    bookings = (
        Booking.objects.filter(organisation__memberships__user=feed.user, ends_at__gte=at - KEPT_AFTER_THE_END)
        .select_related("production", "module", "organisation")
        .prefetch_related("zones")
    )
    if feed.organisation_id:
        bookings = bookings.filter(organisation=feed.organisation_id)
    if feed.production_id:
        bookings = bookings.filter(production=feed.production_id)
    name = str(feed.production.public_title if feed.production else feed.organisation or _("My bookings"))
    return calendar(f"SEE-1 · {name}", [event(booking) for booking in bookings])


def invitation(booking: Booking, attendee: str) -> Calendar:
    """The booking as a message of iTIP (RFC 5546): REQUEST puts or moves it in a calendar, CANCEL takes it out."""
    made, its = calendar(f"SEE-1 {booking.reference}", []), event(booking)
    made.add("method", "CANCEL" if its["STATUS"] == "CANCELLED" else "REQUEST")
    its.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    its.add("attendee", f"mailto:{attendee}", parameters={"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    made.add_component(its)
    return made


def calendar(name: str, components: Iterable[Event | FreeBusy]) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//SEE-1 Bookings//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", name)
    made.add("name", name)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(REFRESH))
    for component in components:
        made.add_component(component)
    return made


def event(booking: Booking) -> Event:
    """One booking, whatever has become of it."""
    made = Event()
    made.add("uid", uid(booking))
    made.add("sequence", booking.version)
    made.add("dtstamp", booking.updated_at)
    made.add("last-modified", booking.updated_at)
    made.add("dtstart", booking.starts_at.astimezone(UTC))
    made.add("dtend", booking.ends_at.astimezone(UTC))
    zones = ", ".join(zone.name for zone in booking.zones.all())
    made.add("summary", f"{booking.production.public_title} · {zones} ({_state(booking)})")
    made.add("location", f"{booking.module.name}, {zones}")
    said = {"reference": booking.reference, "start": gmt(booking.starts_at), "end": gmt(booking.ends_at)}
    made.add("description", _("%(reference)s, from %(start)s to %(end)s.") % said)
    made.add("url", f"{settings.PUBLIC_URL}/bookings/{booking.pk}/")
    status = STATUS.get(Status(booking.status), "CANCELLED")
    made.add("status", status)
    made.add("transp", "OPAQUE" if status == "CONFIRMED" else "TRANSPARENT")
    if status != "CANCELLED":
        for ahead in (timedelta(days=1), timedelta(hours=1)):
            made.add_component(_alarm(booking, ahead))
    return made


def uid(booking: Booking) -> str:
    return f"booking-{booking.pk}@see1.example"


def _state(booking: Booking) -> str:
    held = booking.status == Status.HELD
    return _("hold, rank %(rank)d") % {"rank": booking.rank} if held else str(Status(booking.status).label)


def _alarm(booking: Booking, ahead: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"SEE-1 {booking.reference}")
    alarm.add("trigger", -ahead)
    return alarm


def busy_calendar(module: Module, *, at: datetime) -> Calendar:
    """What is taken or closed, zone by zone, merged: when the time is taken, and nothing of by whom."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    span = Span(today - BUSY_BEHIND, today + BUSY_AHEAD)
    components: list[Event | FreeBusy] = []
    for zone in module.zones.all():
        busy = taken(zone, span) | closed(zone, span)
        components += [_busy_event(zone, period) for period in busy]
        components.append(_free_busy(zone, span, busy, today))
    return calendar(_("%(module)s · free/busy") % {"module": module.name}, components)


def taken(zone: Zone, span: Span) -> Spans:
    """When the zone is occupied, turnaround included."""
    periods = Claim.objects.occupying().touching(span).filter(zone=zone).values_list("period", flat=True)
    return Spans(Span(period.lower, period.upper) for period in periods)


def closed(zone: Zone, span: Span) -> Spans:
    closures = zone.module.closures.standing().overlapping(span).prefetch_related("zones")
    return Spans(
        Span(closure.starts_at, closure.ends_at)
        for closure in closures
        if not (shut := {z.pk for z in closure.zones.all()}) or zone.pk in shut
    )


def _busy_event(zone: Zone, period: Span) -> Event:
    made = Event()
    key = f"{zone.pk} {period.starts_at.isoformat()} {period.ends_at.isoformat()}"
    made.add("uid", f"busy-{sha256(key.encode()).hexdigest()[:32]}@see1.example")
    # The same stretch says the same at every fetch, so its stamp is its own start, not the time of asking.
    made.add("dtstamp", period.starts_at.astimezone(UTC))
    made.add("dtstart", period.starts_at.astimezone(UTC))
    made.add("dtend", period.ends_at.astimezone(UTC))
    made.add("summary", _("%(zone)s: unavailable") % {"zone": zone.name})
    made.add("transp", "OPAQUE")
    return made


def _free_busy(zone: Zone, span: Span, busy: Spans, today: datetime) -> FreeBusy:
    made = FreeBusy()
    made.add("uid", f"free-busy-{zone.module.slug}-{zone.slug}@see1.example")
    made.add("dtstamp", today)
    made.add("dtstart", span.starts_at)
    made.add("dtend", span.ends_at)
    made.add("comment", f"{zone.module.name}, {zone.name}")
    for period in busy:
        made.add(
            "freebusy",
            [(period.starts_at.astimezone(UTC), period.ends_at.astimezone(UTC))],
            parameters={"FBTYPE": "BUSY"},
        )
    return made
