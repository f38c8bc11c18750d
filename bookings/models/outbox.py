"""The outbox: what was promised inside a transaction and is delivered after it.

A row is a mail to one person, with an account or without, due at an instant. A worker claims one at a time with
`skip_locked`, sends it and marks it in the same transaction; so a crash leaves it due, and the one mail that a crash
between sending and marking can repeat bears the same Message-ID. Nothing of this lives in Redis.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from bookings.models.accounts import User
from bookings.models.booking import Booking
from bookings.querysets import MailQuerySet
from bookings.tracing import REQUEST_ID_LENGTH, current_request_id


class Mail(models.Model):
    """A mail to one person, due at an instant, each once (`once_key`).

    From when it is due it is also a notification on that person's pages: one promise, told in two places, and each
    chooses which kinds come where (`NotificationChoice`).
    """

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        WITHDRAWN = "withdrawn"
        FAILED = "failed", "given up"
        UNWANTED = "unwanted", "kept to the pages"

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, related_name="mails")
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="mails")
    address = models.EmailField(
        blank=True, default="", db_default="", help_text="Where it goes, if not to the recipient's own."
    )
    kind = models.CharField(max_length=40)
    once_key = models.CharField(max_length=200, unique=True)
    context = models.JSONField(default=dict, help_text="What the mail says beside the booking itself.")
    due_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True, help_text="After a failure: not before this.")
    next_try_at = models.GeneratedField(
        expression=Coalesce("retry_at", "due_at"), output_field=models.DateTimeField(), db_persist=True
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_id = models.CharField(
        max_length=REQUEST_ID_LENGTH, default=current_request_id, db_default="", editable=False, blank=True
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was read on a page.")

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="mail_next_try", condition=Q(state="pending")),
            models.Index(fields=["recipient", "due_at"], name="mail_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.goes_to}"

    @property
    def goes_to(self) -> str:
        """The mail address: what was named, as for an invitation, or the recipient's as it is now."""
        return self.address or (self.recipient.email if self.recipient else "")


class NotificationChoice(models.Model):
    """Which kinds of news a person does not want, and where. Who has chosen nothing is told everything, twice."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="notification_choice")
    not_by_mail = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    not_on_pages = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    def __str__(self) -> str:
        return f"What {self.user} wants to be told"
