// The two axes, the lines under the rows, and the line that says now.

import { DAY } from "timeline/clock";
import { Pool, px } from "timeline/drawing";
import { gmtTicks, ownTicks } from "timeline/ticks";

export const GMT_HEIGHT = 52;
export const OWN_HEIGHT = 40;
const CHANGES_UP_TO = 45 * DAY;
const CHARACTER = 6.6;
const NAME_ROOM = 40;

export class Axes {
  constructor({ axis, lines, marks, clock, words }) {
    this.clock = clock;
    this.words = words;
    this.texts = new Pool(axis, "text");
    this.edges = new Pool(lines, "path");
    this.marks = new Pool(marks, "path");
    this.markTexts = new Pool(marks, "text");
  }

  get height() {
    return GMT_HEIGHT + (this.clock ? OWN_HEIGHT : 0);
  }

  draw(view, { headers, bottom, rows, now, pointed }) {
    const gmt = gmtTicks(view.from, view.to, view.width);
    const texts = [...axisTexts("gmt", gmt, view, 14, 32, 46)];
    texts.push(name("gmt", headers ? 12 : 6, headers ? 32 : 14, this.words.gmt, !headers));
    const gridLines = gmt.ticks.map((tick) => this.line(view, tick.at, GMT_HEIGHT - 4, bottom));
    if (this.clock) texts.push(...this.ownAxis(view, headers, gridLines));
    this.texts.draw(texts.filter((text) => text.text));
    this.edges.draw([
      { key: "grid", attributes: { d: gridLines.join(""), class: "tl-gridline" } },
      { key: "rows", attributes: { d: rows.map((row) => rule(row.y, headers + view.width)).join(""), class: "tl-rule" } },
    ]);
    this.drawMarks(view, bottom, now, pointed);
  }

  ownAxis(view, headers, gridLines) {
    const own = ownTicks(this.clock, view.from, view.to, view.width);
    gridLines.push(...own.ticks.map((tick) => this.line(view, tick.at, this.height - 5, this.height)));
    const label = `${this.words.own_clock} · ${this.clock.nameAt(view.middle)}`;
    const found = view.length > CHANGES_UP_TO ? [] : this.clock.changesBetween(view.from, view.to);
    const changes = found.map((change) => ({ at: change.at, label: `${this.clock.nameAt(change.at)} →` }));
    const top = GMT_HEIGHT;
    return [
      ...axisTexts("own", { ...own, contexts: headers ? own.contexts : [] }, view, top + 12, top + 29, 0),
      ...changes.map((change) => text(`change-${change.at}`, view, change.at, top + 12, "tl-change", change.label)),
      name("own", headers ? 12 : 6, headers ? top + 20 : top + 12, label, !headers),
    ];
  }

  line(view, at, top, bottom) {
    return `M${px(view.offset + view.x(at))} ${top}V${bottom}`;
  }

  drawMarks(view, bottom, now, pointed) {
    const isShown = now >= view.from && now <= view.to;
    const x = px(view.offset + view.x(now));
    const right = view.x(now) > view.width - 60;
    const marks = isShown
      ? [{ key: "now", attributes: { d: `M${x} ${this.height - 2}V${bottom}`, class: "tl-now" } }]
      : [];
    const label = { x: right ? x - 5 : x + 5, y: bottom - 6, class: `tl-now-text${right ? " tl-end" : ""}` };
    const texts = isShown ? [{ key: "now", attributes: label, text: this.words.now }] : [];
    if (pointed !== null && pointed >= view.from && pointed <= view.to) {
      const at = px(view.offset + view.x(pointed));
      marks.push({ key: "pointed", attributes: { d: `M${at} ${this.height - 2}V${bottom}`, class: "tl-pointed" } });
    }
    this.marks.draw(marks);
    this.markTexts.draw(texts);
  }
}

const rule = (y, width) => `M0 ${px(y)}H${px(width)}`;

function name(axis, x, y, label, isNarrow) {
  return { key: `${axis}-name`, attributes: { x, y, class: `tl-name tl-axis-name${isNarrow ? " tl-halo" : ""}` }, text: label };
}

function text(key, view, at, y, kind, label) {
  return { key, attributes: { x: px(view.offset + view.x(at)), y, class: kind }, text: label };
}

function axisTexts(axis, { ticks, contexts }, view, contextY, labelY, belowY) {
  const shown = ticks.filter((tick) => view.x(tick.at) >= 0 && view.x(tick.at) <= view.width);
  const texts = [];
  for (const tick of shown) {
    texts.push(text(`${axis}-${tick.at}`, view, tick.at, labelY, `tl-tick tl-tick-${axis}`, tick.label));
    if (belowY) texts.push(text(`${axis}-${tick.at}-below`, view, tick.at, belowY, "tl-below", tick.below));
    else if (tick.below) texts.at(-1).text = tick.below;
  }
  texts.push(...contextTexts(axis, contexts, view, contextY));
  return texts;
}

/** The larger units, as long as there is room for; the first sticks to the left edge until the next pushes it out. */
function contextTexts(axis, contexts, view, y) {
  const placed = contexts.map((context, index) => ({ ...context, index, x: Math.max(view.x(context.at), 0) }));
  return placed.flatMap(({ index, x, labels, at }) => {
    const inset = index || view.offset ? 4 : NAME_ROOM;
    const room = (placed[index + 1]?.x ?? view.width) - x - inset;
    const label = labels.find((one) => one.length * CHARACTER < room);
    if (!label) return [];
    const attributes = { x: px(view.offset + x + inset), y, class: `tl-context tl-context-${axis}` };
    return [{ key: `${axis}-context-${index ? at : "first"}`, attributes, text: label }];
  });
}
