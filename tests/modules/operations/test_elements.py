"""Elements are loaded whole or not at all, held against those before them, and kept beside them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from modules import operations, orbit
from modules.exceptions import ImportRefused, ScheduleConflict
from modules.models import ElementFile, Module, OrbitElements
from modules.operations.nominal import carried
from modules.orbit import parse_elements
from tests.modules.orbit.element_text import OTHER_1, OTHER_2, as_csv, as_json, as_kvn, as_xml, tle

AT = datetime(2026, 3, 2, tzinfo=UTC)
LATER = "2026-03-02T13:48:17.544384"


def load(module: Module, content: bytes, *, at: datetime = AT) -> list[OrbitElements]:
    reading = operations.read_elements(name="a file", content=content, at=at)
    loaded = operations.load_elements(module=module, reading=reading, at=at, by="a test")
    return [each.elements for each in loaded.sets]


def followed(**changes: str) -> bytes:
    """The set a day later, its node turned and its place carried on, so that it follows from the first."""
    (first,) = parse_elements(as_json())
    after = carried(replace(first, bstar=0.0, mean_motion_dot=0.0), first.epoch_s + 86_400)
    fields = {
        "EPOCH": LATER,
        "RA_OF_ASC_NODE": f"{after.raan_degrees:.6f}",
        "ARG_OF_PERICENTER": f"{after.argument_of_perigee_degrees:.6f}",
        "MEAN_ANOMALY": f"{after.mean_anomaly_degrees:.6f}",
    }
    return as_json(**(fields | changes))


@pytest.mark.parametrize("written", [tle, as_json, as_xml, as_kvn, as_csv, lambda: gzip.compress(tle())])
def test_every_notation_is_the_same_set_and_loaded_once(module: Module, written) -> None:
    (first,) = load(module, as_json())
    (again,) = load(module, written())
    same = as_json() if written in (as_xml, as_kvn, as_csv) else written()
    assert (again.pk == first.pk) == (parse_elements(same)[0].epoch_s == parse_elements(as_json())[0].epoch_s)
    assert (first.status, first.nominal, first.phase_kind) == ("accepted", False, "docked")


def test_a_set_is_kept_with_its_file_and_comes_back_as_it_was(module: Module) -> None:
    (kept,) = load(module, as_json())
    (read,) = parse_elements(as_json())
    assert kept.as_elements() == read
    assert gzip.decompress(bytes(ElementFile.objects.get().content)) == as_json()
    assert kept.source == "a file"


def test_a_set_that_follows_is_accepted_and_the_old_one_stays(module: Module) -> None:
    (first,), (second,) = load(module, as_json()), load(module, followed())
    first.refresh_from_db()
    assert (first.status, second.status) == ("accepted", "accepted")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"INCLINATION": "53.0"}, "inclination"),
        ({"RA_OF_ASC_NODE": "200.0"}, "plane"),
        ({"MEAN_MOTION": "15.2"}, "height"),
        ({"MEAN_ANOMALY": "250.0"}, "s from where"),
        ({"NORAD_CAT_ID": "39070"}, "satellite 39070"),
        ({"ECCENTRICITY": "0.02"}, "eccentricity"),
    ],
)
def test_what_no_reboost_explains_is_quarantined_until_staff_accept_it(module: Module, changes, reason) -> None:
    load(module, as_json())
    (strange,) = load(module, followed(**changes))
    assert strange.status == "quarantined"
    assert reason in strange.review
    done = operations.accept_elements(elements_id=strange.pk, reason="Checked with Houston.", at=AT, by="staff")
    assert done.elements.status == "accepted"
    assert "Checked with Houston" in done.elements.review


def test_a_first_real_set_of_another_kind_of_orbit_is_quarantined(module: Module) -> None:
    (strange,) = load(module, tle("TDRS 11", OTHER_1, OTHER_2), at=datetime(2026, 6, 1, tzinfo=UTC))
    assert strange.status == "quarantined"
    (right,) = load(module, as_json())
    assert right.status == "accepted", "what was quarantined is not held against others"


def test_a_set_that_decays_within_the_reach_of_clock_times_is_quarantined(module: Module) -> None:
    (falling,) = load(module, as_json(MEAN_MOTION="16.3", BSTAR="0.5"))
    assert falling.status == "quarantined"


def test_another_set_of_the_same_epoch_takes_its_place(module: Module) -> None:
    (first,) = load(module, as_json())
    (second,) = load(module, as_json(BSTAR=".19203E-3"))
    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "accepted")


def test_staff_can_take_an_accepted_set_out_and_must_say_why(module: Module) -> None:
    (kept,) = load(module, as_json())
    with pytest.raises(ScheduleConflict, match="Say why"):
        operations.quarantine_elements(elements_id=kept.pk, reason=" ", at=AT, by="staff")
    done = operations.quarantine_elements(elements_id=kept.pk, reason="A wrong fit.", at=AT, by="staff")
    assert done.elements.status == "quarantined"
    with pytest.raises(ImportRefused, match="already"):
        operations.quarantine_elements(elements_id=kept.pk, reason="Again.", at=AT, by="staff")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02" * 100,
        tle()[:-5],
        tle().replace(b"9995", b"9994"),
        tle("A", *tle().decode().splitlines()[1:]) + b"\n" + tle("B", OTHER_1, OTHER_2),
        as_json(EPOCH="2031-01-01T00:00:00"),
        as_json(REV_AT_EPOCH="99999999999"),
        b"x" * 9_000_000,
    ],
    ids=["empty", "binary", "truncated", "checksum", "mixed", "future", "revolutions", "huge"],
)
def test_a_bad_file_is_refused_in_one_line_and_nothing_is_loaded(module: Module, content) -> None:
    with pytest.raises(ImportRefused) as refused:
        load(module, content)
    assert "\n" not in str(refused.value)
    assert not OrbitElements.objects.filter(nominal=False).exists()
    assert not ElementFile.objects.exists()


def test_nominal_sets_are_issued_for_the_day_and_describe_the_same_orbit(module: Module) -> None:
    before = OrbitElements.objects.get(phase_kind="docked")
    at = before.epoch + timedelta(days=40, hours=5)
    docked = next(e for e in operations.issue_nominal(module, at=at) if e.phase_kind == "docked")
    assert docked.epoch == before.epoch + timedelta(days=40)
    times = orbit.unix_seconds(at) + np.arange(0, 86_400, 600.0)
    old, new = (orbit.ElementTrajectory(each.as_elements()).states(times)[0] for each in (before, docked))
    assert np.abs(old - new).max() < 1e-3, "within a metre after forty days"
    assert operations.issue_nominal(module, at=at) == []


def test_nominal_sets_make_way_for_real_ones(module: Module) -> None:
    load(module, as_json())
    at = OrbitElements.objects.filter(nominal=True).first().epoch + timedelta(days=3)
    assert {each.phase_kind for each in operations.issue_nominal(module, at=at)} == {"free_flight"}
