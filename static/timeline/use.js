// How much of a row's time is used, bucket by bucket: for rows with too many bars to draw.

import { DAY, HOUR } from "timeline/clock";

const MONDAY = Date.UTC(1970, 0, 5);
const STEPS = { PT1H: HOUR, PT6H: 6 * HOUR, P1D: DAY, P7D: 7 * DAY };

/** The finest resolution that cuts `length` into at most about sixty buckets. */
export function fittingResolution(length, resolutions) {
  const fitting = Object.entries(resolutions).find(([, seconds]) => length / (seconds * 1000) <= 62);
  return fitting ? fitting[0] : "P1M";
}

/** The start of the bucket that `at` is in, by GMT's calendar. */
export function bucketStart(at, resolution) {
  if (resolution === "P1M") {
    const date = new Date(at);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const origin = resolution === "P7D" ? MONDAY : 0;
  return origin + Math.floor((at - origin) / STEPS[resolution]) * STEPS[resolution];
}

/** The start of the next bucket. */
export function bucketEnd(at, resolution) {
  if (resolution === "P1M") {
    const date = new Date(at);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return bucketStart(at, resolution) + STEPS[resolution];
}

/** Bars summed up between `from` and `to`, in the shape in which the server sums them up. */
export function summedUp(bars, from, to, resolution) {
  const buckets = [];
  for (let start = from; start < to; ) {
    const end = Math.min(bucketEnd(start, resolution), to);
    buckets.push({ from: start, to: end, own: 0, others: 0, closed: 0, bars: 0 });
    start = end;
  }
  for (const bar of bars) if (bar.mark !== "closed" && bar.mark !== "waiting") spread(buckets, bar);
  for (const bar of bars) if (bar.mark === "closed") spreadClosure(buckets, bar);
  for (const bucket of buckets) bucket.percent = percent(bucket.own + bucket.others + bucket.closed);
  return buckets;
}

/** Never 0 for a little nor 100 for nearly all: either would be believed. */
export function percent(share) {
  const rounded = Math.round(100 * Math.min(1, share));
  return share > 0 && share < 1 - 1e-9 ? Math.min(99, Math.max(1, rounded)) : rounded;
}

const isOthers = (bar) => bar.mark === "unavailable" || bar.mark === "full";

function spread(buckets, bar) {
  const share = isOthers(bar) ? "others" : "own";
  for (const [index, bucket] of overlapped(buckets, bar.from, bar.until ?? bar.to)) {
    bucket[share] += overlap(bucket, bar.from, bar.until ?? bar.to) / (bucket.to - bucket.from);
    if (bar.from >= bucket.from || index === 0) bucket.bars += 1;
  }
}

/** Closed time counts where it is not booked besides; a bucket's bars overlap it evenly enough for a strip. */
function spreadClosure(buckets, bar) {
  for (const [, bucket] of overlapped(buckets, bar.from, bar.to)) {
    const free = 1 - Math.min(1, bucket.own + bucket.others + bucket.closed);
    bucket.closed += Math.min(free, overlap(bucket, bar.from, bar.to) / (bucket.to - bucket.from));
  }
}

const overlap = (bucket, from, to) => Math.max(0, Math.min(bucket.to, to) - Math.max(bucket.from, from));

function* overlapped(buckets, from, to) {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle].to <= from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < buckets.length && buckets[i].from < to; i += 1) yield [i, buckets[i]];
}
