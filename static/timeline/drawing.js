// SVG elements kept by key: a redraw changes only the attributes that differ, so focus and nodes survive it.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** A parent's children of one tag, one for each item that is drawn. */
export class Pool {
  constructor(parent, tag) {
    this.parent = parent;
    this.tag = tag;
    this.drawn = new Map();
  }

  /** Draw `items` (each `{key, attributes, text?, stamp?}`), and nothing else; `fresh` is told of each new stamp. */
  draw(items, fresh = () => {}) {
    const gone = new Set(this.drawn.keys());
    for (const item of items) {
      gone.delete(item.key);
      const known = this.drawn.get(item.key) ?? this.make(item);
      this.refresh(known, item);
      if (item.stamp !== known.stamp) {
        known.stamp = item.stamp;
        fresh(known.node, item);
      }
    }
    for (const key of gone) this.remove(key);
  }

  node(key) {
    return this.drawn.get(key)?.node;
  }

  make(item) {
    const known = { node: element(this.tag), set: {}, text: "" };
    this.drawn.set(item.key, known);
    this.parent.append(known.node);
    return known;
  }

  refresh(known, { attributes, text }) {
    for (const name in attributes) {
      if (known.set[name] !== attributes[name]) {
        known.set[name] = attributes[name];
        known.node.setAttribute(name, attributes[name]);
      }
    }
    if (text !== undefined && known.text !== text) {
      known.text = text;
      known.node.textContent = text;
    }
  }

  remove(key) {
    this.drawn.get(key).node.remove();
    this.drawn.delete(key);
  }
}

/** One decimal is finer than any screen, and short numbers are cheap to compare and to parse. */
export const px = (value) => Math.round(value * 10) / 10;

const CHARACTER = 6.3;

/** Whether `pixels` hold `text` at the page's small size, as far as can be told without measuring. */
export const fits = (text, pixels) => text.length * CHARACTER <= pixels;

/** As much of `text` as `pixels` hold; nothing where that would be next to nothing. */
export function fitted(text, pixels) {
  if (fits(text, pixels)) return text;
  const room = Math.floor(pixels / CHARACTER);
  return room > 5 ? `${text.slice(0, room - 1).trimEnd()}…` : "";
}
