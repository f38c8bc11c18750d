"""Rates, each with the card that it stands on: a card that is not there yet is made, with the dates it needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.actors import Actor
from bookings.exchange.sheet import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Sheet,
    Taken,
    instant,
    iso,
    module_of,
    needed,
    number,
    one_of,
    wrong,
)
from bookings.exchange.tables import Row
from bookings.models import Rate, RateCard, Season
from bookings.ratecards import give_standard_terms
from modules.intervals import Span
from modules.models import Activity, Module, PhaseKind, Zone


class Rates(Sheet):
    name = "rates"
    columns = (
        "card", "module", "currency", "valid_from", "valid_until", "per", "zone", "activity", "phase_kind", "season",
        "amount",
    )  # fmt: skip
    required = ("card", "per", "amount")
    to_see = ("bookings.view_ratecard", "bookings.view_rate")
    to_take = ("bookings.add_ratecard", "bookings.change_ratecard", "bookings.add_rate", "bookings.change_rate")

    def rows(self, span: Span | None) -> Iterator[Row]:
        for rate in Rate.objects.select_related("card__module", "zone", "season").order_by(
            "card__valid_from", "card", "per", "pk"
        ):
            yield {
                "card": rate.card.name,
                "module": rate.card.module.slug,
                "currency": rate.card.currency,
                "valid_from": iso(rate.card.valid_from),
                "valid_until": iso(rate.card.valid_until),
                "per": rate.per,
                "zone": rate.zone.slug if rate.zone else "",
                "activity": rate.activity,
                "phase_kind": rate.phase_kind,
                "season": rate.season.name if rate.season else "",
                "amount": str(rate.amount),
            }

    def take(self, row: Row, *, actor: Actor, at: datetime) -> Taken:
        module = module_of(row)
        card, said = self._card(row, module)
        if not row.get("amount"):
            raise wrong("amount", "required", _("“amount” is empty."))
        amount = number(row, "amount", default=Decimal(0)).quantize(Decimal("0.01"))
        key = {
            "per": one_of(row, "per", Rate.Per.values),
            "zone": _zone(row, module),
            "activity": one_of(row, "activity", Activity.values, default=""),
            "phase_kind": one_of(row, "phase_kind", PhaseKind.values, default=""),
            "season": _season(row, card),
        }
        rate = card.rates.filter(
            **{f"{name}__isnull" if v is None else name: v is None or v for name, v in key.items()}
        ).first()
        before = rate.amount if rate else None
        rate = rate or Rate(card=card, **key)
        narrowed = (row.get("zone"), rate.activity, rate.phase_kind, row.get("season"))
        label = ", ".join(filter(None, (card.name, Rate.Per(rate.per).label, *narrowed)))
        if before == amount:
            return Taken(UNCHANGED, label)
        rate.amount = amount
        rate.full_clean(validate_constraints=False)
        rate.save()
        price = f"{amount} {card.currency}"
        return Taken(
            ADDED if before is None else CHANGED, label, *said, price if before is None else f"{before} → {price}"
        )

    def _card(self, row: Row, module: Module) -> tuple[RateCard, list[str]]:
        """The card of that name, and what there is to say of it; its own fields are not changed by its rates' rows."""
        name = row.get("card", "")
        if not name:
            raise wrong("card", "required", _("“card” is empty."))
        card = RateCard.objects.filter(module=module, name=name).order_by("-valid_from", "-pk").first()
        if card is None:
            card = RateCard(
                module=module,
                name=name,
                currency=row.get("currency", "") or "USD",
                valid_from=needed(row, "valid_from"),
                valid_until=instant(row, "valid_until"),
            )
            card.full_clean()
            card.save()
            give_standard_terms(card)
            return card, [_("The card “%(card)s” is new, with the standard cancellation terms.") % {"card": name}]
        for column in ("currency", "valid_from", "valid_until"):
            value = getattr(card, column)
            here = row.get(column) if column == "currency" else instant(row, column)
            if here and here != value:
                is_one = value if column == "currency" else iso(value) or "no end"
                detail = _("The card “%(card)s” says %(facts)s. Change the card on its page, or name another.") % {
                    "card": name,
                    "facts": is_one,
                }
                raise wrong(column, "contradicts", detail)
        return card, []


def _season(row: Row, card: RateCard) -> Season | None:
    name = row.get("season", "")
    season = card.seasons.filter(name=name).first() if name else None
    if name and season is None:
        known = ", ".join(card.seasons.values_list("name", flat=True)) or "none"
        raise wrong(
            "season",
            "unknown_season",
            _("%(card)s has no season “%(season)s”; it has: %(seasons)s.")
            % {"card": card.name, "season": name[:60], "seasons": known},
        )
    return season


def _zone(row: Row, module: Module) -> Zone | None:
    slug = row.get("zone", "")
    zone = module.zones.filter(slug=slug).first() if slug else None
    if slug and zone is None:
        raise wrong(
            "zone", "unknown_zone", _("%(module)s has no zone “%(zone)s”.") % {"module": module.name, "zone": slug[:60]}
        )
    return zone


RATES = Rates()
