"""Phases slip: boundaries move together, nothing overlaps, everything said before is kept."""

from datetime import UTC, datetime

import pytest

from modules import operations
from modules.exceptions import ScheduleConflict
from modules.models import Module, Phase, PhaseRevision
from tests.world import NOW


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def phase(module: Module, kind: str) -> Phase:
    return Phase.objects.get(module=module, kind=kind)


def revise(which: Phase, **changes):
    said = {"starts_at": which.starts_at, "ends_at": which.ends_at, "certainty": which.certainty} | changes
    return operations.revise_phase(phase_id=which.pk, **said, reason="The undocking slips.", at=NOW, by="Ada")


@pytest.mark.parametrize("boundary", ["2028-09-15", "2027-06-01"])
def test_a_boundary_is_one_thing_whichever_way_it_moves(module: Module, boundary: str) -> None:
    change = revise(phase(module, "docked"), ends_at=day(boundary))
    assert [each.kind for each in change.subject] == ["docked", "free_flight"]
    assert phase(module, "docked").ends_at == phase(module, "free_flight").starts_at == day(boundary)
    assert [(span.starts_at, span.ends_at) for span in change.touched] == [
        tuple(sorted((day("2028-01-01"), day(boundary))))
    ]


def test_the_start_moves_the_phase_before(module: Module) -> None:
    revise(phase(module, "docked"), starts_at=day("2027-02-01"), certainty="actual")
    assert phase(module, "pre_launch").ends_at == day("2027-02-01")
    assert phase(module, "docked").certainty == "actual"


def test_what_was_said_is_kept_with_its_reason(module: Module) -> None:
    revise(phase(module, "docked"), ends_at=day("2028-09-15"))
    revise(phase(module, "docked"), ends_at=day("2028-01-01"))
    docked = PhaseRevision.objects.filter(phase__kind="docked")
    assert [revision.ends_at for revision in docked] == [day("2028-01-01"), day("2028-09-15"), day("2028-01-01")]
    assert {(r.reason, r.recorded_by) for r in docked[1:]} == {("The undocking slips.", "Ada")}
    assert PhaseRevision.objects.filter(phase__kind="free_flight").count() == 3


def test_saying_the_same_again_changes_nothing(module: Module) -> None:
    change = revise(phase(module, "docked"))
    assert (change.subject, bool(change.touched)) == ([], False)
    assert PhaseRevision.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("docked", {"ends_at": None}, "cannot be left open"),
        ("docked", {"ends_at": day("2024-12-01")}, "not after its start"),
        ("docked", {"starts_at": day("2021-12-01")}, "Nothing would be left"),
        ("free_flight", {"starts_at": day("2024-11-01")}, "docked phase would end"),
        ("docked", {"reason": "  "}, "Say why"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_moves(module, kind, changes, said) -> None:
    before = list(Phase.objects.values_list("starts_at", "ends_at"))
    which = phase(module, kind)
    asked = {"starts_at": which.starts_at, "ends_at": which.ends_at, "certainty": "planned", "reason": "Why not."}
    with pytest.raises(ScheduleConflict, match=said):
        operations.revise_phase(phase_id=which.pk, **asked | changes, at=NOW, by="Ada")
    assert list(Phase.objects.values_list("starts_at", "ends_at")) == before
    assert PhaseRevision.objects.count() == 3


RULES = {"crew_limit": 4, "power_limit_kw": 5, "downlink_limit_mbps": 100}


def test_a_phase_is_added_where_there_is_room(module: Module) -> None:
    revise(phase(module, "free_flight"), ends_at=day("2035-01-01"))
    new = {"module": module, "kind": "retired", "starts_at": day("2035-01-01"), "ends_at": None, "rules": RULES}
    added = operations.add_phase(**new, reason="End of life.", at=NOW, by="Ada").subject
    assert (added.rules.crew_limit, added.rules.revisions.count(), added.revisions.count()) == (4, 1, 1)
    with pytest.raises(ScheduleConflict, match="overlap"):
        operations.add_phase(**new, reason="Again.", at=NOW, by="Ada")


def test_two_phases_may_swap_their_boundary_twice_in_one_go(module: Module) -> None:
    """The database's check waits for the end of each revision, and no longer."""
    for boundary in ("2029-01-01", "2027-01-01", "2028-06-01"):
        revise(phase(module, "docked"), ends_at=day(boundary))
    assert phase(module, "free_flight").starts_at == day("2028-06-01")
