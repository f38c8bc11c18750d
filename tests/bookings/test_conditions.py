"""What is asked of the orbit, read field by field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.conditions import Conditions, parse
from bookings.exceptions import Invalid


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, Conditions()),
        ({"lighting": "any", "place": ""}, Conditions()),
        ({"lighting": "night"}, Conditions(lighting="night")),
        (
            {"lighting": "day", "lighting_min": "PT45M", "downlink_min": "PT1H"},
            Conditions(lighting="day", lighting_min=timedelta(minutes=45), downlink_min=timedelta(hours=1)),
        ),
        (
            {"place": "rome", "min_elevation": "25", "pass_min": "PT3M30S"},
            Conditions(place="rome", min_elevation_degrees=25, pass_min=timedelta(seconds=210)),
        ),
        ({"latitude": 41.9, "longitude": -12}, Conditions(latitude=41.9, longitude=-12)),
    ],
)
def test_conditions_are_read_and_written_back(given, read) -> None:
    assert parse(given) == read
    assert parse(read.to_json()) == read


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"moonlight": True}, {"moonlight": "unknown_field"}),
        ({"lighting": "dusk"}, {"lighting": "invalid_choice"}),
        ({"lighting": ["night"]}, {"lighting": "invalid_choice"}),
        ({"lighting_min": "PT30M"}, {"lighting_min": "not_applicable"}),
        ({"lighting": "sunrise", "lighting_min": "PT30M"}, {"lighting_min": "not_applicable"}),
        ({"lighting": "night", "lighting_min": 30}, {"lighting_min": "invalid"}),
        ({"lighting": "night", "lighting_min": "PT"}, {"lighting_min": "invalid"}),
        ({"lighting": "night", "lighting_min": "PT0S"}, {"lighting_min": "invalid"}),
        ({"lighting": "night", "lighting_min": "P1M"}, {"lighting_min": "invalid"}),
        ({"downlink_min": "PT3H"}, {"downlink_min": "longer_than_window"}),
        ({"latitude": 41.9}, {"longitude": "required"}),
        ({"latitude": 91, "longitude": True}, {"latitude": "invalid", "longitude": "invalid"}),
        ({"latitude": "nan", "longitude": "1e999"}, {"latitude": "invalid", "longitude": "invalid"}),
        ({"latitude": 10**400, "longitude": 0}, {"latitude": "invalid"}),
        ({"place": "rome", "latitude": 1, "longitude": 2}, {"place": "not_both"}),
        ({"place": "ro\x00me"}, {"place": "invalid"}),
        ({"pass_min": "PT3M", "min_elevation": 20}, {"pass_min": "place_required", "min_elevation": "place_required"}),
    ],
)
def test_what_makes_no_sense_is_named_by_field(given, wrong) -> None:
    with pytest.raises(Invalid) as refused:
        parse(given, window=timedelta(hours=2), prefix="conditions.")
    found = {error.field.removeprefix("conditions."): error.code for error in refused.value.errors}
    assert found == wrong
