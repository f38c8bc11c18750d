"""Ephemeris files as they were loaded, and the trajectory events read from them.

An event keeps its identity from file to file: a later file moves it instead of doubling it. One that
vanished, or may have been renamed, is marked for staff and left alone.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from modules.models.closure import Closure
from modules.models.module import Module


class EphemerisFile(models.Model):
    """A CCSDS OEM file: where it came from, what it covers, and its content (gzipped), kept as history."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="ephemeris_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    object_name = models.CharField(max_length=100)
    created_at = models.DateTimeField(help_text="As the file says.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when it answers for no time; empty where it does."
    )
    content = models.BinaryField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["module", "sha256"], name="ephemeris_file_loaded_once")]

    def __str__(self) -> str:
        return self.name


class TrajectoryEvent(models.Model):
    """A docking, undocking, reboost … as the newest file that names it has it."""

    class Status(models.TextChoices):
        CURRENT = "current", _("Current")
        VANISHED = "vanished", _("not in the newest file")
        UNCLEAR = "unclear", _("may be another event renamed")
        DISMISSED = "dismissed", _("set aside by staff")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="trajectory_events")
    file = models.ForeignKey(EphemerisFile, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    occurs_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CURRENT)
    review = models.TextField(blank=True, help_text="What staff should look at; empty when nothing.")
    closure = models.OneToOneField(
        Closure, on_delete=models.PROTECT, null=True, blank=True, related_name="trajectory_event"
    )

    class Meta:
        ordering = ["occurs_at", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.occurs_at:%Y/%j %H:%M}"


class TrajectoryEventRevision(models.Model):
    """What one file said of an event."""

    event = models.ForeignKey(TrajectoryEvent, on_delete=models.CASCADE, related_name="revisions")
    file = models.ForeignKey(EphemerisFile, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    occurs_at = models.DateTimeField()

    class Meta:
        ordering = ["event", "revision"]

    def __str__(self) -> str:
        return f"{self.name} {self.occurs_at:%Y/%j %H:%M}, revision {self.revision}"
