// The span on show: d3-zoom's transform of the whole mission onto the width of the plot, and the address that says so.

import { scaleUtc } from "d3-scale";
import { zoomIdentity } from "d3-zoom";

import { DAY, MINUTE, iso } from "timeline/clock";

export const SHORTEST = 10 * MINUTE;
const LONGEST_BESIDES = 366 * DAY;
const ROOM = 0.05;
const SAME_LENGTH = 0.001;

export class View {
  constructor({ from, to, mission, presets, preset }) {
    const room = Math.max(LONGEST_BESIDES, (mission.to - mission.from) * ROOM);
    this.mission = mission;
    this.presets = presets;
    this.limits = { from: Math.min(mission.from - room, from), to: Math.max(mission.to + room, to) };
    this.asked = { from, to };
    this.preset = preset;
    this.namedLength = to - from;
    this.width = 1;
  }

  /** Tell the width of the plot; returns the transform that keeps the same span in it. */
  fit(width) {
    this.width = Math.max(1, width);
    this.base = scaleUtc().domain([this.limits.from, this.limits.to]).range([0, this.width]);
    return this.transformTo(this.asked.from, this.asked.to);
  }

  get scaleExtent() {
    return [1, (this.limits.to - this.limits.from) / SHORTEST];
  }

  transformTo(from, to) {
    const scale = (this.limits.to - this.limits.from) / (to - from);
    return zoomIdentity.scale(scale).translate(-this.base(from), 0);
  }

  /** Take the span from a transform; a preset stays named for as long as its length is on show. */
  take(transform) {
    const scale = transform.rescaleX(this.base);
    const [from, to] = scale.domain().map(Number);
    this.asked = { from, to };
    this.namePreset();
  }

  /** Against the length that was last named, not the last frame's: a glide ends in steps too small to notice. */
  namePreset() {
    if (Math.abs(this.length / this.namedLength - 1) < SAME_LENGTH) return;
    this.namedLength = this.length;
    this.preset = this.presetFor(this.length);
  }

  presetFor(length) {
    const found = Object.entries(this.presets).find(([, seconds]) => {
      const its = seconds ? seconds * 1000 : this.mission.to - this.mission.from;
      return Math.abs(length / its - 1) < 0.005;
    });
    return found ? found[0] : "";
  }

  get from() {
    return this.asked.from;
  }

  get to() {
    return this.asked.to;
  }

  get length() {
    return this.asked.to - this.asked.from;
  }

  get middle() {
    return (this.asked.from + this.asked.to) / 2;
  }

  /** Milliseconds a pixel. */
  get pixel() {
    return this.length / this.width;
  }

  x(at) {
    return ((at - this.asked.from) / this.length) * this.width;
  }

  at(x) {
    return this.asked.from + (x / this.width) * this.length;
  }

  /** The span that a preset shows around `at`. */
  presetSpan(name, at) {
    const seconds = this.presets[name];
    if (!seconds) return this.mission;
    return { from: at - (seconds * 1000) / 2, to: at + (seconds * 1000) / 2 };
  }

  /** A span no shorter than can be shown and within what can be reached. */
  allowed({ from, to }) {
    const whole = this.limits.to - this.limits.from;
    const length = Math.min(Math.max(to - from, SHORTEST), whole);
    const start = (from + to - length) / 2;
    const first = Math.min(Math.max(start, this.limits.from), this.limits.to - length);
    return { from: first, to: first + length };
  }

  /** The query of an address that shows this span. */
  query(others = {}) {
    const whole = (ms) => iso(Math.round(ms / 1000) * 1000);
    const query = new URLSearchParams({ from: whole(this.from), to: whole(this.to), ...others });
    if (this.preset) query.set("span", this.preset);
    return query;
  }
}
