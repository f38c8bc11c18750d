"""Another window offered for a booking that the schedule no longer suits: planned, then held, then answered in time."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models.accounts import User
from bookings.models.booking import Booking
from bookings.querysets import ProposalQuerySet
from modules.intervals import Span
from modules.models import Module


class Rebooking(models.Model):
    """One round of proposals: for which bookings, why, by whom, and until when their producers can answer."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned, nobody told")
        OFFERED = "offered", _("offered")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="rebookings")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.TextField(help_text="The producers are told.")
    answer_by = models.DateTimeField()
    author = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=10, help_text="page, api, admin, task or import")
    prepared_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    offered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", offered_at__isnull=True) | Q(state="offered", offered_at__isnull=False),
                name="rebooking_offered_has_its_time",
            )
        ]

    def __str__(self) -> str:
        return gettext("Re-booking %(number)d") % {"number": self.pk}

    @property
    def is_offered(self) -> bool:
        return self.state == self.State.OFFERED


class Proposal(models.Model):
    """One booking's other window. While it is open a hold keeps the window; `answer_by` is when that hold ends."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        NONE = "none", _("no window found")
        OPEN = "open", _("waits for the producer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rebooking = models.ForeignKey(Rebooking, on_delete=models.PROTECT, related_name="proposals")
    position = models.PositiveIntegerField(help_text="Its turn: confirmed before requested before held, then by age.")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="proposals")
    version = models.PositiveIntegerField(help_text="Of the booking when its window was looked for.")
    from_starts_at = models.DateTimeField(help_text="Where the booking stood then.")
    from_ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.TextField(blank=True, help_text="Why there is no window, or no longer.")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    zones = ArrayField(models.CharField(max_length=50), default=list)
    hold = models.OneToOneField(Booking, on_delete=models.PROTECT, null=True, related_name="proposed_as")
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)

    objects = ProposalQuerySet.as_manager()

    zone_names: str  # there where a page named them

    class Meta:
        ordering = ["rebooking", "position"]
        indexes = [models.Index(fields=["answer_by"], name="proposal_to_lapse", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["booking"], condition=Q(state="open"), name="proposal_one_open_a_booking"),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(hold__isnull=False, answer_by__isnull=False),
                name="proposal_open_is_held",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal for {self.booking}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def span(self) -> Span:
        """The window; there is one unless none was found."""
        assert self.starts_at is not None and self.ends_at is not None  # noqa: S101, PT018 - a window has both
        return Span(self.starts_at, self.ends_at)

    @property
    def etag(self) -> str:
        """Another one once it is answered, or its booking changes."""
        return f'"{self.pk.hex[:12]}-{self.state}-{self.booking.version}"'
