// Keeps the plain table on the span that the timeline shows.

const PATIENCE = 600;

export class Table {
  /** `query` is what the page came with. */
  constructor(node, address, query) {
    this.node = node;
    this.address = address;
    this.shown = `${address}?${query}`;
    this.waiting = null;
    this.stop = null;
  }

  follow(query) {
    const wanted = `${this.address}?${query}`;
    clearTimeout(this.waiting);
    if (wanted !== this.shown) this.waiting = setTimeout(() => this.fetch(wanted), PATIENCE);
  }

  async fetch(wanted) {
    this.stop?.abort();
    this.stop = new AbortController();
    try {
      const response = await fetch(wanted, { signal: this.stop.signal, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      this.node.innerHTML = await response.text();
      this.shown = wanted;
    } catch (error) {
      if (error.name !== "AbortError") this.shown = null;
    }
  }
}
