// What the server knows of a span, asked for with a margin on both sides so that panning seldom waits.

import { iso } from "timeline/clock";
import { bucketEnd, bucketStart, fittingResolution } from "timeline/use";

const KEPT = 24;
const PATIENCE = 90;
const REFRESH = 60_000;

export class Data {
  /** `changed(problem)` is called when there is something new to draw, or something to say. */
  constructor(settings, changed) {
    this.settings = settings;
    this.changed = changed;
    this.kept = new Map();
    this.place = settings.place;
    this.current = null;
    this.waiting = null;
    this.running = null;
    document.addEventListener("visibilitychange", () => this.refresh());
    setInterval(() => this.refresh(), REFRESH);
  }

  /** See to it that the view is covered: at once where it is known, else as soon as may be. */
  need(view) {
    const wanted = this.wantedFor(view);
    if (this.current && this.serves(this.current, view)) return;
    const known = this.kept.get(wanted.address);
    if (known && this.serves(known, view)) {
      this.show(known);
      return;
    }
    if (this.running?.wanted.address === wanted.address) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch(wanted), this.current ? PATIENCE : 0);
  }

  serves(data, view) {
    const covers = data.from <= Math.max(view.from, view.limits.from) && data.to >= Math.min(view.to, view.limits.to);
    const isClose = data.to - data.from <= 8 * view.length || data.resolution === "PT1H";
    return covers && isClose && !this.hidesBars(data, view);
  }

  /** Whether a row comes as use though its bars in view would be few enough to draw. */
  hidesBars(data, view) {
    if (data.from >= view.from - view.length / 4) return false;
    return data.zones.some((zone) => {
      if (!zone.use) return false;
      const shown = zone.use.filter((bucket) => bucket.to > view.from && bucket.from < view.to);
      return shown.reduce((sum, bucket) => sum + bucket.bars, 0) <= this.settings.most_bars / 2;
    });
  }

  /** The view and as much again on both sides, on the calendar's edges so that neighbouring views ask alike. */
  wantedFor(view) {
    const resolution = fittingResolution(view.length, this.settings.resolutions);
    const narrow = this.current && this.hidesBars(this.current, view);
    const margin = narrow ? 0 : view.length;
    const step = this.settings.resolutions[resolution] * 1000;
    const snapped = (at) => bucketStart(at, resolution);
    const from = snapped(view.from - margin - (narrow ? 0 : ((view.from % step) + step) % step));
    const to = bucketEnd(view.to + margin, resolution);
    const query = new URLSearchParams({ module: this.settings.module, from: iso(from), to: iso(to), resolution });
    if (this.place) query.set("place", this.place);
    return { from, to, resolution, address: `${this.settings.addresses.data}?${query}` };
  }

  async fetch(wanted) {
    this.running?.stop.abort();
    const running = { wanted, stop: new AbortController() };
    this.running = running;
    try {
      const response = await fetch(wanted.address, { signal: running.stop.signal, credentials: "same-origin" });
      if (response.status === 401) location.assign(this.settings.addresses.log_in + `?next=${encodeURIComponent(here())}`);
      if (!response.ok) throw new Error((await response.json()).detail);
      this.keep(wanted.address, parsed(await response.json()));
      this.show(this.kept.get(wanted.address));
    } catch (error) {
      if (error.name !== "AbortError") this.changed(this.settings.words.not_loaded);
    } finally {
      if (this.running === running) this.running = null;
    }
  }

  keep(address, data) {
    this.kept.delete(address);
    this.kept.set(address, { ...data, address });
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }

  show(data) {
    this.current = data;
    this.changed(null);
  }

  /** Passes are asked over another place. */
  setPlace(slug, view) {
    this.place = slug;
    this.kept.clear();
    this.fetch(this.wantedFor(view));
  }

  /** Others book meanwhile: ask again, which costs a 304 where nothing changed. */
  refresh() {
    if (document.hidden || !this.current) return;
    this.kept.clear();
    this.fetch({ address: this.current.address });
  }
}

const here = () => location.pathname + location.search;

/** The same with instants as milliseconds. */
function parsed(data) {
  const spanned = (item) => ({
    ...item,
    from: Date.parse(item.from),
    to: item.to === null ? Infinity : Date.parse(item.to),
    ...(item.until && { until: Date.parse(item.until) }),
  });
  return {
    ...spanned(data),
    phases: data.phases.map(spanned),
    zones: data.zones.map((zone) => ({ ...zone, bars: zone.bars?.map(spanned), use: zone.use?.map(spanned) })),
    sky: data.sky && Object.fromEntries(Object.entries(data.sky).map(([name, value]) => [name, Array.isArray(value) ? value.map(spanned) : value])),
  };
}
