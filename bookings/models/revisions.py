"""Changes of a module's schedule: previewed, applied as one, taken back by another. Nothing here is ever deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models.accounts import User
from bookings.models.booking import Booking
from bookings.states import Status
from modules.models import Module


class ScheduleRevision(models.Model):
    """One change of the schedule: what was asked, why, by whom, what it changed, and what it did to bookings."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", gettext_lazy("previewed, not applied")
        APPLIED = "applied", gettext_lazy("applied")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="schedule_revisions")
    state = models.CharField(max_length=10, choices=State.choices)
    verb = models.CharField(max_length=40, help_text="Of `modules.operations`.")
    asked = models.JSONField(help_text="What the verb was called with.")
    content = models.BinaryField(null=True, help_text="The file that is loaded (gzipped); empty where there is none.")
    reason = models.TextField()
    author = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=10, help_text="page, api, admin, task or import")
    prepared_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=200, blank=True)
    takes_back = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="taken_back_by")
    changes = models.JSONField(help_text="What of the schedule changes: each subject, before and after.")
    digest = models.CharField(max_length=64, help_text="Of all that it does: another one tells that it is stale.")
    flagged = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    staying = models.PositiveIntegerField(default=0, help_text="Touched, and flagged before as after.")
    told = models.PositiveIntegerField(default=0, help_text="How many people get a message.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["module", "state", "-applied_at"], name="revision_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="previewed", applied_at__isnull=True) | Q(state="applied", applied_at__isnull=False),
                name="revision_applied_has_its_time",
            )
        ]

    def __str__(self) -> str:
        return _("Revision %(number)d") % {"number": self.pk}

    @property
    def is_applied(self) -> bool:
        return self.state == self.State.APPLIED


class RevisedBooking(models.Model):
    """What a revision does, or would do, to one booking."""

    class Outcome(models.TextChoices):
        FLAGGED = "flagged", gettext_lazy("flagged for attention")
        CLEARED = "cleared", gettext_lazy("cleared of it")
        STAYS = "stays", gettext_lazy("flagged before as after")

    revision = models.ForeignKey(ScheduleRevision, on_delete=models.CASCADE, related_name="bookings")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="revisions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    status = models.CharField(max_length=10, choices=Status.choices, help_text="When it was looked at.")
    version = models.PositiveIntegerField(help_text="Of the booking when it was looked at.")
    attention_before = models.JSONField(help_text="Its flags.")
    attention_after = models.JSONField(help_text="Its flags.")
    phase_before = models.CharField(max_length=20)
    phase_after = models.CharField(max_length=20)
    findings = models.JSONField(help_text="Each broken rule: its code and its sentence.")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["revision", "booking"], name="revised_once")]

    def __str__(self) -> str:
        return f"{self.revision}: {self.booking} {self.outcome}"
