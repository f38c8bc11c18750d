"""Mission phases and the flight rules that hold in each.

That phases of one module never overlap is the database's word, not ours: an exclusion constraint over the
module and the half-open period. It is checked at commit, for a slip moves the end of one phase and the start
of the next in the same transaction.
"""

from datetime import time, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from modules.intervals import Span
from modules.models.module import Activity, Module, Zone
from modules.querysets import PhaseQuerySet
from modules.ranges import IdRange, TimeRange


class PhaseKind(models.TextChoices):
    PRE_LAUNCH = "pre_launch", _("pre-launch")
    DOCKED = "docked", _("docked")
    FREE_FLIGHT = "free_flight", _("free flight")
    RETIRED = "retired", _("retired")


class Certainty(models.TextChoices):
    PLANNED = "planned", _("Planned")
    ACTUAL = "actual", _("Actual")


class Phase(models.Model):
    """A stretch of the mission, half-open; `ends_at` empty means open."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="phases")
    kind = models.CharField(max_length=20, choices=PhaseKind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty.choices, default=Certainty.PLANNED)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["module", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="phase_ends_after_it_starts",
                violation_error_message="A phase ends after it starts.",
            ),
            ExclusionConstraint(
                name="phase_never_overlaps",
                expressions=[
                    (IdRange(F("module_id")), "&&"),
                    (TimeRange("starts_at", "ends_at", RangeBoundary()), "&&"),
                ],
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message="Phases of one module cannot overlap.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module} {self.get_kind_display()} from {self.starts_at:%Y-%m-%d}"

    @property
    def is_bookable(self) -> bool:
        """Whether the module flies, so that windows can be had at all."""
        return self.kind in {PhaseKind.DOCKED, PhaseKind.FREE_FLIGHT}

    def overlaps(self, span: Span) -> bool:
        return self.starts_at < span.ends_at and (self.ends_at is None or span.starts_at < self.ends_at)


class PhaseRevision(models.Model):
    """What a phase said from `recorded_at` on: dates slip, and the slips are kept."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="revisions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.phase} as of {self.recorded_at:%Y-%m-%d %H:%M}"


class FlightRules(models.Model):
    """What may be booked in a phase, and how."""

    phase = models.OneToOneField(Phase, on_delete=models.CASCADE, related_name="rules")
    shortest_window = models.DurationField(default=timedelta(minutes=30))
    longest_window = models.DurationField(default=timedelta(days=14))
    lead_time = models.DurationField(default=timedelta(hours=48), help_text="From asking to the window's start.")
    turnaround = models.DurationField(
        default=timedelta(minutes=30), help_text="Kept free after a booking in each of its zones."
    )
    hold_time = models.DurationField(default=timedelta(days=7), help_text="How long a hold stands.")
    challenge_time = models.DurationField(
        default=timedelta(hours=48), help_text="How long a challenged hold has to request."
    )
    crew_limit = models.PositiveSmallIntegerField(help_text="Crew on set at any instant, over all zones.")
    power_limit_kw = models.DecimalField(max_digits=8, decimal_places=2)
    downlink_limit_mbps = models.PositiveIntegerField()
    requires_concurrence = models.BooleanField(
        default=True, help_text="Whether confirming needs the host's concurrence."
    )
    crew_wake = models.TimeField(default=time(6, 0), help_text="GMT.")
    crew_sleep = models.TimeField(default=time(21, 30), help_text="GMT.")

    class Meta:
        verbose_name_plural = "flight rules"

    def __str__(self) -> str:
        return f"Flight rules, {self.phase}"


class FlightRulesRevision(models.Model):
    """What a phase's flight rules said from `recorded_at` on, zone rules included, and why they changed."""

    rules = models.ForeignKey(FlightRules, on_delete=models.CASCADE, related_name="revisions")
    content = models.JSONField(help_text="Field by field; durations in ISO 8601, zone rules by the zone's slug.")
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.rules} as of {self.recorded_at:%Y-%m-%d %H:%M}"


class ZoneRule(models.Model):
    """Which of a zone's activities a phase permits. A zone without a row may do all it is equipped for."""

    rules = models.ForeignKey(FlightRules, on_delete=models.CASCADE, related_name="zone_rules")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="+")
    activities = ArrayField(models.CharField(max_length=20, choices=Activity.choices), blank=True)

    class Meta:
        ordering = ["zone__position"]
        constraints = [models.UniqueConstraint(fields=["rules", "zone"], name="zone_rule_unique")]

    def __str__(self) -> str:
        return f"{self.zone.name}: {', '.join(self.activities) or 'nothing'}"
