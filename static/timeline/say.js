// Sentences: what a cell of the grid is, in words that need no picture.

import { gmt, gmtWindow } from "timeline/clock";

/** `template` with its `{names}` filled in. */
export const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export class Sayer {
  constructor(words, clock) {
    this.words = words;
    this.clock = clock;
  }

  /** `2027/063 14:20–16:20 GMT; Thu 4 Mar 2027, 15:20–17:20 CET` */
  window(from, to) {
    return this.clock ? `${gmtWindow(from, to)}; ${this.clock.window(from, to)}` : gmtWindow(from, to);
  }

  length(ms) {
    const minutes = Math.round(ms / 60_000);
    const units = [
      [Math.floor(minutes / 1440), "days"],
      [Math.floor((minutes % 1440) / 60), "hours"],
      [minutes % 60, "minutes"],
    ];
    const said = units.filter(([count]) => count).slice(0, 2);
    return said.map(([count, unit]) => this.counted(count, unit)).join(" ") || this.counted(0, "minutes");
  }

  counted(count, unit) {
    const [one, many] = this.words[unit];
    return filled(count === 1 ? one : many, { count });
  }

  bar(bar) {
    const parts = [bar.state, bar.reference, bar.title, this.window(bar.from, bar.to), this.length(bar.to - bar.from)];
    if (bar.attention?.length) parts.push(filled(this.words.needs_a_look, { reasons: bar.attention.join(", ") }));
    return `${parts.filter(Boolean).join(". ")}.`;
  }

  free(gap) {
    const values = { window: this.window(gap.from, gap.to), length: this.length(gap.to - gap.from) };
    return filled(this.words.free, values);
  }

  bucket(bucket) {
    const share = (value) => Math.round(value * 100);
    return filled(this.words.used, {
      percent: bucket.percent,
      own: share(bucket.own),
      others: share(bucket.others),
      closed: share(bucket.closed),
      window: gmtWindow(bucket.from, bucket.to),
    });
  }

  phase(phase) {
    const until = Number.isFinite(phase.to) ? gmt(phase.to) : this.words.open;
    const values = { phase: phase.label, from: gmt(phase.from), to: until, certainty: this.words[phase.certainty] };
    return filled(this.words.phase, values);
  }

  /** What a band shows; computed times with how far off they may be. */
  band(names, item) {
    const parts = [names.filter(Boolean).join(" "), this.window(item.from, item.to), this.length(item.to - item.from)];
    if (item.stand_in) parts.push(this.words.clock_not_known);
    else if (item.uncertainty_seconds) parts.push(this.uncertainty(item));
    return `${parts.join(". ")}.`;
  }

  uncertainty({ tier, uncertainty_seconds: seconds }) {
    const within = seconds < 60 ? filled(this.words.seconds, { count: seconds }) : this.length(seconds * 1000);
    return filled(this.words.uncertain, { tier: this.words[tier], within });
  }

  view(view) {
    return filled(this.words.showing, { window: this.window(view.from, view.to), length: this.length(view.length) });
  }
}
