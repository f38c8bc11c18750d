// What lies over the picture: the ring around what has the focus, and the window that is being drawn.

import { gmt } from "timeline/clock";
import { Pool, px } from "timeline/drawing";

const LEAST_RING = 6;

export class Overlay {
  constructor(parent, sayer) {
    this.sayer = sayer;
    this.rings = new Pool(parent, "rect");
    this.windows = new Pool(parent, "rect");
    this.texts = new Pool(parent, "text");
  }

  /** A ring around `box`, kept between `left` and `right`; none for no box. */
  ring(box, left, right) {
    if (!box) {
      this.rings.draw([]);
      return;
    }
    const x = Math.max(box.x - 2, left);
    const width = Math.max(Math.min(box.x + box.width + 2, right) - x, LEAST_RING);
    const attributes = { x: px(x), y: px(box.y - 2), width: px(width), height: px(box.height + 4), class: "tl-ring" };
    this.rings.draw([{ key: "ring", attributes }]);
  }

  /** A window in a row, with its times; none for no row. */
  window(row, window, view) {
    if (!row || !window) {
      this.windows.draw([]);
      this.texts.draw([]);
      return;
    }
    const [left, right] = [view.x(window.from), view.x(window.to)];
    const [x, y] = [px(view.offset + left), px(row.y + 2)];
    const box = { x, y, width: px(right - left), height: px(row.height - 4), class: "tl-drawn" };
    this.windows.draw([{ key: "window", attributes: box }]);
    const isRight = left > view.width / 2;
    const end = isRight ? Math.min(right, view.width) : Math.max(left, 0);
    const kind = `tl-drawn-text${isRight ? " tl-end" : ""}`;
    const text = `${gmt(window.from)} – ${gmt(window.to)} GMT · ${this.sayer.length(window.to - window.from)}`;
    this.texts.draw([{ key: "text", attributes: { x: px(view.offset + end), y: px(row.y - 5), class: kind }, text }]);
  }
}
