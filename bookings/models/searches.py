"""Searches that are kept, to be run again."""

from __future__ import annotations

import uuid

from django.db import models

from bookings.models.accounts import ONE_LINE, Organisation, User
from bookings.querysets import SavedSearchQuerySet
from modules.models import Module


class SavedSearch(models.Model):
    """What somebody looks for. Its owner sees it, and where an organisation is named, its members too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_searches"
    )
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100, validators=[ONE_LINE])
    asked = models.JSONField(help_text="As the query of the window search has it.")
    follows_today = models.BooleanField(
        default=False, help_text="Whether its span moves along with the day, as it lay to the day it was saved."
    )
    created_at = models.DateTimeField()

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name
