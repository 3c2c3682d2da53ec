// Marks and rings, drawn on a canvas: state by fill and shape, no glyphs, no request.
import { MARKS } from "./map_data.js";

const RATIO = 2; // pixels of the image for one of the page
const UNSTATED = 3.5; // radius where the capacity is not stated
const radius = (size) => (size ? 2 + size * 0.7 : UNSTATED);
const RING_ORDER = ["operating", "legacy", "at_fid", "announced", "announced_later", "paused",
  "ended", "unclear"];
const SIDE = new Set(["paused", "ended", "unclear"]); // in a ring: neither built nor promised

// The page's own colours, so that the map follows light and dark.
export function colours(element) {
  const style = getComputedStyle(element);
  const names = ["paper", "card", "ink", "muted", "rule", "deep", "mid", "light", "map-land",
    "map-water", "map-line", "map-dash"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function canvas(side) {
  const made = document.createElement("canvas");
  made.width = made.height = Math.ceil(side * RATIO);
  const pen = made.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.translate(made.width / RATIO / 2, made.height / RATIO / 2);
  return pen;
}

const image = (pen) => [
  pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height), { pixelRatio: RATIO },
];

function hatch(pen, colour, paper) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const lines = tile.getContext("2d");
  lines.fillStyle = paper;
  lines.fillRect(0, 0, 8, 8);
  lines.strokeStyle = colour;
  lines.lineWidth = 2.5;
  for (const shift of [-8, 0, 8]) {
    lines.moveTo(shift - 1, 9);
    lines.lineTo(shift + 9, -1);
  }
  lines.stroke();
  const pattern = pen.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix([1 / RATIO, 0, 0, 1 / RATIO, 0, 0]));
  return pattern;
}

const SHAPES = {
  circle: (r) => { const path = new Path2D(); path.arc(0, 0, r, 0, 2 * Math.PI); return path; },
  square: (r) => { const path = new Path2D(); path.rect(-r * .89, -r * .89, r * 1.78, r * 1.78); return path; },
  triangle: (r) => new Path2D(`M0,${-r * 1.2}L${r * 1.15},${r * .8}L${-r * 1.15},${r * .8}Z`),
  diamond: (r) => new Path2D(`M0,${-r * 1.2}L${r * 1.2},0L0,${r * 1.2}L${-r * 1.2},0Z`),
  cross: (r) => new Path2D(`M${-r * .8},${-r * .8}L${r * .8},${r * .8}M${-r * .8},${r * .8}L${r * .8},${-r * .8}`),
  bars: (r) => new Path2D(`M${-r * .45},${-r * .9}L${-r * .45},${r * .9}M${r * .45},${-r * .9}L${r * .45},${r * .9}`),
};
const SHAPE = { operating: "circle", legacy: "circle", at_fid: "square", announced: "triangle",
  announced_later: "triangle", paused: "bars", ended: "cross", unclear: "diamond" };

function fill(pen, name, colour) {
  return { operating: colour.deep, legacy: hatch(pen, colour.deep, colour.card),
    at_fid: colour.mid, announced: colour.light, announced_later: colour.card,
    unclear: colour.card, paused: colour.muted, ended: colour.muted }[name];
}

const stroke = (name, colour) => ({ operating: colour.card, legacy: colour.deep,
  at_fid: colour.card, announced: colour.deep, announced_later: colour.deep }[name] || colour.muted);

// A project. `m`: 2 × mark, and 1 where its place is approximate: then hollow, in a soft ring.
export function markImage(m, size, colour) {
  const name = MARKS[m >> 1];
  const approximate = m % 2 === 1;
  const r = radius(size);
  const soft = r * 1.6 + 5;
  const pen = canvas(2 * (approximate ? soft : r * 1.3) + 4);
  const line = SHAPE[name] === "cross" || SHAPE[name] === "bars";
  if (approximate) {
    pen.fillStyle = colour.mid;
    pen.globalAlpha = 0.16;
    pen.fill(SHAPES.circle(soft));
    pen.globalAlpha = 1;
  }
  const path = SHAPES[SHAPE[name]](r);
  pen.lineJoin = "round";
  if (line) {
    pen.strokeStyle = colour.card;
    pen.lineWidth = 4;
    pen.stroke(path);
  } else {
    pen.fillStyle = approximate ? colour.card : fill(pen, name, colour);
    pen.fill(path);
  }
  if (approximate && !line) { // its state shows in a smaller core
    pen.fillStyle = fill(pen, name, colour);
    pen.fill(SHAPES[SHAPE[name]](r * 0.5));
  }
  pen.strokeStyle = approximate && !line ? colour.deep : stroke(name, colour);
  pen.lineWidth = line ? 2 : 1.25;
  pen.stroke(path);
  return image(pen);
}

// Several projects: how many, in a ring of their states; dashed where only the country is known.
export function ringImage(counted, dashed, colour, text) {
  const total = counted.reduce((sum, one) => sum + one, 0);
  const r = Math.min(27, (dashed ? 7.5 : 9) + 2.7 * Math.log2(total + 1));
  const width = Math.max(3.5, r * 0.24);
  const pen = canvas(2 * r + 12);
  pen.fillStyle = colour.card;
  pen.globalAlpha = 0.92;
  pen.fill(SHAPES.circle(r));
  pen.globalAlpha = 1;
  let from = -Math.PI / 2;
  for (const name of RING_ORDER) {
    const share = counted[MARKS.indexOf(name)] / total;
    if (!share) continue;
    const to = from + share * 2 * Math.PI;
    const path = new Path2D();
    path.arc(0, 0, r, from, to);
    path.arc(0, 0, r - width, to, from, true);
    path.closePath();
    pen.fillStyle = SIDE.has(name) ? colour.rule : fill(pen, name, colour);
    pen.fill(path);
    pen.strokeStyle = name === "announced_later" ? colour.mid : colour.card;
    pen.lineWidth = 1;
    pen.stroke(path);
    from = to;
  }
  pen.strokeStyle = dashed ? colour.mid : colour.deep;
  pen.lineWidth = 1.25;
  if (dashed) pen.setLineDash([3, 3]);
  pen.stroke(SHAPES.circle(r + (dashed ? 3 : 0.5)));
  pen.fillStyle = colour.ink;
  pen.font = `600 ${r < 14 ? 11 : 13}px "Inter Variable", Inter, system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text(total), 0, 0.5);
  return image(pen);
}
