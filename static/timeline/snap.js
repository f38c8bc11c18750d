// Where the ends of a window that is drawn by hand fall.

import { DAY, HOUR, MINUTE } from "timeline/clock";

export const ORBIT_ZOOM = 6 * HOUR;
export const DAY_ZOOM = 2 * DAY;
const CATCH_PIXELS = 14;

/** The grid at a zoom that shows `shown` milliseconds: a minute by the orbit, five by the day, an hour above. */
export function step(shown) {
  if (shown <= ORBIT_ZOOM) return MINUTE;
  return shown <= DAY_ZOOM ? 5 * MINUTE : HOUR;
}

/** The snapped instant. By the orbit, a sunrise or sunset near enough wins; windows are whole minutes all the same. */
export function snap(at, { shown, pixel, sunEvents = [] }) {
  if (shown <= ORBIT_ZOOM) {
    const near = nearest(sunEvents, at);
    if (near !== null && Math.abs(near - at) <= CATCH_PIXELS * pixel) return Math.round(near / MINUTE) * MINUTE;
  }
  return Math.round(at / step(shown)) * step(shown);
}

/** The window between two ends in either order; never empty. */
export function snappedWindow(one, other, rules) {
  const [from, to] = [snap(Math.min(one, other), rules), snap(Math.max(one, other), rules)];
  return { from, to: Math.max(to, from + step(rules.shown)) };
}

function nearest(instants, at) {
  let found = null;
  for (const instant of instants) {
    if (found === null || Math.abs(instant - at) < Math.abs(found - at)) found = instant;
  }
  return found;
}
