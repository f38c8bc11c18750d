// The globe and the map: land, night, places, the ground track, and the module now and at the time pointed at.

import { geoCircle, geoDistance, geoEquirectangular, geoGraticule10, geoOrthographic, geoPath } from "d3-geo";
import feature from "topojson-client";

import { MINUTE, gmt, tenths } from "timeline/clock";
import { Pool, px } from "timeline/drawing";
import { filled } from "timeline/say";
import { antisolarPoint } from "timeline/sun";
import { Track } from "timeline/track";

const BEFORE = 46 * MINUTE;
const AFTER = 93 * MINUTE;
const GLOBE = 300;
const LEAST_MAP = 240;

export class Earth {
  /** `point(ms)` is called when the reader picks a time here; `go(ms)` when they want the timeline there. */
  constructor(root, settings, { point, go }) {
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.root = part("earth");
    this.said = part("whereabouts");
    this.slider = part("instant");
    this.follows = part("follows");
    this.settings = settings;
    this.point = point;
    this.pointed = null;
    this.span = null;
    this.turned = [0, -20];
    this.track = new Track(settings.addresses.track, () => this.redraw());
    this.pictures = [this.globe(part("globe")), this.map(part("map"))];
    this.pictures.forEach((picture) => this.listen(picture, go));
    this.slider.addEventListener("input", () => this.slide());
    this.follows.addEventListener("change", () => this.redraw());
    this.load();
    setInterval(() => this.redraw(), 10_000);
    new ResizeObserver(() => this.redraw()).observe(this.root);
  }

  globe(svg) {
    svg.setAttribute("viewBox", `0 0 ${GLOBE} ${GLOBE}`);
    const projection = geoOrthographic().fitExtent([[4, 4], [GLOBE - 4, GLOBE - 4]], { type: "Sphere" });
    return { svg, projection, turns: true, ...layers(svg) };
  }

  map(svg) {
    return { svg, projection: geoEquirectangular(), turns: false, ...layers(svg) };
  }

  /** The map takes the width that it is given, so that its names stay legible. */
  fitMap() {
    const [, map] = this.pictures;
    const width = Math.max(LEAST_MAP, Math.round(map.svg.clientWidth));
    if (width === map.width) return;
    map.width = width;
    map.svg.setAttribute("viewBox", `0 0 ${width} ${Math.round(width / 2)}`);
    map.projection.fitExtent([[1, 1], [width - 1, width / 2 - 1]], { type: "Sphere" });
  }

  async load() {
    const response = await fetch(this.settings.addresses.land);
    const atlas = await response.json();
    this.land = feature(atlas, atlas.objects.land);
    this.redraw();
  }

  /** The time that the timeline points at; null means now. */
  show(at) {
    this.pointed = at;
    this.redraw();
  }

  /** The span that the slider runs over: the timeline's. */
  setSpan({ from, to }) {
    this.span = { from, to };
    this.slider.min = Math.floor(from / MINUTE);
    this.slider.max = Math.ceil(to / MINUTE);
    this.redraw();
  }

  slide() {
    this.pointed = this.slider.valueAsNumber * MINUTE;
    this.point(this.pointed);
    this.redraw();
  }

  listen({ svg, projection, turns }, go) {
    const pick = (event) => {
      const box = svg.getBoundingClientRect();
      const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
      const scale = width / box.width;
      const place = projection.invert([(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]);
      return place && this.track.closest(this.at, place, geoDistance);
    };
    svg.addEventListener("click", (event) => {
      if (this.dragged) return;
      const near = pick(event);
      if (near && near.away < 0.25) go(near.at);
    });
    if (turns) this.listenToTurns(svg);
  }

  listenToTurns(svg) {
    let from = null;
    svg.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX, y: event.clientY, turned: [...this.turned] };
      this.dragged = false;
    });
    svg.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!this.dragged && Math.hypot(dx, dy) < 4) return;
      this.dragged = true;
      this.follows.checked = false;
      this.turned = [from.turned[0] + dx * 0.4, Math.max(-85, Math.min(85, from.turned[1] - dy * 0.4))];
      this.redraw();
    });
    svg.addEventListener("pointerup", () => (from = null));
  }

  get at() {
    return this.pointed ?? Date.now();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const here = this.track.position(this.at);
    this.now = this.track.position(Date.now());
    this.tell(here);
    if (!this.land || (!here && !this.now)) return;
    this.root.hidden = false;
    this.fitMap();
    if (here && this.follows.checked) this.turned = [-here.longitude, -here.latitude * 0.8];
    const [globe] = this.pictures;
    globe.projection.rotate(this.turned);
    for (const picture of this.pictures) this.drawPicture(picture, here);
  }

  drawPicture({ projection, ground, marks, texts, turns }, here) {
    const path = geoPath(projection).digits(1);
    const night = geoCircle().center(antisolarPoint(this.at)).radius(90)();
    const line = (from, to) => ({ type: "LineString", coordinates: this.track.line(this.at, from, to) });
    ground.draw([
      shape("sea", path({ type: "Sphere" })),
      shape("lines", path(geoGraticule10())),
      shape("land", path(this.land)),
      shape("night", path(night)),
      shape("flown", here ? path(line(this.at - BEFORE, this.at)) : ""),
      shape("ahead", here ? path(line(this.at, this.at + AFTER)) : ""),
      shape("rim", path({ type: "Sphere" })),
    ]);
    const visible = (place) => !turns || geoDistance(place, [-this.turned[0], -this.turned[1]]) < Math.PI / 2 - 0.02;
    const places = this.settings.places.filter((place) => visible([place.longitude, place.latitude]));
    marks.draw([
      ...places.map((place) => mark(projection, `place-${place.slug}`, `earth-${place.kind}`, place, 2.5)),
      ...(this.now && visible(coordinates(this.now)) ? [mark(projection, "now", "earth-now", this.now, 5)] : []),
      ...(here && visible(coordinates(here)) ? [mark(projection, "here", "earth-here", here, 8)] : []),
    ]);
    texts.draw(turns ? [] : this.names(projection, places, here));
  }

  names(projection, places, here) {
    const names = [];
    if (here && this.pointed !== null) names.push(label(projection, "here", "earth-name-here", here, gmt(this.at)));
    if (this.now) names.push(label(projection, "now", "earth-name-here", this.now, this.settings.words.now));
    const cities = places.filter((place) => place.kind === "city");
    const stations = places.filter((place) => place.kind !== "city");
    for (const place of [...cities, ...stations]) {
      names.push(label(projection, place.slug, "earth-name", place, place.name));
    }
    return apart(names);
  }

  tell(here) {
    const { words } = this.settings;
    this.slider.value = this.at / MINUTE;
    this.slider.setAttribute("aria-valuetext", `${gmt(this.at)} GMT`);
    if (!here) {
      const isKnown = this.track.around(this.at) !== null;
      this.said.textContent = filled(isKnown ? words.whereabouts_unknown : words.whereabouts_asked, { at: gmt(this.at) });
      return;
    }
    this.said.textContent = filled(words.whereabouts, {
      at: gmt(this.at),
      latitude: `${tenths(Math.abs(here.latitude))}° ${words[here.latitude < 0 ? "south" : "north"]}`,
      longitude: `${tenths(Math.abs(here.longitude))}° ${words[here.longitude < 0 ? "west" : "east"]}`,
      altitude: Math.round(here.altitude_km),
      light: words[here.sunlit ? "in_sunlight" : "in_shadow"],
    });
  }
}

function layers(svg) {
  return { ground: new Pool(svg, "path"), marks: new Pool(svg, "circle"), texts: new Pool(svg, "text") };
}

/** The names that cover no earlier one. */
function apart(names) {
  const taken = [];
  return names.filter(({ attributes: { x, y, class: kind }, text }) => {
    const width = text.length * 5.4 + 4;
    const left = kind.includes("tl-end") ? x - width : x;
    const isFree = taken.every((box) => left > box.right || left + width < box.left || Math.abs(y - box.y) > 11);
    if (isFree) taken.push({ left, right: left + width, y });
    return isFree;
  });
}

const coordinates = ({ longitude, latitude }) => [longitude, latitude];

const shape = (name, d) => ({ key: name, attributes: { d: d ?? "", class: `earth-${name}` } });

function mark(projection, key, kind, place, radius) {
  const [x, y] = projection(coordinates(place));
  return { key, attributes: { cx: px(x), cy: px(y), r: radius, class: kind } };
}

function label(projection, key, kind, place, text) {
  const [x, y] = projection(coordinates(place));
  const isRight = place.longitude > 130;
  return { key, attributes: { x: px(x + (isRight ? -8 : 6)), y: px(y + 3), class: `${kind}${isRight ? " tl-end" : ""}` }, text };
}
