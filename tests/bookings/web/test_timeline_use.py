"""Buckets and their use: plain functions, against sums done by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.web.timeline_frame import RESOLUTIONS, edges, fitting_resolution
from bookings.web.timeline_use import buckets
from modules.intervals import Span
from tests.world import span

DAY = span("03-01 00:00", 24)


def hours(start: float, end: float) -> Span:
    return Span(DAY.starts_at + timedelta(hours=start), DAY.starts_at + timedelta(hours=end))


@pytest.mark.parametrize(
    ("own", "others", "closed", "expected"),
    [
        ([], [], [], (0, 0, 0, 0)),
        ([(0, 24)], [], [], (1, 0, 0, 100)),
        ([(0, 6)], [(6, 12)], [(12, 18)], (0.25, 0.25, 0.25, 75)),
        ([(0, 6)], [], [(0, 12)], (0.25, 0, 0.25, 50)),
        ([(0, 6), (6, 12)], [(3, 9)], [], (0.5, 0, 0, 50)),
        ([(-12, 6)], [(18, 48)], [], (0.25, 0.25, 0, 50)),
        ([(0, 0.05)], [], [], (0.05 / 24, 0, 0, 1)),
        ([(0, 23.99)], [], [], (23.99 / 24, 0, 0, 99)),
        ([(48, 50)], [], [], (0, 0, 0, 0)),
    ],
)
def test_shares_of_a_day(
    own: list[tuple[float, float]],
    others: list[tuple[float, float]],
    closed: list[tuple[float, float]],
    expected: tuple[float, float, float, int],
) -> None:
    spans = {
        name: [hours(*pair) for pair in pairs] for name, pairs in (("own", own), ("others", others), ("closed", closed))
    }
    (bucket,) = buckets([DAY.starts_at, DAY.ends_at], **spans)
    assert (bucket.own, bucket.others, bucket.closed) == pytest.approx(expected[:3])
    assert bucket.percent == expected[3]


def test_touching_bookings_of_others_count_as_one() -> None:
    found = buckets(edges(DAY, "PT6H"), own=[hours(0, 1), hours(2, 3)], others=[hours(6, 7), hours(7, 8)], closed=[])
    assert [bucket.bars for bucket in found] == [2, 1, 0, 0]


@pytest.mark.parametrize("resolution", list(RESOLUTIONS))
def test_buckets_cut_the_whole_span_by_the_calendar(resolution: str) -> None:
    whole = Span(datetime(2027, 1, 13, 5, 17, tzinfo=UTC), datetime(2027, 4, 2, 23, 1, tzinfo=UTC))
    cuts = edges(whole, resolution)
    assert (cuts[0], cuts[-1]) == (whole.starts_at, whole.ends_at)
    assert cuts == sorted(set(cuts))
    inner = cuts[1:-1]
    assert all(cut.minute == 0 for cut in inner)
    if resolution in {"P1D", "P7D", "P1M"}:
        assert all(cut.hour == 0 for cut in inner)
    if resolution == "P7D":
        assert all(cut.weekday() == 0 for cut in inner)
    if resolution == "P1M":
        assert [cut.day for cut in inner] == [1, 1, 1]


@pytest.mark.parametrize(
    ("length", "resolution"),
    [
        (timedelta(minutes=93), "PT1H"),
        (timedelta(days=1), "PT1H"),
        (timedelta(days=7), "PT6H"),
        (timedelta(days=31), "P1D"),
        (timedelta(days=365), "P7D"),
        (timedelta(days=3650), "P1M"),
    ],
)
def test_resolution_fits_the_span(length: timedelta, resolution: str) -> None:
    assert fitting_resolution(length) == resolution
