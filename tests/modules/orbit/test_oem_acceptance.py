"""The event summaries of NASA's own files."""

from datetime import UTC, datetime

import pytest

from modules.orbit import EventChanges, load_oem, match_events, utc_datetime
from tests.modules.orbit.shared_data import SHARED_DATA, acceptance

pytestmark = acceptance


def read(day):
    return load_oem(SHARED_DATA / f"ISS.OEM.{day}.xml.gz")


def changes_between(old, new):
    return match_events(
        old.events,
        new.events,
        new_starts_at=utc_datetime(new.start_s),
        new_ends_at=utc_datetime(new.stop_s),
    )


@pytest.mark.parametrize(
    ("day", "rows", "kinds"),
    [
        ("2021-300", 5406, ["launch", "docking", "launch", "docking", "undocking"]),
        ("2021-305", 5403, ["launch", "docking", "undocking"]),
        ("2022-042", 5524, ["launch", "docking", "launch", "docking", "reboost"]),
        ("2022-047", 5590, ["docking", "launch", "docking", "reboost"]),
    ],
)
def test_files_are_read_whole(day, rows, kinds):
    ephemeris = read(day)
    assert len(ephemeris.times_s) == rows
    assert [event.kind for event in ephemeris.events] == kinds
    assert ephemeris.stop_s - ephemeris.start_s == 15 * 86400


def test_crew_3_and_crew_2_slip():
    changes = changes_between(read("2021-300"), read("2021-305"))
    moves = {old.name: (old.occurs_at, new.occurs_at) for old, new in changes.moved}
    assert moves["SpX Crew-3 Docking"] == (
        datetime(2021, 11, 1, 3, 58, 25, tzinfo=UTC),
        datetime(2021, 11, 4, 3, tzinfo=UTC),
    )
    assert moves["SpX Crew-2 Undock"] == (
        datetime(2021, 11, 4, 22, tzinfo=UTC),
        datetime(2021, 11, 7, 18, tzinfo=UTC),
    )
    assert changes == EventChanges(moved=changes.moved, uncovered=changes.uncovered)


def test_a_changed_name_makes_no_second_event():
    changes = changes_between(read("2022-042"), read("2022-047"))
    assert [(old.name, new.name) for old, new in changes.renamed] == [("80P Arrivals", "80P Arrival")]
    assert len(changes.unchanged) == 3
    assert [old.name for old in changes.uncovered] == ["80P Launch"]
    assert changes == EventChanges(unchanged=changes.unchanged, renamed=changes.renamed, uncovered=changes.uncovered)
