// Pointer and wheel: d3-zoom pans and zooms, a drag on a zone draws a window.

import { pointer, select } from "d3-selection";
import { zoom } from "d3-zoom";

import { snappedWindow } from "timeline/snap";

const CLICK_PIXELS = 5;

export class Gestures {
  /** `act`: moved(transform), drawn(row, window | null), chosen(row, window), clicked(target), pointedAt(ms | null). */
  constructor(svg, view, act) {
    this.svg = select(svg);
    this.view = view;
    this.act = act;
    this.mode = "select";
    this.drag = null;
    this.gliding = null;
    this.zoom = zoom()
      .filter((event) => this.isZoom(event))
      .on("zoom", ({ transform }) => this.act.moved(transform));
    this.svg.call(this.zoom).on("dblclick.zoom", null);
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.up(event));
    svg.addEventListener("pointercancel", () => this.drop());
    svg.addEventListener("pointerleave", () => this.act.pointedAt(null));
    svg.addEventListener("click", (event) => this.act.clicked(event.target));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.drop());
  }

  fit(width, height) {
    const { offset, scaleExtent } = this.view;
    this.zoom
      .scaleExtent(scaleExtent)
      .extent([[0, 0], [width, height]])
      .translateExtent([[0, 0], [width, height]]);
    this.offset = offset;
  }

  setMode(mode) {
    this.mode = mode;
    this.svg.classed("is-selecting", mode === "select");
  }

  /** Show a span, gliding there unless the reader would rather not see things move. */
  show(span, glide = true) {
    const allowed = this.view.allowed(span);
    const transform = this.view.transformTo(allowed.from, allowed.to);
    const still = !glide || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) this.svg.call(this.zoom.transform, transform);
    else this.glide(transform);
  }

  /** A newer glide interrupts an older one, whose end is then not the end. */
  glide(transform) {
    const glide = this.svg.transition().duration(300);
    const over = () => {
      if (this.gliding === glide) this.gliding = null;
    };
    this.gliding = glide;
    glide.on("end.glide interrupt.glide cancel.glide", over).call(this.zoom.transform, transform);
  }

  isZoom(event) {
    if (event.type === "wheel") return event.ctrlKey || event.metaKey;
    if (event.button) return false;
    return event.touches?.length > 1 || !this.isSelecting(event);
  }

  isSelecting(event) {
    return this.mode === "select" && this.act.rowAt(pointer(event.touches?.[0] ?? event, this.svg.node())[1]) !== null;
  }

  /** The wheel scrolls the page; sideways it pans. */
  wheel(event) {
    if (event.ctrlKey || event.metaKey || Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    const by = event.deltaX * this.view.pixel * (event.deltaMode ? 16 : 1);
    this.show({ from: this.view.from + by, to: this.view.to + by }, false);
  }

  at(event) {
    return this.view.at(pointer(event, this.svg.node())[0] - this.view.offset);
  }

  down(event) {
    if (event.button || !event.isPrimary || !this.isSelecting(event)) return;
    const row = this.act.rowAt(pointer(event, this.svg.node())[1]);
    this.drag = { row, start: this.at(event), x: event.clientX, id: event.pointerId, window: null };
  }

  move(event) {
    this.act.pointedAt(this.at(event), event.target);
    if (!this.drag || event.pointerId !== this.drag.id) return;
    if (!this.drag.window && Math.abs(event.clientX - this.drag.x) < CLICK_PIXELS) return;
    if (!this.drag.window) this.svg.node().setPointerCapture(event.pointerId);
    this.drag.window = snappedWindow(this.drag.start, this.at(event), this.act.snapping());
    this.act.drawn(this.drag.row, this.drag.window);
  }

  up(event) {
    if (!this.drag || event.pointerId !== this.drag.id) return;
    const { row, window } = this.drag;
    this.drop();
    if (!window) return;
    this.swallowClick();
    this.act.chosen(row, window);
  }

  drop() {
    if (this.drag) this.act.drawn(null, null);
    this.drag = null;
  }

  /** The click that ends a drag is no click. */
  swallowClick() {
    const swallow = (event) => event.stopImmediatePropagation();
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  }
}
