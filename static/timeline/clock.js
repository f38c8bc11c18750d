// The two clocks of the page: GMT with day of year, and the reader's own. All instants are milliseconds.

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const two = (number) => String(number).padStart(2, "0");
const language = globalThis.document?.documentElement.lang || "en";
const utc = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
const WEEKDAY_DAY = utc({ weekday: "short", day: "numeric" });
const DAY_MONTH = utc({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const MONTH = utc({ month: "short" });
const MONTH_YEAR = utc({ month: "long", year: "numeric" });

const TENTHS = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const tenths = (number) => TENTHS.format(number);
export const time = (ms) => `${two(new Date(ms).getUTCHours())}:${two(new Date(ms).getUTCMinutes())}`;
export const year = (ms) => String(new Date(ms).getUTCFullYear());
export const month = (ms) => MONTH.format(ms);
export const monthAndYear = (ms) => MONTH_YEAR.format(ms);
export const weekdayAndDay = (ms) => WEEKDAY_DAY.format(ms);
export const fullDay = (ms) => DAY_MONTH.format(ms);

/** `063`: the day of the year, as flight planners count. */
export function dayOfYear(ms) {
  const start = Date.UTC(new Date(ms).getUTCFullYear(), 0, 1);
  return String(Math.floor((ms - start) / DAY) + 1).padStart(3, "0");
}

/** `2027/063 14:20` */
export const gmt = (ms) => `${year(ms)}/${dayOfYear(ms)} ${time(ms)}`;

/** `2027/063 14:20–16:20 GMT`; the day again where it is another one. */
export function gmtWindow(from, to) {
  const sameDay = Math.floor(from / DAY) === Math.floor(to / DAY);
  return `${gmt(from)}–${sameDay ? time(to) : gmt(to)} GMT`;
}

export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** A time zone's clock: its offset at any instant, and when that changes. Changes are looked for once a year. */
export class Clock {
  constructor(zone) {
    this.zone = zone;
    this.years = new Map();
    const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" };
    this.wall = new Intl.DateTimeFormat("en-GB", { ...options, hour: "numeric", minute: "numeric", second: "numeric" });
    this.name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" });
  }

  /** Milliseconds to add to UTC. */
  offset(ms) {
    const changes = this.changes(new Date(ms).getUTCFullYear());
    return changes.findLast((change) => change.at <= ms).offset;
  }

  /** The instants at which the clock goes forward or back, within `[from, to)`. */
  changesBetween(from, to) {
    const found = [];
    for (let y = new Date(from).getUTCFullYear(); y <= new Date(to).getUTCFullYear(); y += 1) {
      found.push(...this.changes(y).slice(1).filter((change) => change.at >= from && change.at < to));
    }
    return found;
  }

  /** What the clock shows, as if it were UTC. */
  shown(ms) {
    return ms + this.offset(ms);
  }

  /** The instant at which the clock shows `shown`; null where it never does. The first, where it does so twice. */
  instant(shown) {
    const guesses = [this.offset(shown - DAY), this.offset(shown + DAY)].map((offset) => shown - offset);
    const right = guesses.filter((guess) => this.shown(guess) === shown);
    return right.length ? Math.min(...right) : null;
  }

  /** `CET`, or `GMT+1` where the zone has no letters in this language. */
  nameAt(ms) {
    return this.name.formatToParts(ms).find((part) => part.type === "timeZoneName").value;
  }

  /** `Thu, 4 Mar 2027, 15:20–17:20 CET`; each end with its name where the clock changes between. */
  window(from, to) {
    const [start, end] = [this.shown(from), this.shown(to)];
    const [first, last] = [this.nameAt(from), this.nameAt(to)];
    const named = `${fullDay(start)}, ${time(start)}${first === last ? "" : ` ${first}`}`;
    const sameDay = Math.floor(start / DAY) === Math.floor(end / DAY);
    return `${named}–${sameDay ? "" : `${fullDay(end)}, `}${time(end)} ${last}`;
  }

  changes(y) {
    if (!this.years.has(y)) this.years.set(y, this.findChanges(y));
    return this.years.get(y);
  }

  findChanges(y) {
    const start = Date.UTC(y, 0, 1);
    const found = [{ at: start, offset: this.measure(start) }];
    for (let at = start; at < Date.UTC(y + 1, 0, 1); at += 7 * DAY) {
      const before = found.at(-1).offset;
      const after = this.measure(at + 7 * DAY);
      if (after !== before) found.push(this.bisect(at, at + 7 * DAY, before));
    }
    return found;
  }

  bisect(low, high, before) {
    while (high - low > MINUTE) {
      const middle = Math.floor((low + high) / 2 / MINUTE) * MINUTE;
      if (this.measure(middle) === before) low = middle;
      else high = middle;
    }
    return { at: high, offset: this.measure(high) };
  }

  measure(ms) {
    const parts = Object.fromEntries(this.wall.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    return shown - Math.floor(ms / 1000) * 1000;
  }
}
