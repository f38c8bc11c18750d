"""The pure parts of the timeline's scripts: presets, clocks, snapping, sums."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.timeline import show


def test_a_preset_is_named_however_small_the_last_steps_to_it(producer: Page) -> None:
    show(producer)
    named = producer.evaluate(
        """async () => {
            const {View} = await import("timeline/view");
            const minutes = (m) => m * 60000;
            const mission = {from: 0, to: minutes(60 * 24 * 365 * 9)};
            const presets = {mission: null, day: 86400, orbit: 93 * 60};
            const view = new View({from: minutes(1e6), to: minutes(1e6 + 1440), mission, presets, preset: "day"});
            view.fit(1000);
            const named = [];
            for (const length of [1440, 120, 94.2, 94, 93.7, 93.4, 93.1, 93, 93.3, 93.7, 94.2]) {
                view.take(view.transformTo(minutes(1e6), minutes(1e6 + length)));
                named.push(view.preset);
            }
            return named;
        }"""
    )
    assert named == ["day", "", "", "", "", "orbit", "orbit", "orbit", "orbit", "", ""]


CLOCKS = [
    ("Europe/Rome", "2027-03-28T00:59:00Z", 1),
    ("Europe/Rome", "2027-03-28T01:00:00Z", 2),
    ("Europe/Rome", "2027-10-31T00:59:00Z", 2),
    ("Europe/Rome", "2027-10-31T01:00:00Z", 1),
    ("America/New_York", "2027-03-14T07:00:00Z", -4),
    ("Asia/Kolkata", "2027-06-01T00:00:00Z", 5.5),
    ("Australia/Lord_Howe", "2027-01-01T00:00:00Z", 11),
    ("Australia/Lord_Howe", "2027-07-01T00:00:00Z", 10.5),
    ("UTC", "2027-07-01T00:00:00Z", 0),
]


def test_clocks_know_their_offset(producer: Page) -> None:
    show(producer)
    offsets = producer.evaluate(
        """async (cases) => {
            const {Clock} = await import("timeline/clock");
            return cases.map(([zone, instant]) => new Clock(zone).offset(Date.parse(instant)) / 3600000);
        }""",
        [[zone, instant] for zone, instant, _ in CLOCKS],
    )
    assert offsets == [hours for _, _, hours in CLOCKS]


def test_clocks_over_daylight_saving(producer: Page) -> None:
    show(producer)
    found = producer.evaluate(
        """async () => {
            const {Clock, gmt, dayOfYear} = await import("timeline/clock");
            const {ownTicks} = await import("timeline/ticks");
            const rome = new Clock("Europe/Rome");
            const [from, to] = [Date.UTC(2027, 2, 27, 22), Date.UTC(2027, 2, 28, 4)];
            return {
                skipped: rome.instant(Date.UTC(2027, 2, 28, 2, 30)),
                twice: rome.instant(Date.UTC(2027, 9, 31, 2, 30)),
                ticks: ownTicks(rome, from, to, 600).ticks.map((tick) => tick.label),
                changes: rome.changesBetween(Date.UTC(2027, 0), Date.UTC(2028, 0)).map(({at}) => gmt(at)),
                days: [dayOfYear(Date.UTC(2027, 2, 4)), dayOfYear(Date.UTC(2028, 11, 31))],
            };
        }"""
    )
    assert found == {
        "skipped": None,
        "twice": 1824942600000,
        "ticks": ["23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00"],
        "changes": ["2027/087 01:00", "2027/304 01:00"],
        "days": ["063", "366"],
    }


# Hours on show, sunrises and sunsets, where the pointer is, where the window's end falls.
SNAPS = [
    (1.5, [], "10:00:31", "10:01"),
    (1.5, ["10:03:20"], "10:01:40", "10:03"),
    (1.5, ["10:20:00"], "10:01:40", "10:02"),
    (24, ["10:03:20"], "10:03:00", "10:05"),
    (24 * 31, [], "10:31:00", "11:00"),
]


def test_where_a_drawn_window_falls(producer: Page) -> None:
    show(producer)
    snapped = producer.evaluate(
        """async (cases) => {
            const {snap} = await import("timeline/snap");
            const on = (clock) => Date.parse(`2027-03-04T${clock}Z`);
            return cases.map(([hours, sun, at]) => {
                const shown = hours * 3600000;
                const rules = {shown, pixel: shown / 600, sunEvents: sun.map(on)};
                return new Date(snap(on(at), rules)).toISOString().slice(11, 16);
            });
        }""",
        [[hours, sun, at] for hours, sun, at, _ in SNAPS],
    )
    assert snapped == [expected for *_, expected in SNAPS]


def test_the_script_and_the_server_sum_up_alike(producer: Page) -> None:
    show(producer)
    found = producer.evaluate(
        """async () => {
            const {summedUp} = await import("timeline/use");
            const hour = (h) => Date.UTC(2027, 2, 1, h);
            const bars = [
                {mark: "confirmed", from: hour(0), to: hour(6)},
                {mark: "waiting", from: hour(0), to: hour(24)},
                {mark: "unavailable", from: hour(6), to: hour(12)},
                {mark: "closed", from: hour(12), to: hour(18)},
            ];
            const found = summedUp(bars, hour(0), hour(24), "P1D");
            return found.map(({own, others, closed, percent}) => [own, others, closed, percent]);
        }"""
    )
    assert found == [[0.25, 0.25, 0.25, 75]]
