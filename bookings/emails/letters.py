"""What each kind of mail says.

A mail may come late, and by then more may have happened. So a letter tells its occasion as something past, with
its instant; and what is so now, and what comes next, it says of the booking as it is when the letter is written.
A reminder that is read long after tells what it reminded of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.emails.account_letters import ACCOUNT_LETTERS
from bookings.emails.facts import moment, places, price, standing, window
from bookings.emails.letter import Letter
from bookings.emails.occasion import Occasion
from bookings.emails.prospects import prospects
from bookings.emails.schedule_letters import SCHEDULE_LETTERS
from bookings.emails.webhook_letters import WEBHOOK_LETTERS
from bookings.models import Booking, Mail
from bookings.models.booking import Attention
from bookings.outbox import LOST
from bookings.reminders import BEFORE_EXPIRY, BEFORE_WINDOW, reminded_of
from bookings.states import Status
from bookings.wording import activity_name, cancelling_cost, gmt, listed, number, zone_names, zones_in_words
from modules.intervals import Span


def write(mail: Mail, *, at: datetime, starts_at: datetime | None = None) -> Letter:
    """The letter that `mail` is; LookupError where nobody knows its kind.

    `starts_at` is when its booking's window started as things stood then; left out, the letter is headed by the
    window as it is now.
    """
    if mail.booking is None:
        return ABOUT_NO_BOOKING[mail.kind](mail)
    return _about_a_booking(mail, mail.booking, at, starts_at or mail.booking.starts_at)


def _about_a_booking(mail: Mail, booking: Booking, at: datetime, starts_at: datetime) -> Letter:
    title, happened = KINDS[mail.kind]
    occasion = Occasion(booking, mail.context, mail.created_at, at, reminded_of(mail))
    return Letter(
        subject=_("%(what)s: %(reference)s, %(start)s")
        % {"what": title(occasion), "reference": booking.reference, "start": gmt(starts_at)},
        happened=happened(occasion),
        facts=_facts(booking),
        next=prospects(booking, at=at),
        link=_("Open %(reference)s") % {"reference": booking.reference},
        path=f"/bookings/{booking.pk}/",
    )


def _facts(booking: Booking) -> list[tuple[str, list[str]]]:
    return [
        (_("Reference"), [booking.reference]),
        (_("Production"), [booking.production.public_title]),
        (_("Window"), window(Span(booking.starts_at, booking.ends_at), booking)),
        (_("Where"), [places(booking)]),
        (_("State"), [standing(booking)]),
        (_("Price"), [price(booking)]),
    ]


def _told(o: Occasion, sentence: str) -> str:
    """`sentence` with the booking's reference and the instant of the occasion filled in."""
    return sentence % {"booking": o.name, "when": o.when}


def _with_reason(o: Occasion, sentence: str) -> list[str]:
    said = [_told(o, sentence)]
    return [*said, _("The reason given: %(reason)s") % {"reason": o.reason}] if o.reason else said


def _requested(o: Occasion) -> list[str]:
    return [_told(o, _("Your request for %(booking)s reached SEE-1 on %(when)s. The price stays as it was quoted."))]


def _confirmed(o: Occasion) -> list[str]:
    return [_told(o, _("SEE-1 confirmed %(booking)s on %(when)s."))]


def _declined(o: Occasion) -> list[str]:
    return _with_reason(o, _("SEE-1 declined %(booking)s on %(when)s. Its time was given back."))


def _cancelled(o: Occasion) -> list[str]:
    first, *reason = _with_reason(o, _("%(booking)s was cancelled on %(when)s. Its time was given back."))
    return [first, cancelling_cost(o.context), *reason]


def _released(o: Occasion) -> list[str]:
    if o.context.get("proposal"):
        return [_told(o, PROPOSALS_ENDED[o.context["proposal"]])]
    return [_told(o, _("Your hold %(booking)s was released on %(when)s. Its time was given back."))]


PROPOSALS_ENDED: dict[str, Any] = {
    "declined": gettext_lazy(
        "The window that was kept for you by %(booking)s was declined and given back on %(when)s."
    ),
    "withdrawn": gettext_lazy("On %(when)s SEE-1 withdrew the window that was kept for you by %(booking)s."),
    "lapsed": gettext_lazy(
        "The window that was kept for you by %(booking)s was not taken, and given back on %(when)s."
    ),
}


def _expired(o: Occasion) -> list[str]:
    if o.context.get("proposal"):
        return [_told(o, PROPOSALS_ENDED["lapsed"])]
    if o.occurred_at >= o.booking.starts_at:
        return [_told(o, _("%(booking)s expired on %(when)s: its window began before it was confirmed."))]
    sentence = _("Your hold %(booking)s expired on %(when)s: it was not requested in time. Its time was given back.")
    return [_told(o, sentence)]


def _moved(o: Occasion) -> list[str]:
    return [_told(o, _("%(booking)s was moved on %(when)s.")), *_lost(o), *_differences(o)]


def _changed(o: Occasion) -> list[str]:
    sentence = _("%(booking)s was changed on %(when)s. It asks for more than was confirmed, so it was requested anew.")
    return [_told(o, sentence), *_awaited(o), *_differences(o)]


def _lost(o: Occasion) -> Iterator[str]:
    """That a move cost it its confirmation, and what that risks for as long as nobody has answered."""
    if not o.context.get(LOST):
        return
    yield _("With that it was no longer confirmed, and the time that it left was given back.")
    if _awaits_staff_anew(o):
        yield _("Nothing is confirmed until staff confirm it anew. If they decline it, neither window is left to you.")


def _awaited(o: Occasion) -> Iterator[str]:
    if _awaits_staff_anew(o):
        yield _("Nothing is confirmed until staff confirm it anew. If they decline it, its time is given back.")


def _differences(o: Occasion) -> Iterator[str]:
    for name, sentence in TIMES.items():
        if name in o.context and o.context[name][0] != o.context[name][1]:
            before, after = (moment(datetime.fromisoformat(value), o.booking) for value in o.context[name])
            yield str(sentence) % {"before": before, "after": after}
    for name, values in sorted(o.context.items()):
        if name in NAMED and values[0] != values[1]:
            before, after = (_shown(o, name, value) for value in values)
            yield str(NAMED[name]) % {"before": before, "after": after}


TIMES = {
    "starts_at": gettext_lazy("Its start went from %(before)s to %(after)s."),
    "ends_at": gettext_lazy("Its end went from %(before)s to %(after)s."),
}
NAMED = {
    "zones": gettext_lazy("Its zones went from %(before)s to %(after)s."),
    "activity": gettext_lazy("Its activity went from %(before)s to %(after)s."),
    "crew": gettext_lazy("Its crew went from %(before)s to %(after)s."),
    "power_kw": gettext_lazy("Its power in kW went from %(before)s to %(after)s."),
    "downlink_mbps": gettext_lazy("Its downlink in Mbit/s went from %(before)s to %(after)s."),
    "media_return_kg": gettext_lazy("Its media return in kg went from %(before)s to %(after)s."),
}


def _shown(o: Occasion, name: str, value: Any) -> str:
    if name == "activity":
        return activity_name(str(value))
    if name == "zones":
        return zones_in_words(value, zone_names(o.booking.module_id))
    return number(Decimal(str(value)))


def _promoted(o: Occasion) -> list[str]:
    sentence = _(
        "Your hold %(booking)s moved up on %(when)s, from rank %(before)s to rank %(after)s: "
        "what stood before it went away."
    )
    ranks = {"before": o.context["from_rank"], "after": o.context["to_rank"]}
    return [sentence % {"booking": o.name, "when": o.when, **ranks}]


def _challenged(o: Occasion) -> list[str]:
    if o.context.get("withdrawn"):
        return [_told(o, _("On %(when)s a challenge to your hold %(booking)s was withdrawn."))]
    sentence = _(
        "On %(when)s a hold that waits behind yours challenged %(booking)s. "
        "A challenged hold is requested by its deadline, here %(deadline)s, or it expires."
    )
    deadline = moment(datetime.fromisoformat(o.context["deadline"]), o.booking)
    return [sentence % {"booking": o.name, "when": o.when, "deadline": deadline}]


def _attention(o: Occasion) -> list[str]:
    said = [_told(o, _("On %(when)s the schedule changed in a way that touches %(booking)s."))]
    if o.reason:
        said.append(_("What changed: %(reason)s") % {"reason": o.reason})
    said += [str(finding) for finding in o.context.get("findings", ())]
    labels = [str(Attention(name).label) for name in o.booking.attention if name in Attention.values]
    if not labels:
        return [*said, _("As the schedule is now, it fits again.")]
    return [*said, _("It needs a look: %(why)s. SEE-1 staff see this too.") % {"why": listed(labels)}]


STANDS = (Status.REQUESTED, Status.CONFIRMED, Status.COMPLETED)


def _window_near(o: Occasion) -> list[str]:
    starts_at = o.reminded_of or o.booking.starts_at
    if starts_at != o.booking.starts_at or o.booking.status not in STANDS:
        return [_("%(booking)s was to start %(start)s.") % {"booking": o.name, "start": moment(starts_at, o.booking)}]
    ahead = o.booking.starts_at > o.at
    sentence = _("%(booking)s starts %(start)s.") if ahead else _("%(booking)s started %(start)s.")
    said = [sentence % {"booking": o.name, "start": moment(o.booking.starts_at, o.booking)}]
    if o.booking.status == Status.REQUESTED:
        said.append(_("It is requested, and not confirmed yet."))
    return said


def _expiry_near(o: Occasion) -> list[str]:
    ends, end = o.booking.hold_expires_at, o.reminded_of or o.booking.hold_expires_at
    assert end is not None  # noqa: S101 - only a hold is reminded of its end
    if ends is None or ends != end or end <= o.at:
        sentence = _("Your hold %(booking)s was to end %(end)s unless it was requested before.")
        return [sentence % {"booking": o.name, "end": moment(end, o.booking)}]
    sentence = _("Your hold %(booking)s ends %(end)s unless it is requested before.")
    said = sentence % {"booking": o.name, "end": moment(ends, o.booking)}
    if o.booking.hold_until is not None and ends < o.booking.hold_until:
        return [said, _("It ends that early because a hold behind it has challenged it.")]
    return [said]


def _called(words: Promise) -> Callable[[Occasion], str]:
    return lambda _occasion: str(words)


def _challenge_title(o: Occasion) -> str:
    return _("Challenge withdrawn") if o.context.get("withdrawn") else _("Challenged")


def _moved_title(o: Occasion) -> str:
    return _("Moved, no longer confirmed") if _awaits_staff_anew(o) else _("Moved")


def _changed_title(o: Occasion) -> str:
    return _("Changed, no longer confirmed") if _awaits_staff_anew(o) else _("Changed")


def _awaits_staff_anew(o: Occasion) -> bool:
    return bool(o.context.get(LOST)) and o.booking.status == Status.REQUESTED


def _attention_title(o: Occasion) -> str:
    return _("Needs a look") if o.booking.attention else _("Fits again")


KINDS: dict[str, tuple[Callable[[Occasion], str], Callable[[Occasion], list[str]]]] = {
    "requested": (_called(gettext_lazy("Requested")), _requested),
    "confirmed": (_called(gettext_lazy("Confirmed")), _confirmed),
    "declined": (_called(gettext_lazy("Declined")), _declined),
    "cancelled": (_called(gettext_lazy("Cancelled")), _cancelled),
    "released": (_called(gettext_lazy("Released")), _released),
    "expired": (_called(gettext_lazy("Expired")), _expired),
    "moved": (_moved_title, _moved),
    "changed": (_changed_title, _changed),
    "promoted": (_called(gettext_lazy("Moved up")), _promoted),
    "challenged": (_challenge_title, _challenged),
    "attention": (_attention_title, _attention),
    **dict.fromkeys(BEFORE_WINDOW, (_called(gettext_lazy("Reminder")), _window_near)),
    **dict.fromkeys(BEFORE_EXPIRY, (_called(gettext_lazy("Hold ends soon")), _expiry_near)),
}


ABOUT_NO_BOOKING: dict[str, Callable[[Mail], Letter]] = {
    **WEBHOOK_LETTERS,
    **SCHEDULE_LETTERS,
    **ACCOUNT_LETTERS,
}
