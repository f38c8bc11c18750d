"""How booking went, of the windows that start in a span: lead times, cancellations, what holds came to, money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
from django.db.models import Count, DecimalField, Exists, F, FloatField, Func, OuterRef, Q, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from bookings.models import Booking, Transition
from bookings.querysets import BookingQuerySet
from bookings.states import Action, Status
from modules.intervals import Span
from modules.models import Module

SOLD = (Status.CONFIRMED, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Money:
    currency: str
    sold: Decimal
    """The price of what is confirmed or completed."""
    fees: Decimal
    """What cancelling cost."""

    @property
    def total(self) -> Decimal:
        return self.sold + self.fees


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of bookings; lead times from the booking's making to its window's start, of what is sold."""

    made: int
    held: int
    held_then_confirmed: int
    confirmed: int
    confirmed_then_cancelled: int
    lead_median: timedelta | None
    lead_quartiles: tuple[timedelta, timedelta] | None
    money: tuple[Money, ...]

    @property
    def conversion(self) -> float | None:
        """Of the holds, how many were confirmed at some time: 0 to 1; None without holds."""
        return self.held_then_confirmed / self.held if self.held else None

    @property
    def cancellation(self) -> float | None:
        """Of what was confirmed at some time, how much was cancelled after."""
        return self.confirmed_then_cancelled / self.confirmed if self.confirmed else None


def figures(module: Module, span: Span) -> Figures:
    cohort = Booking.objects.filter(module=module, starts_at__gte=span.starts_at, starts_at__lt=span.ends_at)
    of_it = Transition.objects.filter(booking=OuterRef("pk"))
    counts = cohort.annotate(
        was_held=Exists(of_it.filter(from_status="", to_status=Status.HELD)),
        was_confirmed=Exists(of_it.filter(to_status=Status.CONFIRMED)),
    ).aggregate(
        made=Count("pk"),
        held=Count("pk", filter=Q(was_held=True)),
        held_then_confirmed=Count("pk", filter=Q(was_held=True, was_confirmed=True)),
        confirmed=Count("pk", filter=Q(was_confirmed=True)),
        confirmed_then_cancelled=Count("pk", filter=Q(was_confirmed=True, status=Status.CANCELLED)),
    )
    lead_s = Func(
        F("starts_at") - F("created_at"), template="EXTRACT(EPOCH FROM %(expressions)s)", output_field=FloatField()
    )
    seconds = np.array(cohort.filter(status__in=SOLD).order_by().values_list(lead_s, flat=True), dtype=np.float64)
    first, median, third = np.percentile(seconds, (25, 50, 75)) if len(seconds) else (0.0, 0.0, 0.0)
    return Figures(
        **counts,
        lead_median=_rounded(median) if len(seconds) else None,
        lead_quartiles=(_rounded(first), _rounded(third)) if len(seconds) else None,
        money=_money(cohort),
    )


def _rounded(seconds: float) -> timedelta:
    return timedelta(hours=round(float(seconds) / 3600))


def _money(cohort: BookingQuerySet) -> tuple[Money, ...]:
    sold = dict(cohort.filter(status__in=SOLD).order_by().values_list("currency").annotate(Sum("price_total")))
    fee = Cast(KT("detail__fee"), DecimalField(max_digits=14, decimal_places=2))
    fees = dict(
        Transition.objects.filter(booking__in=cohort, action=Action.CANCEL, detail__has_key="fee")
        .order_by()
        .annotate(currency=KT("detail__currency"))
        .values("currency")
        .annotate(fees=Sum(fee))
        .values_list("currency", "fees")
    )
    none = Decimal("0.00")
    return tuple(Money(each, sold.get(each, none), fees.get(each, none)) for each in sorted({*sold, *fees}))
