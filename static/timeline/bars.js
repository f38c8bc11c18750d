// Draws the rows: one grid row each, a cell for every bar, bucket and free stretch, and the text upon them.

import { Pool, element, fits, fitted, px } from "timeline/drawing";
import { time } from "timeline/clock";

const LABEL_FROM = 38;
const WIDE = 100;
const BESIDE_FROM = 64;
const BESIDE_UP_TO = 150;
const BESIDE_AMONG = 40;
const PERCENT_FROM = 32;
const PADDING = 4;
const SHARES = ["own", "others", "closed"];
const BANDS = new Set(["phase", "phase-planned", "crew", "night", "unknown", "pass", "downlink"]);
const PATTERNED = new Set(["held", "waiting", "requested", "completed", "full", "closed"]);

/**
 * The picture is a few paths, one for each kind of bar in a row, redrawn with every frame. The cells over it are
 * invisible: what the pointer hits and the keyboard walks through. They follow when the movement ends, for it is
 * the many small elements, each with its own style and layout, that would cost the frames.
 */
export class Bars {
  constructor({ grid, under, over, sayer, words }) {
    this.grid = grid;
    this.sayer = sayer;
    this.words = words;
    this.rows = new Map();
    this.shown = [];
    this.paths = new Pool(under, "path");
    this.texts = new Pool(over, "text");
  }

  /** `headers` is the width of the column that names the rows; 0 where names stand above their rows. */
  drawPicture(rows, view, headers) {
    this.shown = rows;
    const paths = [];
    const texts = [];
    for (const row of rows) {
      const lane = laneOf(row, headers);
      this.drawName(row, headers);
      paths.push(...(row.dense ? sharePaths(row, lane, view) : barPaths(row, lane, view)));
      texts.push(...labels(row, lane, view));
    }
    this.removeRows(rows);
    this.paths.draw(paths);
    this.texts.draw(texts);
  }

  drawCells(view, headers) {
    for (const row of this.shown) {
      const lane = laneOf(row, headers);
      const drawn = this.rowOf(row);
      drawn.cells.draw(
        row.items.map((item) => ({ key: item.key, item, stamp: stampOf(item), attributes: cell(item, lane, view) })),
        (node, { item }) => node.setAttribute("aria-label", this.label(row, item)),
      );
    }
  }

  drawName(row, headers) {
    const y = headers ? row.y + row.height / 2 + 4 : row.y + (row.kind === "band" ? 17 : 13);
    const kind = row.kind === "band" ? "tl-name tl-name-band" : "tl-name";
    const look = headers ? kind : `${kind} tl-halo`;
    const attributes = { x: headers ? 12 : 6, y: px(y), class: look, role: "rowheader" };
    this.rowOf(row).header.draw([{ key: "name", attributes, text: row.name }]);
  }

  rowOf(row) {
    const drawn = this.rows.get(row.slug) ?? this.makeRow(row);
    drawn.row = row;
    return drawn;
  }

  makeRow(row) {
    const node = element("g", { role: "row", "aria-label": row.name, "data-row": row.slug });
    const cells = element("g", { role: "presentation", "clip-path": "url(#tl-plot)" });
    const drawn = { node, header: new Pool(node, "text"), cells: new Pool(cells, "rect") };
    node.append(cells);
    this.grid.append(node);
    this.rows.set(row.slug, drawn);
    return drawn;
  }

  removeRows(rows) {
    const kept = new Set(rows.map((row) => row.slug));
    for (const [slug, { node }] of this.rows) {
      if (kept.has(slug)) continue;
      node.remove();
      this.rows.delete(slug);
    }
  }

  /** Where an item is drawn, whether or not its cell has caught up. */
  boxOf(slug, item, view, headers) {
    const row = this.shown.find((known) => known.slug === slug);
    return cell(item, laneOf(row, headers), view);
  }

  label(row, item) {
    if (item.type === "bar") return this.sayer.bar(item);
    if (item.type === "bucket") return this.sayer.bucket(item);
    if (item.type === "gap") return this.sayer.free(item);
    if (item.type === "phase") return this.sayer.phase(item);
    if (item.type === "unknown") return `${item.label} ${this.sayer.window(item.from, item.to)}.`;
    return this.sayer.band([row.slug === "passes" ? row.name : this.words[item.type], item.label], item);
  }
}

/** What a cell's words depend on. */
const stampOf = (item) => `${item.from} ${item.to} ${item.state ?? item.percent ?? item.certainty}`;

/** Where in its row things are drawn; below the row's name, where that stands above. */
function laneOf(row, headers) {
  const above = headers || row.kind === "band" ? 0 : 14;
  const inset = row.kind === "band" ? 3 : 5;
  const height = row.height - above - 2 * inset;
  return { top: row.y + above + inset, height, occupying: row.waits ? height * 0.62 : height };
}

/** The place of an item's cell. */
function cell(item, lane, view) {
  const left = Math.max(-20, view.x(item.from));
  const right = Math.min(view.width + 20, view.x(item.to));
  const [top, height] = upright(item, lane);
  return {
    x: px(view.offset + left),
    y: px(top),
    width: px(Math.max(right - left, 1.5)),
    height: px(height),
    role: "gridcell",
    tabindex: "-1",
    class: item.url || item.type === "bucket" ? "tl-cell tl-opens" : "tl-cell",
    "data-key": item.key,
  };
}

/** The bars of a row: one path for each mark, closures first, so that a booking under one stays in sight. */
function barPaths(row, lane, view) {
  const kinds = new Map();
  const draw = (kind, from, to, top, height) => {
    const left = Math.max(-20, view.x(from));
    const width = Math.max(Math.min(view.width + 20, view.x(to)) - left, 1.5);
    const box = `M${px(view.offset + left)} ${px(top)}h${px(width)}v${px(height)}h${-px(width)}z`;
    kinds.set(kind, (kinds.get(kind) ?? "") + box);
  };
  for (const item of row.items) {
    if (item.type === "gap") continue;
    draw(item.mark ?? `${item.type}${item.certainty === "planned" ? "-planned" : ""}`, item.from, item.to, ...upright(item, lane));
    if (item.until > item.to && item.mark !== "waiting") {
      draw("turnaround", item.to, item.until, lane.top + lane.occupying * 0.25, lane.occupying * 0.5);
    }
  }
  const order = [...kinds.keys()].sort((a, b) => (b === "closed") - (a === "closed"));
  return order.map((kind) => ({ key: `${row.slug}-${kind}`, attributes: barLook(kind, kinds.get(kind)) }));
}

function barLook(kind, d) {
  const look = { d, class: BANDS.has(kind) ? `tl-${kind}` : `bar ${kind}` };
  const pattern = patternOf(kind);
  return pattern ? { ...look, fill: pattern } : look;
}

/** The patterns are the whole site's; plain colours are in the style sheets. */
function patternOf(kind) {
  if (PATTERNED.has(kind)) return `url(#p-${kind})`;
  return { night: "url(#tl-night)", unknown: "url(#tl-unknown)", "phase-planned": "url(#tl-planned)" }[kind];
}

/** Holds that wait stand below what occupies, in the order of their ranks. */
function upright(item, lane) {
  if (item.mark === "closed" || item.type !== "bar") return [lane.top, lane.height];
  if (item.mark !== "waiting") return [lane.top, lane.occupying];
  const each = (lane.height - lane.occupying) / 2;
  return [lane.top + lane.occupying + (item.rank - 2) * each + 2, each - 3];
}

/** Three silhouettes a row, stacked: one's own, others', closed. */
function sharePaths(row, lane, view) {
  const drawn = Object.fromEntries(SHARES.map((share) => [share, ""]));
  for (const bucket of row.items) {
    const x = px(view.x(bucket.from) + view.offset);
    const width = px(Math.max(0.5, view.x(bucket.to) - view.x(bucket.from) - 1));
    let bottom = lane.top + lane.height;
    for (const share of SHARES) {
      const height = bucket[share] * lane.height;
      if (height < 0.3) continue;
      drawn[share] += `M${x} ${px(bottom)}v${-px(height)}h${width}v${px(height)}z`;
      bottom -= height;
    }
  }
  return SHARES.filter((share) => drawn[share]).map((share) => ({
    key: `${row.slug}-${share}`,
    attributes: {
      d: drawn[share],
      class: `tl-share-${share}`,
      ...(share !== "own" && { fill: `url(#tl-use-${share})` }),
    },
  }));
}

function labels(row, lane, view) {
  const texts = [];
  const items = row.items.filter((item) => item.type !== "gap").sort((a, b) => a.from - b.from);
  const isSparse = items.length <= BESIDE_AMONG;
  for (const [index, item] of items.entries()) {
    const left = Math.max(0, view.x(item.from));
    const room = Math.min(view.width, view.x(item.to)) - left;
    if (item.type === "bucket") {
      if (room >= PERCENT_FROM && item.percent) texts.push(percentLabel(row, item, lane, view, left + room / 2));
    } else {
      const beside = isSparse && item.title && room > 0 && room < WIDE ? linesBeside(row, item, lane, view, items.slice(index + 1)) : [];
      if (beside.length) texts.push(...beside);
      else if (room >= LABEL_FROM) texts.push(...linesOn(row, item, lane, view, left, room));
    }
  }
  return texts;
}

/** A bar too narrow for its words has them beside it, where nothing else stands. */
function linesBeside(row, item, lane, view, later) {
  const left = view.x(Math.max(item.until ?? item.to, item.to)) - 2;
  const next = later.find((other) => (other.mark === "waiting") === (item.mark === "waiting") || other.mark === "closed");
  const room = Math.min(view.width, next ? view.x(next.from) : Infinity) - left;
  const inside = view.x(item.to) - Math.max(0, view.x(item.from));
  return room < Math.max(BESIDE_FROM, inside + 24) ? [] : linesOn(row, item, lane, view, left, Math.min(room, BESIDE_UP_TO), true);
}

function percentLabel(row, item, lane, view, x) {
  return {
    key: `${row.slug}-${item.key}`,
    attributes: { x: px(view.offset + x), y: px(lane.top + lane.height - 6), class: "tl-text tl-percent" },
    text: `${item.percent}%`,
  };
}

function linesOn(row, item, lane, view, left, room, isBeside = false) {
  const [top, height] = upright(item, lane);
  const within = room - 2 * PADDING - 2;
  const said = wordsOn(item, room).map((line, index) => (index && !fits(line, within) ? "" : fitted(line, within)));
  const lines = said.filter(Boolean).slice(0, Math.max(1, Math.floor((height - 8) / 15)));
  const first = lines.length > 1 ? top + 16 : top + height / 2 + 4;
  const kind = isBeside ? "tl-text tl-beside" : `tl-text tl-text-${item.mark ?? item.type}`;
  return lines.map((text, index) => ({
    key: `${row.slug}-${item.key}-${index}`,
    attributes: { x: px(view.offset + left + PADDING + 2), y: px(first + index * 15), class: kind },
    text,
  }));
}

function wordsOn(item, room) {
  if (item.type === "bar" && item.reference) return [marked(item), item.state, item.reference, duration(item)];
  if (item.type === "bar") return fits(item.state, room - 10) || room > WIDE ? [item.state] : [];
  if (item.type === "night" && room > 90) return [`${time(item.from)}–${time(item.to)}`];
  return [item.label ?? ""];
}

const marked = (item) => (item.attention?.length ? `! ${item.title}` : item.title);

const duration = (item) => `${time(item.from)}–${time(item.to)}`;
