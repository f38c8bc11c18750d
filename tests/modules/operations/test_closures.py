"""Closures are declared, changed and withdrawn, never deleted; flight rules change with a history."""

from datetime import timedelta

import pytest

from modules import operations
from modules.exceptions import ScheduleConflict
from modules.models import Closure, ClosureRevision, FlightRules, Module, Zone
from tests.world import NOW, span

WINDOW = span("03-10 10:00")
SAID = {"reason": "Progress docks.", "at": NOW, "by": "Ada"}


def declare(module: Module, **asked) -> Closure:
    said = {"kind": "maintenance", "starts_at": WINDOW.starts_at, "ends_at": WINDOW.ends_at} | SAID | asked
    return operations.declare_closure(module=module, **said).subject


def test_a_closure_and_its_changes_are_kept(module: Module) -> None:
    arena = module.zones.get(slug="arena")
    closure = declare(module, zones=[arena])
    later = WINDOW.ends_at + timedelta(hours=1)
    change = operations.change_closure(closure_id=closure.pk, ends_at=later, zones=[], **SAID)
    assert [(s.starts_at, s.ends_at) for s in change.touched] == [(WINDOW.starts_at, later)]
    operations.withdraw_closure(closure_id=closure.pk, **SAID)
    revisions = ClosureRevision.objects.filter(closure=closure)
    assert [(r.revision, r.zones, r.ends_at, r.withdrawn) for r in revisions] == [
        (1, ["arena"], WINDOW.ends_at, False),
        (2, [], later, False),
        (3, [], later, True),
    ]
    assert not Closure.objects.standing().exists()


def test_a_move_touches_where_it_was_and_where_it_is(module: Module) -> None:
    closure = declare(module)
    away = span("03-12 10:00")
    change = operations.change_closure(closure_id=closure.pk, starts_at=away.starts_at, ends_at=away.ends_at, **SAID)
    assert list(change.touched) == [WINDOW, away]


def test_the_same_again_is_no_revision(module: Module) -> None:
    closure = declare(module)
    assert not operations.change_closure(closure_id=closure.pk, kind="maintenance", **SAID).touched
    assert closure.revisions.count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"ends_at": WINDOW.starts_at}, "not after its start"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_nonsense_is_refused(module: Module, asked, said) -> None:
    with pytest.raises(ScheduleConflict, match=said):
        declare(module, **asked)
    assert not Closure.objects.exists()


def test_another_modules_zone_is_refused(module: Module) -> None:
    other = Zone.objects.create(
        module=Module.objects.create(slug="see-2", name="SEE-2"), slug="arena", name="Arena", activities=[]
    )
    with pytest.raises(ScheduleConflict, match="another module"):
        declare(module, zones=[other])


def test_what_was_changed_meanwhile_or_withdrawn_is_refused(module: Module) -> None:
    closure = declare(module)
    operations.change_closure(closure_id=closure.pk, note="Longer.", revision=1, **SAID)
    with pytest.raises(ScheduleConflict, match="changed since"):
        operations.change_closure(closure_id=closure.pk, note="Shorter.", revision=1, **SAID)
    operations.withdraw_closure(closure_id=closure.pk, revision=2, **SAID)
    with pytest.raises(ScheduleConflict, match="withdrawn"):
        operations.withdraw_closure(closure_id=closure.pk, **SAID)


def test_rules_change_with_a_history(module: Module) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    arena, studio = module.zones.get(slug="arena"), module.zones.get(slug="studio")
    change = operations.change_rules(
        phase_id=rules.phase_id,
        changes={"crew_limit": 3},
        zone_activities={arena.pk: ["music"], studio.pk: []},
        **SAID,
    )
    assert [(s.starts_at, s.ends_at) for s in change.touched] == [(rules.phase.starts_at, rules.phase.ends_at)]
    operations.change_rules(phase_id=rules.phase_id, changes={}, zone_activities={}, **SAID)
    contents = [revision.content for revision in rules.revisions.all()]
    assert [(c["crew_limit"], c["zones"]) for c in contents] == [
        ("6", {}),
        ("3", {"arena": ["music"], "studio": []}),
        ("3", {}),
    ]
    assert not operations.change_rules(phase_id=rules.phase_id, changes={"crew_limit": 3}, **SAID).touched


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"longest_window": timedelta(minutes=1)}, "nothing could be booked"),
        ({"turnaround": -timedelta(minutes=1)}, "cannot be negative"),
        ({"crew_limit": -1}, "crew limit"),
    ],
)
def test_rules_that_make_no_sense_are_refused(module: Module, changes, said) -> None:
    rules = FlightRules.objects.get(phase__kind="docked")
    with pytest.raises(ScheduleConflict, match=said):
        operations.change_rules(phase_id=rules.phase_id, changes=changes, **SAID)
    assert rules.revisions.count() == 1
