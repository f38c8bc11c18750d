"""A later file moves an event instead of doubling it; what it cannot tell, staff are shown."""

import gzip
from datetime import timedelta

import pytest

from modules import operations
from modules.exceptions import ImportRefused, ScheduleConflict
from modules.models import Closure, ClosureMargin, EphemerisFile, Module, TrajectoryEvent
from modules.operations import Loaded
from tests.modules.operations.ephemeris_text import gmt, oem

NOW = gmt("2027-061 12:00")
FIRST = {"81P Docking": "063 14:20", "81P Launch": "061 08:00", "ISS Reboost": "066 10:00", "SpX-9 Undock": "068 09:00"}


def load(module: Module, content: bytes, name: str = "a.oem") -> Loaded:
    reading = operations.read_ephemeris(name=name, content=content, at=NOW)
    return operations.load_ephemeris(module=module, reading=reading, at=NOW, by="import")


def counts(loaded: Loaded) -> dict[str, dict[str, int]]:
    return {kind: dict(what) for kind, what in loaded.counts.items()}


def closed(name: str) -> tuple[str, str]:
    closure = TrajectoryEvent.objects.get(name=name).closure
    assert closure is not None
    return f"{closure.starts_at:%j %H:%M}", f"{closure.ends_at:%j %H:%M}"


def test_events_close_the_module_by_the_margins_of_their_kind(module: Module) -> None:
    loaded = load(module, oem("2027-060", FIRST))
    assert counts(loaded) == {
        "docking": {"new": 1},
        "launch": {"new": 1},
        "reboost": {"new": 1},
        "undocking": {"new": 1},
    }
    assert closed("81P Docking") == ("063 11:20", "063 16:20")
    assert TrajectoryEvent.objects.get(name="81P Launch").closure is None, "a launch has no margin"
    assert {closure.kind for closure in Closure.objects.all()} == {"visiting_vehicle", "reboost"}
    assert len(loaded.touched) == 3


def test_the_same_file_again_changes_nothing_however_it_is_packed(module: Module) -> None:
    content = oem("2027-060", FIRST)
    load(module, content)
    again = load(module, gzip.compress(content), name="a.oem.gz")
    assert not again.is_new
    assert "already loaded" in again.notes[0]
    assert (EphemerisFile.objects.count(), TrajectoryEvent.objects.count(), Closure.objects.count()) == (1, 4, 3)
    file = EphemerisFile.objects.get()
    assert gzip.decompress(file.content) == content


def test_a_slip_moves_the_closure_and_keeps_what_it_was(module: Module) -> None:
    load(module, oem("2027-060", FIRST))
    later = load(module, oem("2027-061", FIRST | {"81P Docking": "065 14:20"}), name="b.oem")
    assert counts(later)["docking"] == {"moved": 1}
    assert counts(later)["reboost"] == {"unchanged": 1}
    assert closed("81P Docking") == ("065 11:20", "065 16:20")
    event = TrajectoryEvent.objects.get(name="81P Docking")
    assert [revision.occurs_at for revision in event.revisions.all()] == [
        gmt("2027-063 14:20"),
        gmt("2027-065 14:20"),
    ]
    assert event.closure is not None
    assert [(r.revision, r.file.name) for r in event.closure.revisions.all()] == [(1, "a.oem"), (2, "b.oem")]
    assert Closure.objects.count() == 3
    assert len(later.touched) == 2, "where it was and where it is"


def test_an_older_file_after_a_newer_one_moves_nothing_back(module: Module) -> None:
    load(module, oem("2027-061", FIRST | {"81P Docking": "065 14:20"}), name="new.oem")
    older = load(module, oem("2027-060", FIRST), name="old.oem")
    assert "before new.oem" in older.notes[0]
    assert not older.counts
    assert closed("81P Docking") == ("065 11:20", "065 16:20")
    assert EphemerisFile.objects.count() == 2


def test_another_name_makes_no_second_event(module: Module) -> None:
    load(module, oem("2027-060", {"80P Arrivals": "063 14:20"}))
    assert counts(load(module, oem("2027-061", {"80P Arrival": "063 14:20"}))) == {"docking": {"renamed": 1}}
    event = TrajectoryEvent.objects.get()
    assert (event.name, [r.name for r in event.revisions.all()]) == ("80P Arrival", ["80P Arrivals", "80P Arrival"])


def test_one_that_vanished_stays_closed_and_is_shown(module: Module) -> None:
    load(module, oem("2027-060", {"GMT066 Reboost": "066 10:00"}))
    later = load(module, oem("2027-061", {"GMT068 Reboost": "068 10:00"}), name="b.oem")
    assert counts(later) == {"reboost": {"new": 1, "vanished": 1}}
    event = TrajectoryEvent.objects.get(name="GMT066 Reboost")
    assert event.status == "vanished"
    assert "Perhaps “GMT068 Reboost” of 2027/068 10:00 GMT" in event.review
    assert "stays closed" in later.reviews[0]
    assert Closure.objects.standing().count() == 2
    back = load(module, oem("2027-062", {"GMT066 Reboost": "066 10:00", "GMT068 Reboost": "068 10:00"}))
    assert counts(back) == {"reboost": {"unchanged": 2}}
    assert set(TrajectoryEvent.objects.values_list("status", "review")) == {("current", "")}


def test_what_could_be_either_is_left_to_staff(module: Module) -> None:
    load(module, oem("2027-060", {"ISS Reboost": "066 10:00"}))
    twice = b"ISS Reboost"
    content = oem("2027-061", {"ISS Reboost": "067 10:00", "ISS Reboosts": "069 10:00"})
    assert twice in content
    later = load(module, content)
    assert counts(later) == {"reboost": {"unclear": 3}}
    assert Closure.objects.standing().count() == 1, "nothing is guessed"
    assert len(later.reviews) == 3


def test_staff_settle_what_was_unclear(module: Module) -> None:
    load(module, oem("2027-060", {"ISS Reboost": "066 10:00"}))
    load(module, oem("2027-061", {"ISS Reboost": "067 10:00", "ISS Reboosts": "069 10:00"}))
    said = {"reason": "As the operator told us.", "at": NOW, "by": "Ada"}
    first, second, third = TrajectoryEvent.objects.order_by("occurs_at")
    operations.dismiss_event(event_id=first.pk, **said)
    for event in (second, third):
        operations.accept_event(event_id=event.pk, **said)
    assert [(e.status, e.review) for e in TrajectoryEvent.objects.order_by("occurs_at")] == [
        ("dismissed", ""),
        ("current", ""),
        ("current", ""),
    ]
    assert Closure.objects.standing().count() == 2
    again = load(module, oem("2027-062", {"ISS Reboost": "067 10:00", "ISS Reboosts": "069 10:00"}))
    assert counts(again) == {"reboost": {"unchanged": 2}}
    with pytest.raises(ScheduleConflict, match="no such event"):
        operations.accept_event(event_id=0, **said)


def test_margins_are_data(module: Module) -> None:
    load(module, oem("2027-060", FIRST))
    ClosureMargin.objects.filter(event_kind="docking").update(before=timedelta(hours=1), after=timedelta(0))
    ClosureMargin.objects.create(
        module=module,
        event_kind="launch",
        closure_kind="other",
        before=timedelta(0),
        after=timedelta(hours=1),
    )
    load(module, oem("2027-061", FIRST | {"81P Docking": "065 14:20", "81P Launch": "062 08:00"}))
    assert closed("81P Docking") == ("065 13:20", "065 14:20")
    assert closed("81P Launch") == ("062 08:00", "062 09:00")


def test_times_that_a_person_set_move_by_as_much_as_the_event(module: Module) -> None:
    load(module, oem("2027-060", FIRST))
    closure = TrajectoryEvent.objects.get(name="81P Docking").closure
    assert closure is not None
    operations.change_closure(closure_id=closure.pk, starts_at=gmt("2027-063 06:00"), reason="Wider.", at=NOW, by="Ada")
    later = load(module, oem("2027-061", FIRST | {"81P Docking": "065 14:20"}))
    assert closed("81P Docking") == ("065 06:00", "065 16:20")
    assert "set by hand" in later.reviews[0]


def test_a_closure_that_was_withdrawn_does_not_come_back(module: Module) -> None:
    load(module, oem("2027-060", FIRST))
    closure = TrajectoryEvent.objects.get(name="81P Docking").closure
    assert closure is not None
    operations.withdraw_closure(closure_id=closure.pk, reason="Not ours.", at=NOW, by="Ada")
    later = load(module, oem("2027-061", FIRST | {"81P Docking": "065 14:20"}))
    assert "has not come back" in later.reviews[0]
    assert Closure.objects.standing().count() == 2


def test_closures_stand_on_whole_minutes(module: Module) -> None:
    content = oem("2027-060", {"81P Docking": "063 14:20"}).replace(b"063:14:20:00.000", b"063:14:20:25.500")
    load(module, content)
    assert closed("81P Docking") == ("063 11:20", "063 16:21")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello", "not a CCSDS OEM"),
        (oem("2027-060", FIRST)[:200], "a.oem: "),
        (oem("2027-060", FIRST).replace(b"CREATION_DATE", b"MADE"), "does not say when it was made"),
        (oem("2027-090", FIRST), "yet to come"),
        (oem("2027-060", {"81P Docking": "999 14:20"}), "impossible time"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_is_loaded(module: Module, content: bytes, said: str) -> None:
    with pytest.raises(ImportRefused, match=said) as refused:
        load(module, content)
    assert "\n" not in refused.value.detail
    assert not EphemerisFile.objects.exists()


def test_another_objects_file_is_said_to_be_one(module: Module) -> None:
    load(module, oem("2027-060", FIRST))
    other = load(module, oem("2027-061", {"X Docking": "070 10:00"}, OBJECT_NAME="HST"), name="hst.oem")
    assert "it is of HST; a.oem was of ISS" in other.notes[0]
    assert TrajectoryEvent.objects.filter(status="vanished").count() == 0
