"""Bookings, the time they claim, who challenged whom, and what happened to each.

The guarantee lives here. A `Claim` says that a booking wants a zone for a period (its window and the turnaround
after it) at a rank; `claim_is_alone_at_its_rank` is an exclusion constraint over zone, rank and period. Rank 1
occupies; ranks 2 and 3 wait. So PostgreSQL itself refuses a second occupant, whoever asks and however.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from bookings.models.accounts import ApiKey, Organisation, Production, User
from bookings.models.rates import RateCard
from bookings.querysets import BookingQuerySet, ClaimQuerySet
from bookings.states import Status
from bookings.tracing import REQUEST_ID_LENGTH, current_request_id
from modules.intervals import Span
from modules.models import Activity, Module, OrbitElements, Phase, Zone
from modules.ranges import IdRange

LAST_RANK = 3


class Attention(models.TextChoices):
    """Why staff and the producer should look at a booking."""

    PHASE_CHANGED = "phase_changed", _("the mission phase changed")
    CLOSURE = "closure", _("the module is closed meanwhile")
    CONDITIONS_DRIFTED = "conditions_drifted", _("the orbit no longer gives what was asked for")
    OVER_CAPACITY = "over_capacity", _("more is asked of the module than it has")


class Booking(models.Model):
    """A window on one or more zones. Only `bookings.lifecycle` writes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=16, unique=True, editable=False)
    # Without indexes of their own: others begin with the same column, or hold the few rows that have a value.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    production = models.ForeignKey(Production, on_delete=models.PROTECT, related_name="bookings")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="bookings")
    agreed_phase = models.ForeignKey(
        Phase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="The phase it was agreed in, where a revision has put it into another since; else empty.",
    )
    zones = models.ManyToManyField(Zone, through="Claim", related_name="bookings")
    activity = models.CharField(max_length=20, choices=Activity.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    crew = models.PositiveSmallIntegerField(default=0)
    power_kw = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    downlink_mbps = models.PositiveIntegerField(default=0)
    media_return_kg = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text="Media that come down by the next vehicle.",
    )
    batch = models.UUIDField(null=True, blank=True, help_text="Shared by windows that were reserved as one.")
    conditions = models.JSONField(default=dict, blank=True, help_text="What the orbit must give.")
    checked = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        editable=False,
        help_text="What the orbit gave when its conditions were checked.",
    )
    checked_elements = models.ForeignKey(
        OrbitElements,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    status = models.CharField(max_length=10, choices=Status.choices)
    rank = models.PositiveSmallIntegerField(null=True, help_text="1 occupies; empty when over.")
    arrival = models.BigIntegerField(
        db_default=Func(Value("bookings_arrival"), function="nextval"),
        help_text="The order of arrival: ranks are a function of it alone.",
    )
    hold_until = models.DateTimeField(null=True, blank=True, help_text="When the hold ends unchallenged.")
    hold_expires_at = models.DateTimeField(null=True, blank=True, help_text="When it ends, challenges counted.")
    concurrence = models.CharField(max_length=500, blank=True, help_text="Who concurred for the host, and how.")
    concurrence_at = models.DateTimeField(null=True, blank=True)
    attention = ArrayField(models.CharField(max_length=20, choices=Attention.choices), default=list, blank=True)
    rate_card = models.ForeignKey(RateCard, on_delete=models.PROTECT, null=True, related_name="+")
    price = models.JSONField(encoder=DjangoJSONEncoder, help_text="As quoted, line by line.")
    price_total = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    fee_kept = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=0,
        db_default=0,
        editable=False,
        help_text="What cancelling costs until it is confirmed anew: its producer changed what was confirmed.",
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = BookingQuerySet.as_manager()

    zone_list: list[Zone]  # there where `with_details` read it

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["organisation", "starts_at", "id"], name="booking_by_organisation"),
            models.Index(fields=["module", "starts_at"], name="booking_by_module"),
            models.Index(fields=["agreed_phase"], name="booking_agreed_phase", condition=Q(agreed_phase__isnull=False)),
            models.Index(
                fields=["checked_elements"],
                name="booking_checked_elements",
                condition=Q(checked_elements__isnull=False),
            ),
            models.Index(fields=["hold_expires_at"], name="booking_hold_expiry", condition=Q(status=Status.HELD)),
            models.Index(
                fields=["ends_at"],
                name="booking_unfinished",
                condition=Q(status__in=[Status.REQUESTED, Status.CONFIRMED]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(status=Status.HELD, rank__range=(1, LAST_RANK), hold_expires_at__isnull=False)
                | Q(status__in=[Status.REQUESTED, Status.CONFIRMED, Status.COMPLETED], rank=1)
                | Q(
                    status__in=[Status.DECLINED, Status.CANCELLED, Status.RELEASED, Status.EXPIRED],
                    rank__isnull=True,
                ),
                name="booking_rank_fits_its_status",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def hold_rank(self) -> int | None:
        """The rank of a hold; nothing else has one to show."""
        return self.rank if self.status == Status.HELD else None

    @property
    def etag(self) -> str:
        return f'"{self.pk.hex[:12]}-{self.version}"'


class Claim(models.Model):
    """A booking's claim on one zone: for its window and turnaround, at a rank; no rank once it is over."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="claims", db_index=False)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="claims")
    period = DateTimeRangeField()
    rank = models.PositiveSmallIntegerField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "zone"], name="claim_once_a_zone"),
            ExclusionConstraint(
                name="claim_is_alone_at_its_rank",
                expressions=[
                    (F("period"), "&&"),
                    (IdRange(F("zone_id")), "&&"),
                    (IdRange(F("rank")), "&&"),
                ],
                condition=Q(rank__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(rank__range=(1, LAST_RANK)), name="claim_rank_in_range"
            ),
        ]
        indexes = [GistIndex(fields=["period"], name="claim_by_period")]

    def __str__(self) -> str:
        return f"{self.booking} {self.zone.slug} rank {self.rank}"


class Challenge(models.Model):
    """A waiting hold's challenge to one before it: request in time, or expire. Once per pair."""

    class Outcome(models.TextChoices):
        OPEN = "open"
        MET = "met", "the challenged hold requested"
        EXPIRED = "expired", "the challenged hold expired"
        LAPSED = "lapsed", "the challenge lost its ground"

    challenger = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="challenges_made")
    challenged = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="challenges_met")
    issued_at = models.DateTimeField()
    deadline = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["issued_at", "id"]
        constraints = [models.UniqueConstraint(fields=["challenger", "challenged"], name="challenge_once")]

    def __str__(self) -> str:
        return f"{self.challenger} challenges {self.challenged}"


class Transition(models.Model):
    """One line of a booking's history: who did what, when, from which state to which. Never changed."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    actor = models.CharField(max_length=200, help_text="As it may be shown to the organisation.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    via = models.CharField(max_length=10, help_text="page, api, admin, task or import")
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(
        max_length=REQUEST_ID_LENGTH, default=current_request_id, db_default="", editable=False, blank=True
    )
    position = models.BigIntegerField(
        null=True, editable=False, help_text="Its place in the order in which changes became visible."
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["position"], name="transition_by_position"),
            models.Index(fields=["id"], name="transition_unplaced", condition=Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.booking} {self.action} at {self.at:%Y-%m-%d %H:%M}"
