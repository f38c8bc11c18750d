"""What closes a module or some of its zones: visiting vehicles, reboosts, spacewalks, maintenance."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from modules.models.module import Module, Zone
from modules.models.phase import Certainty
from modules.querysets import ClosureQuerySet


class Closure(models.Model):
    """A half-open stretch in which zones (none named: all) cannot be booked. Never deleted: withdrawn."""

    class Kind(models.TextChoices):
        VISITING_VEHICLE = "visiting_vehicle", _("visiting vehicle")
        REBOOST = "reboost", _("reboost")
        EVA = "eva", _("EVA")
        MAINTENANCE = "maintenance", _("maintenance")
        CREW_REST = "crew_rest", _("crew rest")
        OTHER = "other", _("other")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    zones = models.ManyToManyField(Zone, blank=True, help_text="None: the whole module.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    certainty = models.CharField(max_length=10, choices=Certainty.choices, default=Certainty.PLANNED)
    note = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["module", "ends_at", "starts_at"], name="closure_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="closure_ends_after_it_starts",
                violation_error_message="A closure ends after it starts.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%Y-%m-%d %H:%M}"


class ClosureRevision(models.Model):
    """What a closure said from `recorded_at` on, and why it changed."""

    closure = models.ForeignKey(Closure, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Closure.Kind.choices, blank=True)
    zones = ArrayField(models.SlugField(), default=list, blank=True, help_text="None: the whole module.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    withdrawn = models.BooleanField(default=False)
    file = models.ForeignKey(
        "EphemerisFile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The ephemeris that said so; empty where a person did.",
    )
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["closure", "revision"]

    def __str__(self) -> str:
        return f"{self.closure} revision {self.revision}"


class ClosureMargin(models.Model):
    """How long before and after a trajectory event the module is closed. Editable assumptions, per module."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="closure_margins")
    event_kind = models.CharField(max_length=20, help_text="docking, undocking, reboost, eva …")
    closure_kind = models.CharField(max_length=20, choices=Closure.Kind.choices)
    before = models.DurationField()
    after = models.DurationField()

    class Meta:
        ordering = ["module", "event_kind"]
        constraints = [models.UniqueConstraint(fields=["module", "event_kind"], name="closure_margin_unique")]

    def __str__(self) -> str:
        return f"{self.module}: {self.event_kind}"
