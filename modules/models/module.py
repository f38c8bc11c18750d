"""A module in orbit, the zones producers work in, and places on the ground worth naming."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Activity(models.TextChoices):
    """What a production does on board."""

    FILMING = "filming", _("Filming")
    TELEVISION = "television", _("Television")
    MUSIC = "music", _("Music")
    SPORTS = "sports", _("Sports")


class Module(models.Model):
    """A module that can be booked. Facts carry their unit in the name; an unknown fact is empty."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    operator = models.CharField(max_length=200, blank=True)
    builder = models.CharField(max_length=200, blank=True)
    host = models.CharField(max_length=200, blank=True, help_text="The station it flies docked to.")
    description = models.TextField(blank=True)
    diameter_m = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    announced_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest is the default module.")
    revision = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Changed by triggers with whatever a booking is checked against."
    )

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A part of a module that is booked as one, and what it is equipped for."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="zones")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    activities = ArrayField(
        models.CharField(max_length=20, choices=Activity.choices), help_text="What the zone is equipped for."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["module", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["module", "slug"], name="zone_slug_unique_in_module")]

    def __str__(self) -> str:
        return f"{self.module} · {self.name}"


class Place(models.Model):
    """A city or a ground station that passes are asked over."""

    class Kind(models.TextChoices):
        CITY = "city", _("City")
        GROUND_STATION = "ground_station", _("Ground Station")

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.CITY)
    latitude = models.FloatField(
        validators=[MinValueValidator(-90), MaxValueValidator(90)], help_text="Degrees, north positive."
    )
    longitude = models.FloatField(
        validators=[MinValueValidator(-180), MaxValueValidator(180)], help_text="Degrees, east positive."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
