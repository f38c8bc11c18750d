"""What a window costs: rate cards with decimal money."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from modules.models import Activity, Module, PhaseKind, Zone


class RateCard(models.Model):
    """Prices of one module in one currency, valid for windows quoted in `[valid_from, valid_until)`."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="rate_cards")
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["module", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="rate_card_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"


class Rate(models.Model):
    """One price. The most exact one that fits applies: an empty zone, activity or phase fits any."""

    class Per(models.TextChoices):
        ZONE_HOUR = "zone_hour", "hour of a zone"
        CREW_HOUR = "crew_hour", "crew member and hour"
        POWER_KWH = "power_kwh", "kilowatt-hour"
        DOWNLINK_MBPS_HOUR = "downlink_mbps_hour", "Mbit/s and hour"
        BOOKING = "booking", "booking"

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    per = models.CharField(max_length=20, choices=Per.choices)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, null=True, blank=True)
    activity = models.CharField(max_length=20, choices=Activity.choices, blank=True)
    phase_kind = models.CharField(max_length=20, choices=PhaseKind.choices, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["card", "per", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "per", "zone", "activity", "phase_kind"],
                name="rate_said_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} per {self.get_per_display()}"


class CancellationTerm(models.Model):
    """What part of the price a confirmed booking costs when it is cancelled with less than `notice` to its start."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="cancellation_terms")
    notice = models.DurationField(help_text="Days and time before the start, as “30 00:00:00”.")
    percent = models.DecimalField(max_digits=5, decimal_places=2, help_text="Of the price.")

    class Meta:
        ordering = ["card", "notice"]
        constraints = [
            models.UniqueConstraint(fields=["card", "notice"], name="cancellation_term_said_once"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="cancellation_term_is_a_part"),
            models.CheckConstraint(condition=Q(notice__gt=timedelta(0)), name="cancellation_notice_is_some_time"),
        ]

    def __str__(self) -> str:
        return f"{self.percent.normalize():f} % with less notice than {self.notice}"
