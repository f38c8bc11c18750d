"""The audit: who changed what, when, from where, before and after. PostgreSQL writes it; nobody changes it.

Triggers on every table that matters write it (see the migration), so no way of writing goes round it: a service, the
admin, a task, a shell, SQL by hand. What the database cannot know, who acts and from where, the roof tells it with
each statement (`see1.audit`). Rows refer to people and things by value, so that they outlast them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.querysets import AuditQuerySet


class AuditEntry(models.Model):
    """One row that was added, changed or deleted. `before` and `after` hold the columns that differ."""

    class Verb(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(editable=False)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    model = models.CharField(max_length=100, help_text="Of the thing, as “bookings.ratecard”.")
    object_id = models.CharField(max_length=64)
    part = models.CharField(max_length=100, blank=True, help_text="Which of the thing's parts; empty: itself.")
    label = models.CharField(max_length=200, blank=True, help_text="What it was called then.")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor = models.CharField(max_length=300, blank=True, help_text="Who, in words.")
    user_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10, blank=True, help_text="page, api, admin, task, command or sql")
    address = models.CharField(max_length=64, blank=True, help_text="The network address that it was asked from.")
    doing = models.CharField(max_length=300, blank=True, help_text="The page, the endpoint, the task or the command.")
    request_id = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=64, help_text="The database role that wrote.")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        indexes = [
            models.Index(fields=["model", "object_id", "-id"], name="audit_by_thing"),
            models.Index(fields=["user_id", "-id"], name="audit_by_user"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.label or self.object_id} {self.verb}"
