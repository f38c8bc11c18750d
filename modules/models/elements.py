"""Orbit elements as they were loaded, who carries the downlink, and what was computed from it all.

A set is never deleted and never changed: newer ones stand beside it, and the one nearest in epoch answers for a time.
So old elements are history, and a booking can keep which set it was checked with.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from modules import orbit
from modules.models.module import Module, Place
from modules.models.phase import Phase, PhaseKind
from modules.models.trajectory import EphemerisFile
from modules.querysets import ElementsQuerySet


class ElementFile(models.Model):
    """A file of element sets as it came: from a person, or fetched."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="element_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="Gzipped.")
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-loaded_at", "-id"]

    def __str__(self) -> str:
        return self.name


class OrbitElements(models.Model):
    """One element set at one epoch, in the sense of SGP4. `phase_kind` is of the phase that its epoch lies in."""

    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        QUARANTINED = "quarantined", _("quarantined: disagrees with those before it")
        SUPERSEDED = "superseded", _("superseded by another of the same epoch")

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="elements")
    file = models.ForeignKey(ElementFile, on_delete=models.PROTECT, null=True, related_name="sets")
    phase_kind = models.CharField(max_length=20, choices=PhaseKind.choices, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACCEPTED)
    review = models.TextField(blank=True, help_text="Why it was quarantined, and what became of it.")
    nominal = models.BooleanField(default=False, help_text="Made up, to stand in until real elements exist.")
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)
    name = models.CharField(max_length=100, blank=True)
    norad_id = models.PositiveIntegerField()
    object_id = models.CharField(max_length=20, blank=True)
    epoch = models.DateTimeField()
    mean_motion_rev_day = models.FloatField()
    eccentricity = models.FloatField()
    inclination_degrees = models.FloatField()
    raan_degrees = models.FloatField()
    argument_of_perigee_degrees = models.FloatField()
    mean_anomaly_degrees = models.FloatField()
    bstar = models.FloatField()
    mean_motion_dot = models.FloatField(default=0)
    mean_motion_ddot = models.FloatField(default=0)
    element_set_number = models.PositiveIntegerField(default=0)
    revolution_field = models.PositiveIntegerField(default=0)

    objects = ElementsQuerySet.as_manager()

    class Meta:
        ordering = ["-epoch", "-id"]
        verbose_name_plural = "orbit elements"
        indexes = [models.Index(fields=["module", "status", "epoch"], name="elements_by_epoch")]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "phase_kind", "nominal", "epoch"],
                condition=Q(status="accepted"),
                name="elements_one_accepted_an_epoch",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.norad_id} {self.epoch:%Y/%j %H:%M}{' (nominal)' if self.nominal else ''}"

    def as_elements(self) -> orbit.ElementSet:
        """The same for the propagator."""
        return orbit.ElementSet(
            epoch_s=orbit.unix_seconds(self.epoch),
            nominal=self.nominal,
            **{name: getattr(self, name) for name in ELEMENT_FIELDS},
        )


ELEMENT_FIELDS = (
    "name",
    "norad_id",
    "object_id",
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_degrees",
    "raan_degrees",
    "argument_of_perigee_degrees",
    "mean_anomaly_degrees",
    "bstar",
    "mean_motion_dot",
    "mean_motion_ddot",
    "element_set_number",
    "revolution_field",
)


class ElementFeed(models.Model):
    """What is known of the address that elements are fetched from: what was there last, and when to ask again."""

    module = models.OneToOneField(Module, on_delete=models.CASCADE, related_name="element_feed")
    url = models.CharField(max_length=500)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    next_try_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0, help_text="Since the last success.")
    last_success_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="What went wrong last; empty when nothing.")

    class Meta:
        ordering = ["module"]

    def __str__(self) -> str:
        return self.url


class DownlinkProvider(models.Model):
    """Who carries the downlink in a phase: relay satellites, ground stations, or both."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="downlink_providers")
    name = models.CharField(max_length=100)
    stations = models.ManyToManyField(Place, blank=True, help_text="Ground stations.")
    min_elevation_degrees = models.FloatField(
        default=5, validators=[MinValueValidator(0), MaxValueValidator(89)], help_text="Above a station's horizon."
    )

    class Meta:
        ordering = ["phase", "name"]

    def __str__(self) -> str:
        return self.name


class Relay(models.Model):
    """A relay satellite over a longitude of the equator, 35,786 km up."""

    provider = models.ForeignKey(DownlinkProvider, on_delete=models.CASCADE, related_name="relays")
    name = models.CharField(max_length=100)
    longitude = models.FloatField(
        validators=[MinValueValidator(-180), MaxValueValidator(180)], help_text="Degrees, east positive."
    )

    class Meta:
        ordering = ["provider", "longitude"]

    def __str__(self) -> str:
        return self.name


class ComputedDay(models.Model):
    """What was computed for one UTC day from one element set or ephemeris: a table of numbers, shared by all.

    `subject` says what of (`night`, `plane`, a pass over a place, a provider's coverage); `engine` which version of
    the computation. Anything here can be computed again: rows may be deleted at any time.
    """

    elements = models.ForeignKey(OrbitElements, on_delete=models.CASCADE, null=True, related_name="+")
    ephemeris = models.ForeignKey(EphemerisFile, on_delete=models.CASCADE, null=True, related_name="+")
    subject = models.CharField(max_length=100)
    engine = models.PositiveSmallIntegerField()
    day = models.DateField()
    table = models.BinaryField(help_text="Float64, little-endian, row by row.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["elements", "ephemeris", "subject", "engine", "day"],
                name="computed_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(elements__isnull=False, ephemeris__isnull=True)
                | Q(elements__isnull=True, ephemeris__isnull=False),
                name="computed_from_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"
