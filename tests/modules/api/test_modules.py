"""The module, its mission, its zones and closures, and places, as the contract has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from modules.models import Closure, FlightRules, Module, Zone, ZoneRule
from tests.callers import Callers
from tests.world import World, span


def results(api: Callers, address: str, **asked: Any) -> list[dict[str, Any]]:
    page = api.readonly.get(address, asked).json()
    assert page.keys() == {"next", "previous", "results"}
    found: list[dict[str, Any]] = page["results"]
    return found


def test_the_module(api: Callers) -> None:
    (listed,) = results(api, "modules/")
    assert listed == api.readonly.get("modules/see-1/").json()
    assert (listed["slug"], listed["name"]) == ("see-1", "SEE-1")
    assert (listed["diameter_m"], listed["announced_on"]) == (6.0, "2022-01-20")
    assert listed["operator"].startswith("Space Entertainment Enterprise")


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2021-12-31", None),
        ("2024-11-30", "pre_launch"),
        ("2024-12-01", "docked"),
        ("2027-12-31", "docked"),
        ("2028-01-01", "free_flight"),
    ],
)
def test_the_phase_that_holds_now(api: Callers, now: str, kind: str | None) -> None:
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False):
        assert api.readonly.get("modules/see-1/").json()["current_phase"] == kind


def test_phases_in_order_with_their_rules(api: Callers) -> None:
    phases = results(api, "modules/see-1/phases/")
    assert [(p["kind"], p["starts_at"], p["ends_at"], p["certainty"]) for p in phases] == [
        ("pre_launch", "2022-01-20T00:00:00Z", "2024-12-01T00:00:00Z", "planned"),
        ("docked", "2024-12-01T00:00:00Z", "2028-01-01T00:00:00Z", "planned"),
        ("free_flight", "2028-01-01T00:00:00Z", None, "planned"),
    ]
    assert phases[1]["rules"] == {
        "shortest_window": "PT30M",
        "longest_window": "P14D",
        "lead_time": "PT48H",
        "turnaround": "PT30M",
        "hold_time": "P7D",
        "challenge_time": "PT48H",
        "crew_limit": 6,
        "power_limit_kw": 12.0,
        "downlink_limit_mbps": 300,
        "requires_concurrence": True,
        "crew_wake": "06:00",
        "crew_sleep": "21:30",
        "zones": [],
    }
    assert phases[2]["rules"]["lead_time"] == "PT24H"


def test_a_phase_that_restricts_a_zone(api: Callers) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    ZoneRule.objects.create(rules=rules, zone=Zone.objects.get(slug="arena"), activities=["music"])
    docked = results(api, "modules/see-1/phases/")[1]
    assert docked["rules"]["zones"] == [{"zone": "arena", "activities": ["music"]}]


def test_a_phase_without_rules(api: Callers) -> None:
    FlightRules.objects.filter(phase__kind="pre_launch").delete()
    assert results(api, "modules/see-1/phases/")[0]["rules"] is None


def test_zones(api: Callers) -> None:
    assert results(api, "modules/see-1/zones/") == [
        {"slug": "studio", "name": "Studio", "activities": ["filming", "television", "music"]},
        {"slug": "arena", "name": "Arena", "activities": ["filming", "television", "music", "sports"]},
        {"slug": "control", "name": "Control room", "activities": ["filming", "television", "music", "sports"]},
    ]


def test_places_page_by_page(api: Callers) -> None:
    whole = results(api, "places/")
    rome = next(place for place in whole if place["slug"] == "rome")
    assert (rome["name"], rome["kind"], rome["latitude"], rome["longitude"]) == ("Rome", "city", 41.9028, 12.4964)
    seen, address = [], "/api/v1/places/?page_size=7"
    while address:
        page = api.readonly.get(address).json()
        seen += page["results"]
        address = page["next"]
    assert seen == whole


@pytest.fixture
def closures(world: World) -> dict[str, Closure]:
    def close(day: str, **facts: Any) -> Closure:
        time = span(f"{day} 10:00")
        return Closure.objects.create(module=world.module, starts_at=time.starts_at, ends_at=time.ends_at, **facts)

    made = {
        "all": close("03-10", kind="reboost", certainty="actual"),
        "arena": close("03-11", kind="maintenance"),
        "gone": close("03-12", kind="eva", withdrawn_at=datetime(2027, 3, 1, tzinfo=UTC)),
    }
    made["arena"].zones.add(Zone.objects.get(slug="arena"))
    return made


def test_closures(api: Callers, closures: dict[str, Closure]) -> None:
    assert results(api, "modules/see-1/closures/") == [
        {
            "id": closures["all"].pk,
            "kind": "reboost",
            "zones": [],
            "starts_at": "2027-03-10T10:00:00Z",
            "ends_at": "2027-03-10T12:00:00Z",
            "certainty": "actual",
        },
        {
            "id": closures["arena"].pk,
            "kind": "maintenance",
            "zones": ["arena"],
            "starts_at": "2027-03-11T10:00:00Z",
            "ends_at": "2027-03-11T12:00:00Z",
            "certainty": "planned",
        },
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"from": "2027-03-10T12:00:00Z"}, ["maintenance"]),
        ({"from": "2027-03-10T11:59:59Z"}, ["reboost", "maintenance"]),
        ({"to": "2027-03-10T10:00:00Z"}, []),
        ({"to": "2027-03-10T10:00:01Z"}, ["reboost"]),
        ({"from": "2027-03-10T13:00:00Z", "to": "2027-03-11T10:30:00Z"}, ["maintenance"]),
    ],
)
def test_closures_within_a_half_open_span(
    api: Callers, closures: dict[str, Closure], asked: dict[str, str], found: list[str]
) -> None:
    assert [closure["kind"] for closure in results(api, "modules/see-1/closures/", **asked)] == found


def test_another_module_has_its_own(api: Callers, closures: dict[str, Closure]) -> None:
    other = Module.objects.create(slug="see-2", name="SEE-2", position=1)
    Zone.objects.create(module=other, slug="arena", name="Arena", activities=["sports"])
    assert [module["slug"] for module in results(api, "modules/")] == ["see-1", "see-2"]
    assert results(api, "modules/see-2/zones/") == [{"slug": "arena", "name": "Arena", "activities": ["sports"]}]
    assert results(api, "modules/see-2/closures/") == []
    assert api.readonly.get("modules/see-2/").json()["current_phase"] is None


def test_lists_ask_the_database_a_fixed_number_of_times(
    api: Callers, world: World, django_assert_max_num_queries: Any
) -> None:
    api.readonly.get("places/")
    for day in range(10, 20):
        time = span(f"03-{day} 10:00")
        closure = Closure.objects.create(
            module=world.module, kind="eva", starts_at=time.starts_at, ends_at=time.ends_at + timedelta(hours=1)
        )
        closure.zones.set(Zone.objects.all())
    for address, most in (("modules/", 3), ("modules/see-1/phases/", 5), ("modules/see-1/closures/", 4)):
        with django_assert_max_num_queries(most):
            results(api, address)
