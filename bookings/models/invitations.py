"""Invitations of colleagues to an organisation, by mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from bookings.models.accounts import Organisation, Role, User
from bookings.querysets import InvitationQuerySet


class Invitation(models.Model):
    """Open until it is accepted, revoked or too old. Its link is signed when it is sent; nothing secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_once_open",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="invitation_expires_after_its_making"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation} ({self.role})"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > at
