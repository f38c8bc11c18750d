// The timeline: ties view, data, drawing, keyboard and pointer together.

import { Axes } from "timeline/axes";
import { Bars } from "timeline/bars";
import { Clock, MINUTE, iso } from "timeline/clock";
import { Data } from "timeline/data";
import { Gestures } from "timeline/gestures";
import { Grid } from "timeline/grid";
import { Overlay } from "timeline/overlay";
import { rowsFor } from "timeline/rows";
import { Sayer } from "timeline/say";
import { step } from "timeline/snap";
import { Table } from "timeline/table";
import { instantOf, showPreset, wireToolbar } from "timeline/toolbar";
import { View } from "timeline/view";

const NARROW = 640;
const HEADERS = 112;
const HEIGHT = 420;
const FIRST_OFFER = 120 * MINUTE;
const CELLS_FOLLOW = 100;
const REST = 200;
const SURE_SECONDS = 120;

export class Timeline {
  constructor(root, settings) {
    this.root = root;
    this.settings = { ...settings, now: () => Date.now(), focused: () => this.grid?.active?.key };
    const ms = (span) => ({ from: Date.parse(span.from), to: Date.parse(span.to) });
    this.view = new View({ ...ms(settings), mission: ms(settings.mission), presets: settings.presets, preset: settings.preset });
    this.clock = settings.clock.is_gmt ? null : new Clock(settings.clock.zone);
    this.sayer = new Sayer(settings.words, this.clock);
    this.showing = this.sayer.view(this.view);
    this.pointed = null;
    this.pointListeners = [];
    this.moveListeners = [];
    this.build();
  }

  build() {
    const { root, settings, clock } = this;
    const words = { ...settings.words, own_clock: settings.clock.name };
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.svg = part("svg");
    this.detail = part("detail");
    this.live = part("live");
    this.note = part("note");
    this.axes = new Axes({ axis: part("axis"), lines: part("lines"), marks: part("marks"), clock, words });
    this.bars = new Bars({ grid: part("grid"), under: part("under"), over: part("over"), sayer: this.sayer, words });
    this.overlay = new Overlay(part("rings"), this.sayer);
    this.grid = new Grid(part("grid"), this.bars, this.keys());
    this.gestures = new Gestures(this.svg, this.view, this.pointers());
    this.data = new Data(settings, { changed: (problem) => this.loaded(problem), redraw: () => this.redraw() });
    this.table = new Table(part("table"), settings.addresses.table, this.query());
    wireToolbar(root, settings, this.toolbar());
    for (const name of ["figure", "tools"]) part(name).removeAttribute("hidden");
    new ResizeObserver(() => this.fit()).observe(this.svg.parentElement);
    this.fit();
    setInterval(() => this.redraw(), 30_000);
  }

  toolbar() {
    return {
      preset: (name) => this.showPreset(name),
      pan: (by) => this.pan(by),
      zoom: (factor) => this.zoomBy(factor, this.anchor()),
      now: () => this.center(Date.now()),
      mode: (mode) => this.gestures.setMode(mode),
      place: (slug) => this.setPlace(slug),
      jump: (text) => this.jump(text),
    };
  }

  fit() {
    const width = this.svg.parentElement.clientWidth;
    if (!width || width === this.fullWidth) return;
    this.fullWidth = width;
    this.headers = width < NARROW ? 0 : HEADERS;
    this.view.offset = this.headers;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", HEIGHT);
    this.root.querySelectorAll("[data-plot]").forEach((node) => {
      node.setAttribute("x", this.headers);
      node.setAttribute("width", Math.max(1, width - this.headers));
      node.setAttribute("height", HEIGHT);
    });
    const transform = this.view.fit(width - this.headers);
    this.gestures.fit(this.view.width, HEIGHT);
    this.gestures.svg.call(this.gestures.zoom.transform, transform);
  }

  moved(transform) {
    this.view.take(transform);
    this.redraw();
    this.tellAddress();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    this.data.need(this.view);
    const rows = this.data.current ? this.rows() : [];
    this.bars.drawPicture(rows, this.view, this.headers);
    this.axes.draw(this.view, {
      headers: this.headers,
      bottom: HEIGHT,
      rows,
      now: Date.now(),
      pointed: this.pointed,
    });
    this.cellsFollow();
    this.drawRing();
    if (rows.length && !this.isMarked) this.mark();
  }

  /** Cells follow at once where the data are new, else when a movement ends. */
  cellsFollow() {
    const isNew = this.drawnData !== this.data.current;
    const moving = performance.now() - (this.drawnAt ?? 0) < CELLS_FOLLOW && !isNew;
    this.drawnAt = performance.now();
    this.drawnData = this.data.current;
    clearTimeout(this.following);
    this.following = null;
    if (moving) this.following = setTimeout(() => this.drawCells(), CELLS_FOLLOW);
    else this.drawCells();
  }

  drawCells() {
    this.following = null;
    const settle = this.grid.holdFocus();
    this.bars.drawCells(this.view, this.headers);
    settle();
    this.drawRing();
  }

  /** For the benchmark, and for whoever looks at how long the first picture took. */
  mark() {
    this.isMarked = true;
    requestAnimationFrame(() => setTimeout(() => performance.mark("timeline-painted"), 0));
  }

  rows() {
    return rowsFor(this.data.current, this.view, { top: this.axes.height, bottom: HEIGHT, settings: this.settings });
  }

  drawRing() {
    const entry = this.hasFocus ? this.grid.active : null;
    const isSeen = entry && this.grid.nodeOf(entry)?.matches(":focus-visible");
    const item = isSeen && this.grid.itemOf(entry);
    if (!item) this.overlay.ring(null);
    else if (item.type === "name") this.overlay.ring(this.grid.nodeOf(entry).getBBox(), 2, this.fullWidth);
    else {
      const box = this.bars.boxOf(entry.row, item, this.view, this.headers);
      this.overlay.ring(box, this.headers + 2, this.fullWidth - 2);
    }
  }

  loaded(problem) {
    if (!this.isMarked) performance.mark("timeline-data");
    if (problem) this.say(problem);
    this.note.textContent = this.data.current?.sky?.note ?? "";
    this.root.classList.toggle("is-stale", Boolean(problem));
    this.redraw();
  }

  setPlace(slug) {
    this.data.setPlace(slug, this.view);
    this.tellAddress();
  }

  // Where the view goes

  pan(by) {
    const shift = by * this.view.length;
    this.gestures.show({ from: this.view.from + shift, to: this.view.to + shift });
    return true;
  }

  zoomBy(factor, at) {
    const [before, after] = [at - this.view.from, this.view.to - at].map((part) => part / factor);
    this.gestures.show({ from: at - before, to: at + after });
    return true;
  }

  center(at) {
    this.gestures.show({ from: at - this.view.length / 2, to: at + this.view.length / 2 });
  }

  /** Point at an instant, and bring it into view. */
  goTo(at) {
    this.point(at);
    if (at < this.view.from || at > this.view.to) this.center(at);
  }

  showPreset(name) {
    const at = this.grid.active && this.hasFocus ? this.grid.active.at : this.anchor();
    this.gestures.show(this.view.presetSpan(name, at));
  }

  /** What zooming in keeps in sight: now, while that is on show; else the middle. */
  anchor() {
    const now = Date.now();
    return now > this.view.from && now < this.view.to ? now : this.view.middle;
  }

  /** Whether `text` names a day; what we can't read the server is asked to. */
  jump(text) {
    const at = instantOf(text);
    if (at !== null) this.gestures.show({ from: at, to: at + this.view.length });
    return at !== null;
  }

  zoomTo(item) {
    const room = (Math.min(item.to, this.view.limits.to) - item.from) * 0.15;
    this.gestures.show({ from: item.from - room, to: Math.min(item.to, this.view.limits.to) + room });
    return true;
  }

  // What the keyboard and the pointer do

  keys() {
    return {
      view: () => this.view,
      pan: (by) => this.pan(by),
      zoom: (factor, at) => this.zoomBy(factor, at),
      open: (row, item) => this.open(row, item),
      reveal: (item) => this.reveal(item),
      focused: (row, item, node) => this.focused(row, item, node),
      left: () => this.unfocused(),
    };
  }

  pointers() {
    return {
      moved: (transform) => this.moved(transform),
      rowAt: (y) => this.bars.shown.find((row) => row.kind === "zone" && y >= row.y && y < row.y + row.height)?.slug ?? null,
      snapping: () => ({ shown: this.view.length, pixel: this.view.pixel, sunEvents: this.sunEvents() }),
      drawn: (row, window) => this.drawWindow(row, window),
      chosen: (row, window) => this.book(row, window),
      clicked: (target) => this.clicked(target),
      pointedAt: (at, target) => this.point(at, target),
    };
  }

  sunEvents() {
    const night = this.data.current?.sky?.night ?? [];
    return night.filter((one) => (one.uncertainty_seconds ?? 0) <= SURE_SECONDS).flatMap(({ from, to }) => [from, to]);
  }

  open(row, item) {
    if (item.type === "gap") return this.book(row, this.offered(item));
    if (item.url) {
      location.assign(item.url);
      return true;
    }
    return item.type === "name" ? false : this.zoomTo(item);
  }

  /** The first two hours of a free stretch: a start, for times that stay editable. */
  offered(gap) {
    const grid = step(this.view.length);
    const from = Math.ceil(gap.from / grid) * grid;
    return { from, to: Math.max(Math.min(from + FIRST_OFFER, gap.to), from + grid) };
  }

  reveal(item) {
    if (item.to < this.view.from || item.from > this.view.to) this.center((item.from + item.to) / 2);
  }

  clicked(target) {
    const cell = target.closest?.("[data-key]");
    if (!cell) return;
    const row = cell.closest("[data-row]").dataset.row;
    const item = this.grid.itemOf({ row, key: cell.dataset.key });
    if (item && item.type !== "gap") this.open(row, item);
  }

  book(zone, window) {
    if (!this.settings.may_book) return false;
    const query = new URLSearchParams({ module: this.settings.module, zones: zone, starts_at: iso(window.from), ends_at: iso(window.to) });
    location.assign(`${this.settings.addresses.book}?${query}`);
    return true;
  }

  drawWindow(slug, window) {
    const row = this.bars.shown.find((known) => known.slug === slug);
    this.overlay.window(this.settings.may_book ? row : null, window, this.view);
  }

  /** Point at an instant, or at none; on its own account or another's. */
  point(at, target = null) {
    this.pointAt(at);
    for (const listener of this.pointListeners) listener(at);
    const cell = this.hasFocus ? null : target?.closest?.("[data-key]");
    if (cell) this.tell(cell.closest("[data-row]").dataset.row, cell.getAttribute("aria-label"));
  }

  pointAt(at) {
    this.pointed = at;
    this.redraw();
  }

  /** `listener(ms | null)`: the time pointed at, by pointer or by keyboard. */
  onPoint(listener) {
    this.pointListeners.push(listener);
  }

  /** `listener(view)`: the span on show, once it rests. */
  onMove(listener) {
    this.moveListeners.push(listener);
  }

  // What is said

  focused(row, item, node) {
    this.hasFocus = true;
    this.tell(row, node.getAttribute("aria-label") ?? this.settings.words.nothing_here);
    for (const listener of this.pointListeners) listener(this.grid.active.at);
    this.drawRing();
  }

  tell(row, sentence) {
    this.detail.textContent = `${this.bars.rows.get(row).row.name}: ${sentence}`;
  }

  unfocused() {
    this.hasFocus = false;
    this.drawRing();
  }

  say(text) {
    this.live.textContent = text;
  }

  /** When a movement has come to rest: the address, the table and whoever listens follow. */
  tellAddress() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.rest(), REST);
  }

  query() {
    return this.view.query({ module: this.settings.module, place: this.data.place });
  }

  /** Whether all that was asked for has been drawn and told: for the benchmark and the tests. */
  get isAtRest() {
    return !this.frame && !this.following && !this.telling && !this.gestures.gliding && !this.data.isBusy;
  }

  rest() {
    this.telling = null;
    const query = this.query();
    const address = `${location.pathname}?${query}`;
    if (address === this.address) return;
    this.address = address;
    history.replaceState(null, "", address);
    this.table.follow(query);
    const showing = this.sayer.view(this.view);
    if (showing !== this.showing) this.say(showing);
    this.showing = showing;
    showPreset(this.root, this.view.preset);
    for (const listener of this.moveListeners) listener(this.view);
  }
}
