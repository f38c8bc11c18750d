"""Letters about several bookings at once: what a change of the schedule does to them, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.emails.facts import moment, window
from bookings.emails.letter import Letter
from bookings.models import Booking, Mail, Proposal
from bookings.wording import gmt
from modules.intervals import Span


def _replanned(mail: Mail) -> Letter:
    """One change of the schedule that touches several bookings of theirs; what each breaks, as it was found then."""
    count, named = mail.context["count"], {each["booking"]: each["findings"] for each in mail.context["bookings"]}
    theirs = Booking.objects.filter(pk__in=named, organisation__memberships__user=mail.recipient)
    bookings = theirs.select_related("organisation", "module").order_by("starts_at", "id")
    facts = [(booking.reference, _touched(booking, named[str(booking.pk)])) for booking in bookings]
    more = count - len(named)
    flagged = mail.context.get("flagged", any(named.values()) or more > 0)
    count = len(facts) + more  # without those of an organisation that they have left
    happened = ngettext(
        "On %(when)s the schedule changed in a way that touches one of your bookings.",
        "On %(when)s the schedule changed in a way that touches %(count)d of your bookings.",
        count,
    )
    others = ngettext(
        "%(count)d more is not listed here; your bookings show them all.",
        "%(count)d more are not listed here; your bookings show them all.",
        more,
    )
    return Letter(
        subject=_subject(count, fits_again=not flagged),
        happened=[
            happened % {"when": gmt(mail.created_at), "count": count},
            _("What changed: %(what)s") % {"what": mail.context["reason"]},
        ],
        facts=facts,
        next=[
            *([others % {"count": more}] if more else []),
            _("None was moved or cancelled. SEE-1 staff see this too."),
        ],
        link=_("Open your bookings"),
        path="/bookings/",
    )


def _subject(count: int, *, fits_again: bool) -> str:
    if fits_again:
        said = ngettext("Fits again: one of your bookings", "Fits again: %(count)d of your bookings", count)
    else:
        said = ngettext("Needs a look: one of your bookings", "Needs a look: %(count)d of your bookings", count)
    return said % {"count": count}


def _touched(booking: Booking, findings: list[str]) -> list[str]:
    fits = [] if booking.attention else [_("It fits the schedule again.")]
    return [*_where(booking), *findings, *fits]


def _where(booking: Booking) -> list[str]:
    return window(Span(booking.starts_at, booking.ends_at), booking)


def _proposed(mail: Mail) -> Letter:
    """The windows that one person's bookings are offered in one round; how each stands when the letter is written."""
    proposals = list(
        Proposal.objects.filter(
            pk__in=mail.context["proposals"], booking__organisation__memberships__user=mail.recipient
        )
        .select_related("booking__organisation", "booking__module", "hold")
        .order_by("answer_by", "position")
    )
    count = len(proposals)
    happened = ngettext(
        "The schedule no longer suits one of your bookings. SEE-1 looked for another window, and holds it for you.",
        "The schedule no longer suits %(count)d of your bookings. "
        "SEE-1 looked for other windows, and holds them for you.",
        count,
    )
    return Letter(
        subject=ngettext("Another window for %(name)s", "Other windows for %(count)d bookings", count)
        % {"count": count, "name": ", ".join(proposal.booking.reference for proposal in proposals[:1])},
        happened=[happened % {"count": count}, _("Why: %(why)s") % {"why": mail.context["reason"]}],
        facts=[(proposal.booking.reference, _offer(proposal)) for proposal in proposals],
        next=[
            _(
                "Accept or decline each with one click on its page. What is not answered in time is given back, "
                "and the booking stays where it is. Nothing is moved without your yes."
            )
        ],
        link=_("See what is offered"),
        path=f"/proposals/{proposals[0].pk}/" if count == 1 else "/proposals/",
    )


def _offer(proposal: Proposal) -> list[str]:
    booking = proposal.booking
    lines = [*window(proposal.span, booking)]
    instead = Span(proposal.from_starts_at, proposal.from_ends_at)
    lines.append(_("Instead of: %(window)s") % {"window": window(instead, booking)[0]})
    if proposal.is_open and proposal.answer_by:
        return [*lines, _("To be answered by %(when)s") % {"when": moment(proposal.answer_by, booking)}]
    return [*lines, _("Answered since: %(state)s") % {"state": proposal.get_state_display()}]


SCHEDULE_LETTERS: dict[str, Callable[[Mail], Letter]] = {"replanned": _replanned, "proposed": _proposed}
