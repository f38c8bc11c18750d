"""What stands below a booking: its history, its mails, its challenges. All of it only tells."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from bookings.admin.reading import TellingInline, gmt, link
from bookings.models import Challenge, Mail, Transition


class TransitionInline(TellingInline):
    model = Transition
    verbose_name_plural = "history"
    fields = ("when", "action", "step", "actor", "via", "why")
    readonly_fields = fields
    hide_title = True
    tab = True

    @display(description="GMT")
    def when(self, line: Transition) -> str:
        return gmt(line.at)

    @display(description="from → to")
    def step(self, line: Transition) -> str:
        if line.from_status == line.to_status:
            return line.to_status
        return f"{line.from_status or 'nothing'} → {line.to_status}"

    @display(description="detail")
    def why(self, line: Transition) -> str:
        said = {name: value for name, value in line.detail.items() if value not in ("", [], None)}
        return "; ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in said.items()) or "–"


class MailInline(TellingInline):
    model = Mail
    fields = ("kind", "recipient", "due", "state", "sent", "last_error")
    readonly_fields = fields
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).select_related("recipient")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    @display(description="due (GMT)")
    def due(self, mail: Mail) -> str:
        return gmt(mail.due_at)

    @display(description="sent (GMT)")
    def sent(self, mail: Mail) -> str:
        return gmt(mail.sent_at)


class _Challenges(TellingInline):
    model = Challenge
    readonly_fields = ("other", "issued", "until", "outcome", "ended")
    fields = readonly_fields
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Challenge]:
        return super().get_queryset(request).select_related("challenger", "challenged")  # type: ignore[no-any-return]  # the admin's base classes are not typed

    @display(description="issued (GMT)")
    def issued(self, challenge: Challenge) -> str:
        return gmt(challenge.issued_at)

    @display(description="deadline (GMT)")
    def until(self, challenge: Challenge) -> str:
        return gmt(challenge.deadline)

    @display(description="ended (GMT)")
    def ended(self, challenge: Challenge) -> str:
        return gmt(challenge.ended_at)


class ChallengesMade(_Challenges):
    fk_name = "challenger"
    verbose_name_plural = "challenges made"

    @display(description="challenged")
    def other(self, challenge: Challenge) -> SafeString | str:
        return link(challenge.challenged)


class ChallengesMet(_Challenges):
    fk_name = "challenged"
    verbose_name_plural = "challenges met"

    @display(description="challenger")
    def other(self, challenge: Challenge) -> SafeString | str:
        return link(challenge.challenger)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " → ".join(map(str, value)) if len(value) == 2 else ", ".join(map(str, value))
    return str(value)
