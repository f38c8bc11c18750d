"""What a window costs: rate cards with decimal money."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
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
    tax_name = models.CharField(max_length=50, blank=True, db_default="", help_text="As in VAT; empty: no tax.")
    tax_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, db_default=0, help_text="On top of the rates."
    )

    class Meta:
        ordering = ["module", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="rate_card_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(tax_percent=0) | Q(tax_percent__gt=0, tax_percent__lte=100) & ~Q(tax_name=""),
                name="rate_card_tax_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"


class Season(models.Model):
    """A part of the calendar that a card prices by itself: of windows that start on one of its days, by GMT."""

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="seasons")
    name = models.CharField(max_length=100)
    starts_on = models.DateField(help_text="The first day, GMT.")
    ends_on = models.DateField(help_text="The last day, included.")

    class Meta:
        ordering = ["card", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["card", "name"], name="season_named_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="season_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


class Rate(models.Model):
    """One price. The most exact one that fits applies: an empty zone, activity, phase or season fits any."""

    class Per(models.TextChoices):
        ZONE_HOUR = "zone_hour", "hour of a zone"
        CREW_HOUR = "crew_hour", "crew member and hour"
        POWER_KWH = "power_kwh", "kilowatt-hour"
        DOWNLINK_MBPS_HOUR = "downlink_mbps_hour", "Mbit/s and hour"
        MEDIA_RETURN_KG = "media_return_kg", "kilogram of media brought down"
        BOOKING = "booking", "booking"

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    per = models.CharField(max_length=20, choices=Per.choices)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, null=True, blank=True)
    activity = models.CharField(max_length=20, choices=Activity.choices, blank=True)
    phase_kind = models.CharField(max_length=20, choices=PhaseKind.choices, blank=True)
    season = models.ForeignKey(Season, on_delete=models.RESTRICT, null=True, blank=True, related_name="rates")
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["card", "per", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "per", "zone", "activity", "phase_kind", "season"],
                name="rate_said_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} per {self.get_per_display()}"

    def clean(self) -> None:
        if self.season is not None and self.season.card_id != self.card_id:
            raise ValidationError({"season": "That season is another card's."})


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
