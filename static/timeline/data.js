// What the server knows of a span, asked for with a margin on both sides so that panning seldom waits.

import { iso } from "timeline/clock";
import { bucketEnd, bucketStart, fittingResolution } from "timeline/use";

const KEPT = 24;
const PATIENCE = 90;
const REFRESH = 60_000;
const RETRY = 5_000;
const LONGEST_RETRY = 60_000;

export class Data {
  /** `changed(problem)` is called when there is something new to draw, or something to say; `redraw()` to be asked again. */
  constructor(settings, { changed, redraw }) {
    this.settings = settings;
    this.changed = changed;
    this.redraw = redraw;
    this.kept = new Map();
    this.place = settings.place;
    this.current = null;
    this.waiting = null;
    this.running = null;
    this.failures = 0;
    this.retrying = null;
    document.addEventListener("visibilitychange", () => this.refresh());
    setInterval(() => this.refresh(), REFRESH);
  }

  /** See to it that the view is covered: at once where it is known, else as soon as may be. */
  need(view) {
    const wanted = this.wantedFor(view);
    if (this.current && this.serves(this.current, view)) return this.stopWaiting();
    const known = this.kept.get(wanted.address);
    if (known) {
      // What was just asked for is the best there is: asking for the same once more would never end.
      this.stopWaiting();
      if (known !== this.current) this.show(known);
      return;
    }
    if (this.retrying !== null || this.running?.wanted.address === wanted.address) return;
    this.stopWaiting();
    this.waiting = setTimeout(() => this.fetch(wanted), this.current ? PATIENCE : 0);
  }

  stopWaiting() {
    clearTimeout(this.waiting);
    this.waiting = null;
  }

  /** Whether an answer is on its way, or about to be asked for. A retry after a failure is not waited for. */
  get isBusy() {
    return this.waiting !== null || this.running !== null;
  }

  serves(data, view) {
    const covers = data.from <= Math.max(view.from, view.limits.from) && data.to >= Math.min(view.to, view.limits.to);
    const isClose = data.to - data.from <= 8 * view.length || data.resolution === "PT1H";
    return data.place === this.place && covers && isClose && !this.hidesBars(data, view);
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
    return { from, to, resolution, place: this.place, address: `${this.settings.addresses.data}?${query}` };
  }

  async fetch(wanted) {
    this.stopWaiting();
    this.running?.stop.abort();
    const running = { wanted, stop: new AbortController() };
    this.running = running;
    try {
      const response = await fetch(wanted.address, { signal: running.stop.signal, credentials: "same-origin" });
      if (response.status === 401) location.assign(this.settings.addresses.log_in + `?next=${encodeURIComponent(here())}`);
      if (!response.ok) throw new Error((await response.json()).detail);
      this.keep(wanted, parsed(await response.json()));
      this.recover();
      this.show(this.kept.get(wanted.address));
    } catch (error) {
      if (error.name !== "AbortError") this.fail();
    } finally {
      if (this.running === running) this.running = null;
    }
  }

  /** Say it, and ask again later, each time after a longer while: every redraw would else ask at once, for ever. */
  fail() {
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => this.retry(), Math.min(RETRY * 2 ** this.failures, LONGEST_RETRY));
    this.failures += 1;
    this.changed(this.settings.words.not_loaded);
  }

  /** Nothing is said until there is an answer; the redraw asks for what the view needs by then. */
  retry() {
    this.retrying = null;
    this.redraw();
  }

  recover() {
    clearTimeout(this.retrying);
    this.retrying = null;
    this.failures = 0;
  }

  keep({ address, place }, data) {
    this.kept.delete(address);
    this.kept.set(address, { ...data, address, place });
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
    this.fetch({ address: this.current.address, place: this.current.place });
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
