// What the two axes show: ticks of a fitting coarseness, each with its words, and the larger unit above them.

import { scaleUtc } from "d3-scale";

import { DAY, HOUR, dayOfYear, fullDay, month, monthAndYear, time, weekdayAndDay, year } from "timeline/clock";

const LABEL_PIXELS = 74;
const DAYS_RATHER_THAN_HOURS = 4.5;

// By how far apart ticks are: what stands at a tick, under it, and in GMT and on one's own clock above them.
const UNITS = [
  {
    upTo: 12 * HOUR,
    label: time,
    below: () => "",
    gmt: (ms) => [`${year(ms)}/${dayOfYear(ms)} · ${fullDay(ms)}`, `${dayOfYear(ms)} · ${weekdayAndDay(ms)}`],
    own: (ms) => [fullDay(ms), weekdayAndDay(ms)],
  },
  { upTo: 14 * DAY, label: dayOfYear, below: weekdayAndDay, gmt: (ms) => [monthAndYear(ms)], own: (ms) => [monthAndYear(ms)] },
  { upTo: 200 * DAY, label: month, below: dayOfYear, gmt: (ms) => [year(ms)], own: (ms) => [year(ms)] },
  { upTo: Infinity, label: year, below: () => "", gmt: () => [], own: () => [] },
];

const CONTEXT_START = [
  (ms) => Math.floor(ms / DAY) * DAY,
  (ms) => Date.UTC(new Date(ms).getUTCFullYear(), new Date(ms).getUTCMonth(), 1),
  (ms) => Date.UTC(new Date(ms).getUTCFullYear(), 0, 1),
  () => -Infinity,
];

/** The unit that ticks so far apart are named by. */
const unitOf = (gap) => UNITS.findIndex((unit) => gap <= unit.upTo);

/** Ticks of GMT: `at`, `label`, `below`; and contexts: `at` and `labels`, the longest first. */
export function gmtTicks(from, to, width) {
  return worded("gmt", wallTicks(from, to, width), from, to, (ms) => ms);
}

/** Ticks of the reader's own clock, each at its instant. One that daylight saving skips is left out. */
export function ownTicks(clock, from, to, width) {
  const shown = wallTicks(clock.shown(from), clock.shown(to), width);
  const placed = worded("own", shown, clock.shown(from), clock.shown(to), (ms) => clock.instant(ms));
  placed.ticks = placed.ticks.filter((tick) => tick.at >= from && tick.at <= to);
  placed.contexts[0].at = from;
  return placed;
}

function wallTicks(from, to, width) {
  const room = Math.max(2, Math.floor(width / LABEL_PIXELS));
  const days = (to - from) / DAY;
  const count = days > DAYS_RATHER_THAN_HOURS ? Math.min(room, Math.max(2, Math.ceil(days))) : room;
  return scaleUtc().domain([from, to]).ticks(count).map(Number);
}

function worded(axis, walls, from, to, instantOf) {
  const gap = walls.length > 1 ? walls[1] - walls[0] : to - from;
  const unit = UNITS[unitOf(gap)];
  const startOf = CONTEXT_START[unitOf(gap)];
  const ticks = [];
  for (const wall of walls) {
    const at = instantOf(wall);
    if (at !== null) ticks.push({ at, label: unit.label(wall), below: unit.below(wall) });
  }
  const contexts = [{ at: from, labels: unit[axis](from) }];
  for (const wall of walls) {
    const start = startOf(wall);
    const at = start > from ? instantOf(start) : null;
    if (at !== null && at !== contexts.at(-1).at) contexts.push({ at, labels: unit[axis](start) });
  }
  return { gap, ticks, contexts };
}
