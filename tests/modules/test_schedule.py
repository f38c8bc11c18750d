"""What is kept of a module is never stale, whoever changed it and however."""

from datetime import timedelta

import pytest
from django.db import connection

from bookings.models import Rate
from bookings.ratecards import card_for
from modules.models import FlightRules, Phase, Zone, ZoneRule
from modules.schedule import schedule_of
from tests.world import NOW, World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_it_is_read_once_while_nothing_changes(world: World, django_assert_num_queries) -> None:
    schedule_of(world.module.pk)
    with django_assert_num_queries(1):
        schedule_of(world.module.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Zone.objects.filter(slug="arena").update(name="Great arena"),
        lambda: Phase.objects.filter(kind="docked").update(certainty="actual"),
        lambda: FlightRules.objects.filter(phase__kind="docked").update(lead_time=timedelta(hours=1)),
        lambda: ZoneRule.objects.create(
            rules=FlightRules.objects.get(phase__kind="docked"), zone=Zone.objects.get(slug="arena"), activities=[]
        ),
        lambda: Zone.objects.get(slug="arena").module.save(),
        lambda: connection.cursor().execute("UPDATE modules_zone SET position = position + 1"),
    ],
)
def test_any_change_is_seen(world: World, change) -> None:
    before = schedule_of(world.module.pk)
    change()
    after = schedule_of(world.module.pk)
    assert after.revision != before.revision
    assert after is not before


def test_a_new_price_is_seen(world: World) -> None:
    before = {rate.pk: rate.amount for rate in card_for(world.module, NOW).rates.all()}
    Rate.objects.filter(per="crew_hour").update(amount=1)
    after = {rate.pk: rate.amount for rate in card_for(world.module, NOW).rates.all()}
    assert before != after
