"""Secret addresses of calendar feeds: one's own bookings, an organisation's, or a production's."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from bookings.models.accounts import Organisation, Production, User


def new_secret() -> str:
    """256 bits that cannot be guessed, safe in an address."""
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """Whoever has the address sees the bookings, as its owner may; so it can be reset at any time."""

    secret = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, help_text="Only this organisation's bookings."
    )
    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, null=True, blank=True, help_text="Only this production's bookings."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "production"], name="calendar_feed_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(production__isnull=True), name="calendar_feed_of_one_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.production or self.organisation or self.user}"
