// The ground track, asked for in stretches of a few hours and kept; where the module is at an instant.

import { geoInterpolate } from "d3-geo";

import { HOUR, iso } from "timeline/clock";

const STRETCH = 6 * HOUR;
const MARGIN = 2 * HOUR;
const KEPT = 32;
const PATIENCE = 120;
const RETRY = 5000;

export class Track {
  /** `changed()` is called when something new is known. */
  constructor(address, changed) {
    this.address = address;
    this.changed = changed;
    this.stretches = new Map();
    this.asked = null;
    this.waiting = null;
  }

  /** The points around `at`, in order; null while they are not known, an empty list where none can be. */
  around(at) {
    const start = Math.floor(at / STRETCH) * STRETCH;
    const known = this.stretches.get(start);
    if (known !== undefined) return known;
    if (start === this.asked) return null;
    this.asked = start;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch(start), this.stretches.size ? PATIENCE : 0);
    return null;
  }

  async fetch(start) {
    const query = new URLSearchParams({ from: iso(start - MARGIN), to: iso(start + STRETCH + MARGIN) });
    try {
      const response = await fetch(`${this.address}?${query}`, { credentials: "same-origin" });
      if (response.status >= 500 || response.status === 429) throw new Error("not now");
      this.keep(start, response.ok ? points(await response.json()) : []);
    } catch {
      setTimeout(() => (this.asked = null), RETRY);
      return;
    }
    this.asked = null;
    this.changed();
  }

  keep(start, found) {
    this.stretches.set(start, found);
    if (this.stretches.size > KEPT) this.stretches.delete(this.stretches.keys().next().value);
  }

  /** `{longitude, latitude, altitude_km, sunlit}` at `at`; null where that is not known. */
  position(at) {
    const known = this.around(at);
    if (!known?.length || at < known[0].at || at > known.at(-1).at) return null;
    const index = known.findIndex((point) => point.at > at);
    const [before, after] = index > 0 ? [known[index - 1], known[index]] : [known.at(-1), known.at(-1)];
    const part = after.at > before.at ? (at - before.at) / (after.at - before.at) : 0;
    const [longitude, latitude] = geoInterpolate(before.place, after.place)(part);
    const altitude = before.altitude_km + part * (after.altitude_km - before.altitude_km);
    return { longitude, latitude, altitude_km: altitude, sunlit: (part < 0.5 ? before : after).sunlit };
  }

  /** The places flown over from `from` to `to`, as a line; nothing where it is not known. */
  line(at, from, to) {
    return (this.around(at) ?? []).filter((point) => point.at >= from && point.at <= to).map((point) => point.place);
  }

  /** The instant near `at` at which the module comes closest to a place, and how far from it in radians. */
  closest(at, place, distance) {
    const known = this.around(at) ?? [];
    let best = null;
    for (const point of known) {
      const away = distance(point.place, place) + Math.abs(point.at - at) * NEARNESS;
      if (best === null || away < best.away) best = { at: point.at, away };
    }
    return best;
  }
}

/** Of two passes over a place the nearer in time wins: an hour counts as much as about two degrees. */
const NEARNESS = 0.035 / HOUR;

function points(body) {
  const rows = Array.isArray(body) ? body : (body.results ?? body.track ?? []);
  return rows.map((row) => ({ ...row, at: Date.parse(row.at), place: [row.longitude, row.latitude] }));
}
