from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from modules.orbit import EventChanges, TrajectoryEvent, match_events
from modules.orbit.events import event_kind

DAY = datetime(2027, 3, 1, tzinfo=UTC)


def event(name, days):
    return TrajectoryEvent(name, event_kind(name), DAY + timedelta(days=days))


def names(pairs):
    return [(old.name, new.name) for old, new in pairs]


def test_a_slip_is_one_moved_event_among_near_namesakes():
    old = [event("SpX Crew-3 Launch", 1), event("SpX Crew-3 Docking", 2), event("SpX Crew-2 Undock", 3)]
    new = [event("SpX Crew-3 Launch", 4), event("SpX Crew-3 Docking", 5), event("SpX Crew-2 Undock", 8)]
    changes = match_events(old, new)
    assert names(changes.moved) == [(each.name, each.name) for each in old]
    assert changes == EventChanges(moved=changes.moved)


def test_a_new_name_at_the_same_time_is_the_same_event():
    changes = match_events([event("80P Arrivals", 1)], [event("80P Arrival", 1)])
    assert names(changes.renamed) == [("80P Arrivals", "80P Arrival")]
    changes = match_events([event("Progress Arrival", 1)], [event("80P Docking", 1)])
    assert names(changes.renamed) == [("Progress Arrival", "80P Docking")]
    changes = match_events([event("NG-17 Contact", 1)], [event("NG-17 Arrival", 1)])
    assert names(changes.renamed) == [("NG-17 Contact", "NG-17 Arrival")]


def test_a_new_word_for_its_kind_does_not_hide_a_slip():
    changes = match_events([event("80P Arrivals", 1)], [event("80P Docking", 2)])
    assert names(changes.moved) == [("80P Arrivals", "80P Docking")]


def test_seconds_are_no_slip():
    changes = match_events([event("NG-17 Launch", 1)], [event("NG-17 Launch", 1 + 3 / 86400)])
    assert names(changes.unchanged) == [("NG-17 Launch", "NG-17 Launch")]


def test_another_number_is_another_event():
    changes = match_events([event("80P Docking", 1)], [event("81P Docking", 2)])
    assert [each.name for each in changes.vanished] == ["80P Docking"]
    assert [each.name for each in changes.added] == ["81P Docking"]
    assert not changes.replacements


def test_a_reboost_on_another_date_is_only_hinted_at():
    changes = match_events([event("GMT037 Reboost", 1)], [event("GMT039 Reboost", 3)])
    assert [each.name for each in changes.vanished] == ["GMT037 Reboost"]
    assert [each.name for each in changes.added] == ["GMT039 Reboost"]
    assert names(changes.replacements) == [("GMT037 Reboost", "GMT039 Reboost")]


def test_two_of_one_name_go_to_staff_unless_they_stand_still():
    old = [event("ISS Reboost", 1), event("ISS Reboost", 5)]
    changes = match_events(old, [event("ISS Reboost", 5), event("ISS Reboost", 9)])
    assert names(changes.unchanged) == [("ISS Reboost", "ISS Reboost")]
    assert [(each.old, each.new) for each in changes.ambiguous] == [((old[0],), (event("ISS Reboost", 9),))]


def test_what_the_new_file_does_not_span_has_not_vanished():
    old = [event("80P Launch", 1), event("ISS Reboost", 2), event("81P Docking", 5), event("82P Docking", 30)]
    changes = match_events(
        old,
        [event("ISS Reboost", 9)],
        new_starts_at=DAY + timedelta(days=3),
        new_ends_at=DAY + timedelta(days=18),
    )
    assert [each.name for each in changes.uncovered] == ["80P Launch", "ISS Reboost", "82P Docking"]
    assert [each.name for each in changes.vanished] == ["81P Docking"]
    assert [each.name for each in changes.added] == ["ISS Reboost"]


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(["80P Docking", "80P Arrival", "81P Docking", "ISS Reboost", "Test", "80P Undock"]),
        st.integers(0, 4),
    ),
    max_size=7,
)


@given(EVENTS, EVENTS)
def test_every_event_is_counted_exactly_once(old, new):
    changes = match_events(old, new)
    pairs = changes.unchanged + changes.moved + changes.renamed
    olds = [pair[0] for pair in pairs] + [each for group in changes.ambiguous for each in group.old]
    news = [pair[1] for pair in pairs] + [each for group in changes.ambiguous for each in group.new]
    assert by_name(olds + list(changes.vanished) + list(changes.uncovered)) == by_name(old)
    assert by_name(news + list(changes.added)) == by_name(new)


@given(EVENTS)
def test_nothing_changes_against_itself(events):
    changes = match_events(events, events)
    assert len(changes.unchanged) == len(events)


def by_name(events):
    return sorted(events, key=lambda each: (each.name, each.occurs_at))
