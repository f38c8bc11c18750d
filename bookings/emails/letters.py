"""What each kind of mail says.

A mail may come late, and by then more may have happened. So a letter tells its occasion as something past, with
its instant; and what is so now, and what comes next, it says of the booking as it is when the letter is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bookings.emails.account_letters import ACCOUNT_LETTERS
from bookings.emails.facts import moment, places, price, standing, window
from bookings.emails.letter import Letter
from bookings.emails.prospects import prospects
from bookings.models import Booking, Mail
from bookings.models.booking import Attention
from bookings.reminders import BEFORE_EXPIRY, BEFORE_WINDOW
from bookings.states import Status
from bookings.wording import gmt
from modules.intervals import Span


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written from. `at` is now; `occurred_at` is when the thing happened."""

    booking: Booking
    context: dict[str, Any]
    occurred_at: datetime
    at: datetime

    @property
    def when(self) -> str:
        return moment(self.occurred_at, self.booking)

    @property
    def name(self) -> str:
        return self.booking.reference

    @property
    def reason(self) -> str:
        return str(self.context.get("reason") or "").strip()


def write(mail: Mail, *, at: datetime) -> Letter:
    """The letter that `mail` is; LookupError where nobody knows its kind."""
    if mail.booking is None:
        return ABOUT_NO_BOOKING[mail.kind](mail)
    return _about_a_booking(mail, mail.booking, at)


def _about_a_booking(mail: Mail, booking: Booking, at: datetime) -> Letter:
    title, happened = KINDS[mail.kind]
    occasion = Occasion(booking, mail.context, mail.created_at, at)
    return Letter(
        subject=f"{title(occasion)}: {booking.reference}, {gmt(booking.starts_at)}",
        happened=happened(occasion),
        facts=_facts(booking),
        next=prospects(booking, at=at),
        link=f"Open {booking.reference}",
        path=f"/bookings/{booking.pk}/",
    )


def _facts(booking: Booking) -> list[tuple[str, list[str]]]:
    return [
        ("Reference", [booking.reference]),
        ("Production", [booking.production.public_title]),
        ("Window", window(Span(booking.starts_at, booking.ends_at), booking)),
        ("Where", [places(booking)]),
        ("State", [standing(booking)]),
        ("Price", [price(booking)]),
    ]


def _requested(o: Occasion) -> list[str]:
    return [f"Your request for {o.name} reached SEE-1 on {o.when}. The price stays as it was quoted."]


def _confirmed(o: Occasion) -> list[str]:
    return [f"SEE-1 confirmed {o.name} on {o.when}."]


def _declined(o: Occasion) -> list[str]:
    said = [f"SEE-1 declined {o.name} on {o.when}. Its place was given up."]
    return [*said, f"The reason given: {o.reason}"] if o.reason else said


def _cancelled(o: Occasion) -> list[str]:
    said = [f"{o.name} was cancelled on {o.when}. Its place was given up."]
    return [*said, f"The reason given: {o.reason}"] if o.reason else said


def _released(o: Occasion) -> list[str]:
    return [f"Your hold {o.name} was released on {o.when}. Its place was given up."]


def _expired(o: Occasion) -> list[str]:
    if o.occurred_at >= o.booking.starts_at:
        return [f"{o.name} expired on {o.when}: its window began before it was confirmed."]
    return [f"Your hold {o.name} expired on {o.when}: it was not requested in time. Its place was given up."]


def _moved(o: Occasion) -> list[str]:
    return [f"{o.name} was moved on {o.when}.", *_differences(o)]


def _changed(o: Occasion) -> list[str]:
    said = f"{o.name} was changed on {o.when}. It asks for more than was confirmed, so it was requested anew."
    return [said, *_differences(o)]


def _differences(o: Occasion) -> Iterator[str]:
    for name, label in (("starts_at", "Its start"), ("ends_at", "Its end")):
        if name in o.context:
            before, after = (moment(datetime.fromisoformat(value), o.booking) for value in o.context[name])
            yield f"{label} went from {before} to {after}."
    for name, values in sorted(o.context.items()):
        if name in NAMED:
            yield f"{NAMED[name]} went from {_listed(values[0])} to {_listed(values[1])}."


NAMED = {
    "zones": "Its zones",
    "activity": "Its activity",
    "crew": "Its crew",
    "power_kw": "Its power in kW",
    "downlink_mbps": "Its downlink in Mbit/s",
}


def _listed(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _promoted(o: Occasion) -> list[str]:
    return [
        f"Your hold {o.name} moved up on {o.when}, from rank {o.context['from_rank']} to rank {o.context['to_rank']}: "
        "what stood before it went away."
    ]


def _challenged(o: Occasion) -> list[str]:
    if o.context.get("withdrawn"):
        return [f"On {o.when} a challenge to your hold {o.name} was withdrawn."]
    deadline = moment(datetime.fromisoformat(o.context["deadline"]), o.booking)
    return [
        f"On {o.when} a hold that waits behind yours challenged {o.name}. "
        f"A challenged hold is requested by its deadline, here {deadline}, or it expires."
    ]


def _attention(o: Occasion) -> list[str]:
    said = [f"On {o.when} the schedule changed in a way that touches {o.name}."]
    if o.reason:
        said.append(f"What changed: {o.reason}")
    said += [str(finding) for finding in o.context.get("findings", ())]
    labels = [Attention(name).label for name in o.booking.attention if name in Attention.values]
    if labels:
        return [*said, f"It needs a look, because {'; and '.join(labels)}. SEE-1 staff see this too."]
    return [*said, "As the schedule is now, it fits again."]


def _window_near(o: Occasion) -> list[str]:
    verb = "starts" if o.booking.starts_at > o.at else "started"
    said = [f"{o.name} {verb} {moment(o.booking.starts_at, o.booking)}."]
    if o.booking.status == Status.REQUESTED:
        said.append("It is requested, and not confirmed yet.")
    return said


def _expiry_near(o: Occasion) -> list[str]:
    assert o.booking.hold_expires_at is not None  # noqa: S101 - only a hold is reminded of its end
    said = f"Your hold {o.name} ends {moment(o.booking.hold_expires_at, o.booking)} unless it is requested before."
    if o.booking.hold_until is not None and o.booking.hold_expires_at < o.booking.hold_until:
        return [said, "It ends that early because a hold behind it has challenged it."]
    return [said]


def _called(words: str) -> Callable[[Occasion], str]:
    return lambda _: words


KINDS: dict[str, tuple[Callable[[Occasion], str], Callable[[Occasion], list[str]]]] = {
    "requested": (_called("Requested"), _requested),
    "confirmed": (_called("Confirmed"), _confirmed),
    "declined": (_called("Declined"), _declined),
    "cancelled": (_called("Cancelled"), _cancelled),
    "released": (_called("Released"), _released),
    "expired": (_called("Expired"), _expired),
    "moved": (_called("Moved"), _moved),
    "changed": (_called("Changed"), _changed),
    "promoted": (_called("Moved up"), _promoted),
    "challenged": (lambda o: "Challenge withdrawn" if o.context.get("withdrawn") else "Challenged", _challenged),
    "attention": (_called("Needs a look"), _attention),
    **dict.fromkeys(BEFORE_WINDOW, (_called("Reminder"), _window_near)),
    **dict.fromkeys(BEFORE_EXPIRY, (_called("Hold ends soon"), _expiry_near)),
}


def _webhook_paused(mail: Mail) -> Letter:
    url, why = mail.context["url"], mail.context["why"]
    return Letter(
        subject=f"Webhook paused: {url}",
        happened=[
            f"On {gmt(mail.created_at)} SEE-1 Bookings stopped sending to your webhook {url}. It failed for days."
        ],
        facts=[("Webhook", [url]), ("Last error", [why])],
        next=[
            "What happens with your bookings is kept for it, and sent in order once it is resumed. "
            "Mend the receiver, then resume the webhook."
        ],
        link="Open your webhooks",
        path="/api/v1/webhooks/",
    )


def _replanned(mail: Mail) -> Letter:
    """One change of the schedule that touches several bookings of theirs; what each breaks, as it was found then."""
    count, named = mail.context["count"], {each["booking"]: each["findings"] for each in mail.context["bookings"]}
    bookings = Booking.objects.filter(pk__in=named).select_related("organisation", "module").order_by("starts_at", "id")
    facts = [(booking.reference, _touched(booking, named[str(booking.pk)])) for booking in bookings]
    more = count - len(facts)
    return Letter(
        subject=f"Needs a look: {count} of your bookings",
        happened=[
            f"On {gmt(mail.created_at)} the schedule changed in a way that touches {count} of your bookings.",
            f"What changed: {mail.context['reason']}",
        ],
        facts=facts,
        next=[
            *([f"{more} more are not listed here; your bookings show them all."] if more else []),
            "None was moved or cancelled. SEE-1 staff see this too.",
        ],
        link="Open your bookings",
        path="/bookings/",
    )


def _touched(booking: Booking, findings: list[str]) -> list[str]:
    return [*window(Span(booking.starts_at, booking.ends_at), booking), *(findings or ["It fits the schedule again."])]


ABOUT_NO_BOOKING: dict[str, Callable[[Mail], Letter]] = {
    "webhook_paused": _webhook_paused,
    "replanned": _replanned,
    **ACCOUNT_LETTERS,
}
