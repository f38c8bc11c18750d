// Where the Sun stands overhead, to about 0.01°: enough to draw the terminator, and no more is claimed.

const J2000 = Date.UTC(2000, 0, 1, 12);
const DAY = 86_400_000;
const RADIANS = Math.PI / 180;

/** The subsolar point as `[longitude, latitude]` in degrees. */
export function subsolarPoint(ms) {
  const days = (ms - J2000) / DAY;
  const anomaly = (357.529 + 0.98560028 * days) * RADIANS;
  const mean = 280.459 + 0.98564736 * days;
  const longitude = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RADIANS;
  const obliquity = (23.439 - 0.00000036 * days) * RADIANS;
  const ascension = Math.atan2(Math.cos(obliquity) * Math.sin(longitude), Math.cos(longitude)) / RADIANS;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(longitude)) / RADIANS;
  const sidereal = 280.46061837 + 360.98564736629 * days;
  return [wrapped(ascension - sidereal), declination];
}

/** Where it is midnight: the middle of the night side. */
export function antisolarPoint(ms) {
  const [longitude, latitude] = subsolarPoint(ms);
  return [wrapped(longitude + 180), -latitude];
}

export const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;
