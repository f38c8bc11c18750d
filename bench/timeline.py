"""The timeline in a real Chromium: first draw, frames a second at every zoom, and how much DOM it makes.

The page is the running application's, with its strict CSP; only the data of its endpoint is replaced, in the same
shape and by the same code, by 15,000 synthetic bookings over three years and three zones.
"""

import json
import os
import random
import shutil
import sys
import tempfile
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from playwright.sync_api import Browser, Page, Route, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "see1.settings.test")
django.setup()

from bookings.web.timeline_frame import edges  # noqa: E402 - Django is set up first
from bookings.web.timeline_rows import MOST_SENT  # noqa: E402 - Django is set up first
from bookings.web.timeline_use import buckets  # noqa: E402 - Django is set up first
from modules.intervals import Span  # noqa: E402 - Django is set up first
from tests.browser.conftest import FLAGS  # noqa: E402 - Django is set up first
from tests.stack import RunningStack  # noqa: E402 - Django is set up first

BOOKINGS = 15_000
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=3 * 365)
ZONES = (("studio", "Studio"), ("arena", "Arena"), ("control", "Control room"))
MARKS = ("confirmed", "confirmed", "requested", "held", "waiting", "unavailable", "full", "completed", "closed")
PRESETS = ("mission", "year", "month", "week", "day", "orbit")
RESULTS = Path("var/bench/timeline.json")
SECONDS = 3.0

LEAST_FPS, MOST_FIRST_DRAW_MS, MOST_NODES = 55, 150, 2000
"""What is promised, at every preset."""

DRIVE = """
({kind, seconds}) => new Promise((done) => {
  const {view, gestures} = globalThis.timeline;
  const intervals = [];
  const started = performance.now();
  const middle = view.middle, length = view.length;
  let last = started, most = 0;
  const step = (now) => {
    intervals.push(now - last);
    last = now;
    const turn = Math.sin((now - started) / 700);
    if (kind === "pan") {
      const at = middle + turn * length * 0.8;
      gestures.show({from: at - length / 2, to: at + length / 2}, false);
    } else {
      const half = (length / 2) * 2 ** turn;
      gestures.show({from: middle - half, to: middle + half}, false);
    }
    most = Math.max(most, document.querySelectorAll('[data-part="svg"] *').length);
    if (now - started < seconds * 1000) requestAnimationFrame(step);
    else done({intervals: intervals.slice(1), nodes: most});
  };
  requestAnimationFrame(step);
})
"""


@dataclass(frozen=True)
class Zone:
    """A zone's bars in order of time, as the endpoint writes them, and their spans."""

    slug: str
    name: str
    bars: list[dict[str, Any]]
    spans: list[Span]


def zones(count: int) -> list[Zone]:
    dice = random.Random(1)  # noqa: S311 - the same picture every time
    return [_zone(slug, name, count // len(ZONES), dice) for slug, name in ZONES]


def _zone(slug: str, name: str, count: int, dice: random.Random) -> Zone:
    step = (END - START) / count
    bars: list[dict[str, Any]] = []
    spans: list[Span] = []
    for number in range(count):
        starts_at = (START + number * step).replace(second=0, microsecond=0)
        span = Span(starts_at, starts_at + step * dice.uniform(0.3, 0.8))
        bars.append(_bar(span, dice.choice(MARKS), number))
        spans.append(span)
    return Zone(slug, name, bars, spans)


def _bar(span: Span, mark: str, number: int) -> dict[str, Any]:
    bar: dict[str, Any] = {"mark": mark, "from": _iso(span.starts_at), "to": _iso(span.ends_at), "state": mark.title()}
    if mark in {"unavailable", "full"}:
        return bar
    own: dict[str, Any] = {
        "reference": f"BENCH-{number}",
        "title": f"Production {number}",
        "url": "#",
        "until": None,
        "attention": [],
    }
    return {**bar, "id": uuid.uuid4().hex, "rank": 2 if mark == "waiting" else 1, **own}


def _iso(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def answer(found: list[Zone], query: dict[str, str]) -> dict[str, Any]:
    """What the endpoint would say of the synthetic bookings."""
    span = Span(*(datetime.fromisoformat(query[name]) for name in ("from", "to")))
    phase = {"kind": "docked", "label": "docked", "certainty": "planned", "bookable": True}
    crew = {"crew_wake": "06:00", "crew_sleep": "21:30"}
    return {
        "module": "see-1",
        "from": query["from"],
        "to": query["to"],
        "resolution": query["resolution"],
        "phases": [{**phase, **crew, "from": "2024-12-01T00:00:00Z", "to": None}],
        "zones": [_row(zone, span, query["resolution"]) for zone in found],
        "sky": _sky(span),
    }


def _row(zone: Zone, span: Span, resolution: str) -> dict[str, Any]:
    starts = [s.starts_at for s in zone.spans]
    first, last = max(0, bisect_left(starts, span.starts_at) - 1), bisect_right(starts, span.ends_at)
    about = {"slug": zone.slug, "name": zone.name}
    if last - first <= MOST_SENT:
        return {**about, "bars": zone.bars[first:last]}
    use = buckets(edges(span, resolution), own=zone.spans[first:last], others=[], closed=[])
    return {
        **about,
        "use": [
            {
                "from": _iso(b.span.starts_at),
                "to": _iso(b.span.ends_at),
                **{"own": b.own, "others": b.others, "closed": b.closed, "percent": b.percent, "bars": b.bars},
            }
            for b in use
        ],
    }


def _sky(span: Span) -> dict[str, Any] | None:
    """Sixteen nights a day, where the page would draw them."""
    if span.duration > timedelta(days=13):
        return None
    orbit, night = timedelta(minutes=93), timedelta(minutes=35)
    count = int(span.duration / orbit) + 1
    starts = [span.starts_at + n * orbit for n in range(count)]
    return {
        "night": [_timed(at, at + night) for at in starts],
        "passes": [_timed(at, at + night / 5, "62°") for at in starts[::3]],
        "downlink": [_timed(at, at + 2 * night) for at in starts],
        "unknown": [],
        "place": "Rome",
        "note": "",
    }


def _timed(starts_at: datetime, ends_at: datetime, label: str = "") -> dict[str, Any]:
    trust = {"tier": "good", "uncertainty_seconds": 120, "label": label}
    return {"from": _iso(starts_at), "to": _iso(ends_at), **trust}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="see1-bench-") as directory:
        stack = RunningStack(Path(directory) / "var", DEMO="1")
        try:
            results = measure(stack.wait_until_greeting().url, BOOKINGS, SECONDS)
        finally:
            stack.stop()
    report(results)
    return int(any(broken(row) for row in results["presets"].values()))


def broken(row: dict[str, float]) -> bool:
    """Whether a preset falls short of what the timeline promises."""
    is_slow = min(row["pan_fps"], row["zoom_fps"]) < LEAST_FPS
    return is_slow or row["first_draw_ms"] > MOST_FIRST_DRAW_MS or row["dom_nodes"] > MOST_NODES


def measure(url: str, count: int, seconds: float) -> dict[str, Any]:
    found = zones(count)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = _signed_in(browser, url)
        page.context.route("**/timeline/data/**", lambda route: _fulfil(route, found))
        presets = {name: dict(_preset(page, name, seconds)) for name in PRESETS}
        browser.close()
    return {"bookings": count, "presets": presets}


def _signed_in(browser: Browser, url: str) -> Page:
    page = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "producer@demo.see1.example")
    page.fill("[name=password]", "see1-demo")
    page.click("main button.primary[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)
    return page


def _fulfil(route: Route, found: list[Zone]) -> None:
    query = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
    route.fulfill(content_type="application/json", body=json.dumps(answer(found, query)))


def _preset(page: Page, name: str, seconds: float) -> Iterator[tuple[str, float]]:
    page.goto(f"/timeline/?span={name}&at=2027-06-15")
    page.wait_for_function("() => performance.getEntriesByName('timeline-painted').length")
    page.wait_for_timeout(500)
    marks = page.evaluate("() => performance.getEntriesByType('mark').map(({name, startTime}) => [name, startTime])")
    at = dict(marks)
    yield "first_draw_ms", round(at["timeline-painted"] - at["timeline-data"], 1)
    nodes = 0
    for kind in ("pan", "zoom"):
        driven = page.evaluate(DRIVE, {"kind": kind, "seconds": seconds})
        intervals = sorted(driven["intervals"])
        yield f"{kind}_fps", round(1000 * len(intervals) / sum(intervals), 1)
        yield f"{kind}_slowest_5_percent_ms", round(intervals[int(len(intervals) * 0.95)], 1)
        nodes = max(nodes, driven["nodes"])
    yield "dom_nodes", nodes


def report(results: dict[str, Any]) -> None:
    print(f"{results['bookings']:,} bookings   first draw   pan fps (p95 ms)   zoom fps (p95 ms)   DOM nodes")
    for name, row in results["presets"].items():
        pan = f"{row['pan_fps']:.0f} ({row['pan_slowest_5_percent_ms']:.0f})"
        zoom = f"{row['zoom_fps']:.0f} ({row['zoom_slowest_5_percent_ms']:.0f})"
        print(f"{name:15} {row['first_draw_ms']:10.0f} ms {pan:>18} {zoom:>19} {row['dom_nodes']:11,}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    sys.exit(main())
