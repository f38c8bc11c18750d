// The keyboard's way through the rows: one tab stop, arrows between cells and rows, and focus that no redraw loses.

export class Grid {
  /** `act` is what keys do: open, zoom, pan; `focused` is told of each cell that gets the focus. */
  constructor(node, bars, act) {
    this.node = node;
    this.bars = bars;
    this.act = act;
    this.active = null;
    node.addEventListener("keydown", (event) => this.key(event));
    node.addEventListener("focusin", (event) => this.took(event.target));
    node.addEventListener("focusout", () => this.act.left());
  }

  /** Call before a redraw; call the result after it. */
  holdFocus() {
    const hadFocus = this.node.contains(document.activeElement);
    return () => this.settle(hadFocus);
  }

  settle(hadFocus) {
    const same = this.active && this.nodeOf(this.active);
    if (!same) this.active = this.nearest(this.rowNow(), this.active?.at ?? this.act.view().middle);
    const node = this.active && this.nodeOf(this.active);
    if (this.stop && this.stop !== node) this.stop.setAttribute("tabindex", "-1");
    if (node) node.setAttribute("tabindex", "0");
    this.stop = node ?? null;
    if (hadFocus && node && document.activeElement !== node) node.focus({ preventScroll: true });
  }

  /** The active row, or where it is no longer drawn the first zone. */
  rowNow() {
    const rows = this.rows();
    return rows.find((row) => row.slug === this.active?.row) ?? rows.find((row) => row.kind === "zone") ?? rows[0];
  }

  rows() {
    return this.bars.shown;
  }

  /** What can be focused in a row; its name, where nothing stands in it. */
  cellsOf(row) {
    if (!row) return [];
    const cells = [...row.items].sort((a, b) => a.from - b.from || (a.rank ?? 0) - (b.rank ?? 0));
    return cells.length ? cells : [{ key: "name", type: "name", from: -Infinity, to: Infinity }];
  }

  nodeOf({ row, key }) {
    const drawn = this.bars.rows.get(row);
    return key === "name" ? drawn?.header.node("name") : drawn?.cells.node(key);
  }

  itemOf({ row, key }) {
    return this.cellsOf(this.rows().find((known) => known.slug === row)).find((item) => item.key === key);
  }

  nearest(row, at) {
    let found = null;
    let least = Infinity;
    for (const item of this.cellsOf(row)) {
      const away = item.from <= at && item.to >= at ? 0 : Math.min(Math.abs(item.from - at), Math.abs(item.to - at));
      if (found === null || away < least) [found, least] = [item, away];
    }
    return found && this.entry(row, found);
  }

  entry(row, item) {
    return { row: row.slug, key: item.key, at: middleOf(item, this.act.view()) };
  }

  focus(entry) {
    if (!entry) return;
    this.active = entry;
    this.settle(true);
  }

  took(node) {
    const row = node.closest("[data-row]")?.dataset.row;
    const key = node.dataset.key ?? "name";
    const item = row && this.itemOf({ row, key });
    if (!item) return;
    if (this.active?.row !== row || this.active.key !== key) this.active = this.entry({ slug: row }, item);
    this.act.focused(row, item, node);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const handled = this.handle(event.key, event.shiftKey);
    if (handled) event.preventDefault();
  }

  handle(key, shift) {
    const item = this.active && this.itemOf(this.active);
    if (!item) return false;
    if (shift && (key === "ArrowLeft" || key === "ArrowRight")) return this.act.pan(key === "ArrowLeft" ? -0.25 : 0.25);
    switch (key) {
      case "ArrowLeft":
      case "ArrowRight":
        return this.along(item, key === "ArrowLeft" ? -1 : 1);
      case "ArrowUp":
      case "ArrowDown":
        return this.across(key === "ArrowUp" ? -1 : 1);
      case "Home":
      case "End":
        return this.toEnd(key === "Home" ? 0 : -1);
      case "PageUp":
      case "PageDown":
        return this.act.pan(key === "PageUp" ? -1 : 1);
      case "+":
      case "=":
      case "-":
        return this.act.zoom(key === "-" ? 0.5 : 2, this.active.at);
      case "Enter":
      case " ":
        return this.act.open(this.active.row, item);
      default:
        return false;
    }
  }

  /** The next cell; at the last one in view, more is brought into view. */
  along(item, by) {
    const row = this.rowNow();
    const cells = this.cellsOf(row);
    const next = cells[cells.findIndex((cell) => cell.key === item.key) + by];
    if (next) {
      this.focus(this.entry(row, next));
      this.act.reveal(next);
    } else this.act.pan(by * 0.5);
    return true;
  }

  across(by) {
    const rows = this.rows();
    const next = rows[rows.indexOf(this.rowNow()) + by];
    if (next) this.focus({ ...this.nearest(next, this.active.at), at: this.active.at });
    return true;
  }

  toEnd(index) {
    const row = this.rowNow();
    this.focus(this.entry(row, this.cellsOf(row).at(index)));
    return true;
  }
}

/** The middle of what of an item is in view; of all of it, where nothing is. */
function middleOf(item, view) {
  const [from, to] = [Math.max(item.from, view.from), Math.min(item.to, view.to)];
  return to > from ? (from + to) / 2 : (item.from + item.to) / 2;
}
