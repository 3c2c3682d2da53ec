// What /map/projects.json sends as columns, as the two GeoJSON sources that are drawn.
export const MARKS = ["unclear", "ended", "paused", "announced_later", "announced", "at_fid",
  "legacy", "operating"];

const feature = (longitude, latitude, properties) => ({
  type: "Feature", properties,
  geometry: { type: "Point", coordinates: [longitude, latitude] },
});

// Counts by mark as properties n0 … n7, which clusters sum up.
const counts = (values) => Object.fromEntries(values.map((value, mark) => [`n${mark}`, value]));
const ONE = MARKS.map((_, mark) => counts(MARKS.map((__, other) => Number(other === mark))));

export function sources(data) {
  const { x, y, m, s } = data.points;
  const points = [];
  let longitude = 0, latitude = 0, approximate = 0;
  for (let i = 0; i < x.length; i += 1) {
    longitude += x[i];
    latitude += y[i];
    approximate += m[i] % 2;
    points.push(feature(longitude / 1e4, latitude / 1e4,
      // The exact place too: a drawn feature's own is rounded to its tile.
      { m: m[i], s: s[i], n: 1, x: longitude, y: latitude, ...ONE[m[i] >> 1] }));
  }
  const countries = data.countries.map(([iso3, name, east, north, n, by]) =>
    feature(east, north, { iso3, name, n, ...counts(by) }));
  return {
    points: { type: "FeatureCollection", features: points },
    countries: { type: "FeatureCollection", features: countries },
    told: {
      points: points.length, approximate, nowhere: data.nowhere,
      countries: countries.reduce((sum, one) => sum + one.properties.n, 0),
    },
  };
}

// West, south, east and north of everything; null when there is nothing or it spans the world.
export function extent({ points, countries }) {
  const all = [...points.features, ...countries.features].map((one) => one.geometry.coordinates);
  if (!all.length) return null;
  const [west, south, east, north] = all.reduce(
    ([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)],
    [180, 90, -180, -90]);
  return east - west > 150 ? null : [[west, south], [east, north]];
}
