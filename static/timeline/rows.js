// Which rows there are at this zoom, and what stands in each: bands on top, zones below.

import { DAY } from "timeline/clock";
import { filled } from "timeline/say";
import { fittingResolution, summedUp } from "timeline/use";

export const PHASES_BEYOND = 45 * DAY;
export const CREW_DAY_UP_TO = 14 * DAY;
export const SKY_UP_TO = 4 * DAY;
const BAND_HEIGHT = 26;

/** The rows for a view, each with its `items` in order of time and its place from `top` to `bottom`. */
export function rowsFor(data, view, { top, bottom, settings }) {
  const bands = bandsFor(data, view, settings.words);
  const heights = bands.length * BAND_HEIGHT;
  const zoneHeight = (bottom - top - heights) / Math.max(1, data.zones.length);
  let y = top;
  const placed = (row, height) => {
    const next = { ...row, y, height };
    y += height;
    return next;
  };
  return [
    ...bands.map((row) => placed(row, BAND_HEIGHT)),
    ...data.zones.map((zone) => placed(zoneRow(zone, data, view, settings), zoneHeight)),
  ];
}

function bandsFor(data, view, words) {
  const bands = [];
  if (view.length > PHASES_BEYOND) bands.push(band("phases", words.phases, phases(data, view)));
  if (view.length <= CREW_DAY_UP_TO) bands.push(band("crew", words.crew_day, crewDays(data, view)));
  if (view.length <= SKY_UP_TO && data.sky) bands.push(...skyBands(data.sky, view, words));
  return bands;
}

const band = (slug, name, items) => ({ slug, name, kind: "band", items });
const within = (view) => (item) => item.to > view.from && item.from < view.to;

function phases(data, view) {
  return data.phases.filter(within(view)).map((phase) => ({ ...phase, type: "phase", key: `phase-${phase.from}` }));
}

/** The crew's working day by the phase's rules, between waking and sleep. */
function crewDays(data, view) {
  const days = [];
  for (const phase of data.phases) {
    if (!phase.bookable || !phase.crew_wake) continue;
    const [wake, sleep] = [phase.crew_wake, phase.crew_sleep].map(sinceMidnight);
    const first = Math.floor(Math.max(view.from, phase.from) / DAY) - 1;
    for (let day = first * DAY; day < Math.min(view.to, phase.to); day += DAY) {
      const from = Math.max(day + wake, phase.from);
      const to = Math.min(day + (sleep > wake ? sleep : sleep + DAY), phase.to);
      if (to > from) days.push({ type: "crew", key: `crew-${day}`, from, to });
    }
  }
  return days.filter(within(view));
}

function sinceMidnight(clock) {
  const [hours, minutes] = clock.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}

function skyBands(sky, view, words) {
  const shown = (items, type) =>
    (items ?? []).filter(within(view)).map((item) => ({ ...item, type, key: `${type}-${item.from}` }));
  const unknown = shown(sky.unknown, "unknown");
  const night = shown(sky.night, "night");
  const bands = [band("light", words.day_and_night + errorOf(night), [...night, ...unknown])];
  const others = unknown.map((item) => ({ ...item, label: words.unknown }));
  if (sky.place) bands.push(band("passes", filled(words.over, sky), [...shown(sky.passes, "pass"), ...others]));
  if (sky.downlink) bands.push(band("downlink", words.downlink, [...shown(sky.downlink, "downlink"), ...others]));
  return bands.map((row) => ({ ...row, items: row.items.sort((a, b) => a.from - b.from) }));
}

/** ` ±2 min`: how far off the least sure of what is shown may be. Of a made-up orbit nobody can say: its note does. */
function errorOf(items) {
  if (items.some((item) => item.stand_in)) return "";
  const seconds = Math.max(0, ...items.map((item) => item.uncertainty_seconds ?? 0));
  if (!seconds) return "";
  return seconds < 60 ? ` ±${seconds} s` : ` ±${Math.round(seconds / 60)} min`;
}

function zoneRow(zone, data, view, settings) {
  const row = { slug: zone.slug, name: zone.name, kind: "zone" };
  if (zone.use) return { ...row, dense: true, items: bucketsIn(zone.use, view) };
  const focused = settings.focused();
  const bars = zone.bars.filter(
    (bar) => ((bar.until ?? bar.to) > view.from && bar.from < view.to) || keyOf(bar) === focused,
  );
  if (bars.length > settings.most_bars) {
    const use = summedUp(zone.bars, data.from, data.to, fittingResolution(view.length, settings.resolutions));
    return { ...row, dense: true, items: bucketsIn(use, view) };
  }
  const items = bars.map((bar) => ({ ...bar, type: "bar", key: keyOf(bar) }));
  const waits = zone.bars.some((bar) => bar.mark === "waiting");
  return { ...row, dense: false, waits, items: [...items, ...gaps(bars, data, view, settings)] };
}

const bucketsIn = (use, view) =>
  use.filter(within(view)).map((bucket) => ({ ...bucket, type: "bucket", key: `use-${bucket.from}-${bucket.to}` }));

/** What is one's own keeps its identity; of others' there is only the time. */
const keyOf = (bar) => (bar.id ? `${bar.id}` : `${bar.mark}-${bar.from}`);

/** Free time wide enough to be seen, clipped to what is in view and known: where a window can be asked for. */
function gaps(bars, data, view, settings) {
  if (!settings.may_book) return [];
  const found = [];
  const end = Math.min(view.to, data.to);
  let from = Math.max(view.from, data.from, settings.now());
  const offer = (to, next) => {
    if (to - from > 12 * view.pixel) found.push({ type: "gap", key: `gap-before-${next}`, from, to });
  };
  for (const bar of bars.filter((bar) => bar.mark !== "waiting").sort((a, b) => a.from - b.from)) {
    if (bar.from >= end) break;
    offer(bar.from, keyOf(bar));
    from = Math.max(from, bar.until ?? bar.to);
  }
  offer(end, "the-end");
  return found;
}
