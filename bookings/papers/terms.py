"""What cancelling costs by the terms of a rate card, said beside the price that is agreed to."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bookings.models import RateCard
from bookings.wording import duration, number


def terms_in_words(card: RateCard | None) -> Iterator[str]:
    """A sentence for each step of notice, the longest first."""
    if card is None:
        return
    said = _("Cancelling what is confirmed, with less than %(notice)s to its start, costs %(percent)s %% of the price.")
    found = sorted(card.cancellation_terms.all(), key=lambda term: term.notice, reverse=True)
    for term in found:
        yield said % {"notice": duration(term.notice), "percent": number(term.percent)}
    if found:
        yield _(
            "Where its producer changes what is confirmed and it is requested anew, cancelling it costs what it would "
            "have cost at that moment, until it is confirmed again."
        )
    else:
        yield _("Cancelling costs nothing by the terms of this rate card.")
