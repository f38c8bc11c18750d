"""SEE-1 ready to be booked: its facts, and its first rate card."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from bookings.models import Rate, RateCard, Season
from bookings.ratecards import give_standard_terms
from modules.models import Module
from modules.operations import issue_nominal
from modules.operations.founding import found_module, see1_facts

RATES = Path(__file__).resolve().parent / "data" / "see-1-rates.json"


def load_see1(*, at: datetime) -> tuple[Module, bool]:
    """SEE-1 as data, on first start; what is there already, staff may have changed, and it stays."""
    with transaction.atomic():
        module, created = found_module(see1_facts(), at=at)
        if created:
            _rate_card(module, json.loads(RATES.read_text()))
        issue_nominal(module, at=at)
    return module, created


def _rate_card(module: Module, facts: dict[str, Any]) -> None:
    card = RateCard.objects.create(
        module=module,
        name=facts["name"],
        currency=facts["currency"],
        valid_from=datetime.fromisoformat(facts["valid_from"]),
        source=facts["source"],
    )
    give_standard_terms(card)
    seasons = {each["name"]: Season.objects.create(card=card, **each) for each in facts["seasons"]}
    zones = {zone.slug: zone for zone in module.zones.all()}
    for rate in facts["rates"]:
        zone = zones[rate["zone"]] if "zone" in rate else None
        season = seasons[rate["season"]] if "season" in rate else None
        Rate.objects.create(card=card, **{**rate, "zone": zone, "season": season})
