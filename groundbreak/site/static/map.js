// The map of the projects page: MapLibre GL from our own origin, without glyphs or tiles.
import { colours, markImage, ringImage } from "./map_icons.js";
import { MARKS, extent, sources } from "./map_data.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");
const LEAST = -1; // zoom at which a phone still shows the world
const EMPTY = { type: "FeatureCollection", features: [] };
const CLUSTER = {
  type: "geojson", cluster: true, clusterMaxZoom: 9,
  clusterProperties: Object.fromEntries(
    ["n", ...MARKS.map((_, mark) => `n${mark}`)].map((name) => [name, ["+", ["get", name]]])),
};
const ring = (kind) => ["concat", kind, ...MARKS.flatMap(
  (_, mark) => [":", ["to-string", ["get", `n${mark}`]]])];

class ProjectMap {
  constructor(element) {
    this.element = element;
    this.held = { points: EMPTY, countries: EMPTY };
    this.asked = null;
    this.compact = new Intl.NumberFormat(document.documentElement.lang || "en",
      { notation: "compact", maximumFractionDigits: 1 });
  }

  get told() { return document.getElementById("map-told"); }

  async start() {
    this.begun = true;
    const { maplibre, worker, sheet } = this.element.dataset;
    if (!maplibre || !document.createElement("canvas").getContext("webgl2")) return this.fallBack();
    try {
      this.gl = await import(new URL(maplibre, document.baseURI).href);
      this.gl.setWorkerUrl(new URL(worker, document.baseURI).href);
      await styled(sheet);
      await document.fonts.ready;
      this.draw();
    } catch (error) {
      console.warn(`map: ${error.message}`);
      return this.fallBack();
    }
    return this.load(true);
  }

  draw() {
    const strings = this.element.dataset;
    this.element.replaceChildren();
    this.map = new this.gl.Map({
      container: this.element, style: this.style(), ...this.world, minZoom: LEAST, maxZoom: 11,
      attributionControl: false, fadeDuration: 0, dragRotate: false, pitchWithRotate: false,
      cooperativeGestures: true, maxPitch: 0,
      locale: {
        "CooperativeGesturesHandler.WindowsHelpText": strings.scroll,
        "CooperativeGesturesHandler.MacHelpText": strings.scrollMac,
        "CooperativeGesturesHandler.MobileHelpText": strings.touch,
        "NavigationControl.ZoomIn": strings.zoomIn, "NavigationControl.ZoomOut": strings.zoomOut,
        "Map.Title": strings.title, "Popup.Close": strings.close,
      },
    });
    this.ready = new Promise((loaded) => { this.map.once("load", loaded); });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new this.gl.NavigationControl({ showCompass: false }), "top-right");
    const screen = this.map.getCanvas();
    screen.setAttribute("aria-describedby", "map-told map-note");
    this.map.setMissingStyleImageResolver((id) => this.addImage(id));
    for (const kind of ["points", "countries"]) {
      for (const layer of [kind, `${kind}-ring`]) {
        this.map.on("click", layer, (event) => this.open(kind, event.features[0]));
        this.map.on("mouseenter", layer, () => { screen.style.cursor = "pointer"; });
        this.map.on("mouseleave", layer, () => { screen.style.cursor = ""; });
      }
    }
    DARK.addEventListener("change", () => {
      if (this.element.isConnected) this.map.setStyle(this.style(), { diff: false });
    });
  }

  // All land where people live, in the width or height there is (the world is 512 px at zoom 0).
  get world() {
    const { clientWidth, clientHeight } = this.element;
    const share = clientWidth < 600 ? 1 : 0.75; // a wide map shows the Pacific from both sides
    const zoom = Math.log2(Math.max(clientWidth * share, clientHeight) / 512);
    return { center: [12, 28], zoom: Math.max(LEAST, zoom) };
  }

  style() {
    this.colours = colours(this.element);
    const own = this.colours;
    const base = (id, kind, type, paint, filter = ["==", ["get", "kind"], kind]) =>
      ({ id, source: "base", type, paint, filter });
    const symbols = (id, source, clustered, icon, extra = {}) => ({
      id, source, type: "symbol", filter: clustered,
      layout: { "icon-image": icon, "icon-allow-overlap": true, "icon-ignore-placement": true,
        ...extra },
    });
    const many = ["has", "point_count"];
    return {
      version: 8,
      sources: {
        base: { type: "geojson", data: new URL(this.element.dataset.base, document.baseURI).href,
          tolerance: 0.2 },
        points: { ...CLUSTER, clusterRadius: 46, data: this.held.points },
        countries: { ...CLUSTER, clusterRadius: 34, clusterMaxZoom: 4, data: this.held.countries },
      },
      layers: [
        { id: "water", type: "background", paint: { "background-color": own["map-water"] } },
        base("land", "land", "fill", { "fill-color": own["map-land"] }),
        base("boundary", "boundary", "line",
          { "line-color": own["map-line"], "line-width": ["interpolate", ["linear"], ["zoom"], 1, 0.6, 6, 1.4] }),
        base("dashed", "dashed", "line",
          { "line-color": own["map-dash"], "line-width": 1, "line-dasharray": [2.5, 2] }),
        symbols("countries-ring", "countries", many, ring("dashed")),
        symbols("countries", "countries", ["!", many], ring("dashed")),
        symbols("points", "points", ["!", many],
          ["concat", "mark:", ["to-string", ["get", "m"]], ":", ["to-string", ["get", "s"]]],
          { "symbol-sort-key": ["get", "m"] }),
        symbols("points-ring", "points", many, ring("solid")),
      ],
    };
  }

  addImage(id) {
    const [kind, ...numbers] = id.split(":");
    const values = numbers.map(Number);
    if (this.map.hasImage(id)) return;
    const made = kind === "mark" ? markImage(values[0], values[1], this.colours)
      : ringImage(values, kind === "dashed", this.colours, (n) => this.compact.format(n));
    this.map.addImage(id, ...made);
  }

  // The query that the page shows now, less what only concerns the table.
  get query() {
    const asked = new URLSearchParams(document.getElementById("map-query").dataset.query);
    for (const name of ["sort", "columns", "page", "per_page", "more"]) asked.delete(name);
    return asked.toString();
  }

  async load(fit) {
    const { query } = this;
    if (query === this.asked) return;
    this.asked = query;
    delete this.element.dataset.drawn;
    if (this.still) { this.redraw(); return; }
    const answer = await fetch(this.address("points")).catch(() => null);
    if (!answer?.ok) { this.told.textContent = this.element.dataset.failed; return; }
    const found = sources(await answer.json());
    if (query !== this.asked) return;
    this.held = found;
    this.popup?.remove();
    await this.ready;
    if (found !== this.held) return; // a newer answer came while the map was being set up
    // A style that is being changed (light, dark) takes what is held by itself.
    this.map.getSource("points")?.setData(found.points);
    this.map.getSource("countries")?.setData(found.countries);
    const bounds = extent(found);
    if (bounds) this.map.fitBounds(bounds, { padding: 56, maxZoom: 5, animate: !fit });
    else if (!fit) this.map.easeTo(this.world);
    this.told.textContent = this.element.dataset.told.replace(/\{(\w+)\}/g,
      (_, name) => found.told[name].toLocaleString(document.documentElement.lang || "en"));
    this.map.once("idle", () => { this.element.dataset.drawn = query; }); // all is on the screen
  }

  address(name, extra = "") {
    const query = [this.asked ?? this.query, extra].filter(Boolean).join("&");
    return this.element.dataset[name] + (query ? `?${query}` : "");
  }

  async open(kind, feature) {
    let { properties } = feature;
    const place = feature.geometry.coordinates.slice();
    if (properties.cluster) {
      const source = this.map.getSource(kind);
      const leaves = (await source.getClusterLeaves(properties.cluster_id, 50, 0))
        .map((leaf) => leaf.properties);
      ({ 0: properties } = leaves);
      // Those at one place never part: the place is told. Others come apart nearer by.
      const apart = leaves.some(({ x, y }) => x !== properties.x || y !== properties.y);
      if (kind === "countries" || apart) {
        const zoom = await source.getClusterExpansionZoom(feature.properties.cluster_id);
        this.map.easeTo({ center: place, zoom: zoom + 0.2 });
        return;
      }
    }
    const at = kind === "points" ? `at=${properties.x / 1e4},${properties.y / 1e4}`
      : `in=${properties.iso3}`;
    const answer = await fetch(this.address("there", at)).catch(() => null);
    if (!answer?.ok) return;
    const told = document.createElement("div");
    told.className = "map-there";
    told.innerHTML = await answer.text(); // made and escaped by our own server
    this.popup?.remove();
    this.popup = new this.gl.Popup({ maxWidth: "21rem", offset: 12 })
      .setLngLat(place).setDOMContent(told).addTo(this.map);
  }

  fallBack() {
    const { dataset } = this.element;
    this.asked = this.query;
    this.still = document.createElement("img");
    this.still.className = "map-still";
    this.still.alt = dataset.title;
    this.redraw();
    DARK.addEventListener("change", () => this.redraw());
    this.element.classList.add("still");
    this.element.replaceChildren(this.still);
    this.told.textContent = dataset.missing;
  }

  redraw() {
    this.still.src = this.address("still", DARK.matches ? "theme=dark" : "");
  }

  // Print gets the server's own drawing: a canvas would print as it stands on the screen, or not.
  print() {
    if (this.still) return;
    const drawing = document.getElementById("map-print");
    if (drawing) drawing.src = this.address("still");
  }
}

const styled = (href) => new Promise((loaded, failed) => {
  const sheet = Object.assign(document.createElement("link"),
    { rel: "stylesheet", href, onload: loaded, onerror: () => failed(new Error(`no ${href}`)) });
  document.head.append(sheet);
});

let current = null;

function begin() {
  const element = document.querySelector("#map-kept > .map");
  if (!element) return undefined;
  if (current?.element === element) return current.begun ? current.load(false) : undefined;
  current?.map?.remove();
  current = new ProjectMap(element);
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    current.start();
  }, { rootMargin: "200px" });
  seen.observe(element);
  return undefined;
}

for (const change of ["htmx:afterSettle", "htmx:historyRestore"]) {
  document.addEventListener(change, begin);
}
addEventListener("beforeprint", () => current?.print());
begin();
