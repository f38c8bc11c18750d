"""Letters about an organisation's webhooks."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from bookings.emails.letter import Letter
from bookings.models import Mail
from bookings.wording import gmt


def _webhook_paused(mail: Mail) -> Letter:
    url, why = mail.context["url"], mail.context["why"]
    stopped = _("On %(when)s SEE-1 Bookings stopped sending to your webhook %(url)s. It failed for days.")
    return Letter(
        subject=_("Webhook paused: %(url)s") % {"url": url},
        happened=[stopped % {"when": gmt(mail.created_at), "url": url}],
        facts=[(_("Webhook"), [url]), (_("Last error"), [why])],
        next=[
            _(
                "What happens with your bookings is kept for it, and sent in order once it is resumed. "
                "Mend the receiver, then resume the webhook."
            )
        ],
        link=_("Open your webhooks"),
        path="/api/v1/webhooks/",
    )


WEBHOOK_LETTERS: dict[str, Callable[[Mail], Letter]] = {"webhook_paused": _webhook_paused}
