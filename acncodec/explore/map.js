// The map: points and marks drawn by BokehJS, and where one looks at them.

const REACH = 24; // How far from the pointer, in pixels, a point may be.
const ROOM = 1.08; // The whole map, and a little around it.

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** Whether there is a graphics card behind WebGL: where the processor computes it, the canvas, which
 * leaves points out while it moves, is faster. */
function accelerated() {
  const gl = document.createElement("canvas").getContext("webgl", {failIfMajorPerformanceCaveat: true});
  if (!gl) return false;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

const nothing = () => ({x: [], y: [], colour: [], size: []});

const points = new Bokeh.ColumnDataSource({data: nothing()});
const marks = new Bokeh.ColumnDataSource({data: nothing()});
const figure = Bokeh.Plotting.figure({
  x_range: new Bokeh.Range1d({start: 0, end: 1}),
  y_range: new Bokeh.Range1d({start: 0, end: 1}),
  tools: "pan,wheel_zoom",
  active_scroll: "wheel_zoom",
  toolbar_location: null,
  sizing_mode: "stretch_both",
  output_backend: accelerated() ? "webgl" : "canvas",
  background_fill_color: style("--surface"),
  border_fill_color: style("--surface"),
  outline_line_color: null,
  lod_factor: 5,
  lod_interval: 1000,
  lod_timeout: 250,
});
const drawn = {source: points, fill_color: {field: "colour"}, line_color: null, fill_alpha: 0.8};
const size = Math.min(12, Math.max(4, Math.sqrt(60000 / data.count)));
figure.scatter({field: "x"}, {field: "y"}, {...drawn, size});
figure.scatter({field: "x"}, {field: "y"}, {
  source: marks, level: "overlay", fill_color: null, line_color: {field: "colour"}, line_width: 2.5, size: {field: "size"},
});
const view = await Bokeh.Plotting.show(figure, document.getElementById("plot"));

let plane = data.planes[0];
let whole = false; // Whether all is seen: then it stays so when the window changes.
let looking = false;
let eye = {x: 0.5, y: 0.5, scale: 1}; // The middle, and units of the data a pixel, the same of both axes.

const at = (row) => [plane.points[2 * row], plane.points[2 * row + 1]];

function look(to) {
  eye = {...eye, ...to};
  const across = (figure.inner_width * eye.scale) / 2;
  const down = (figure.inner_height * eye.scale) / 2;
  whole = false;
  looking = true;
  figure.x_range.setv({start: eye.x - across, end: eye.x + across});
  figure.y_range.setv({start: eye.y - down, end: eye.y + down});
  looking = false;
}

/** Where the library's own tools, panning and the wheel, have moved the ranges to. */
function seen() {
  const {x_range: x, y_range: y} = figure;
  eye = {x: (x.start + x.end) / 2, y: (y.start + y.end) / 2, scale: (x.end - x.start) / figure.inner_width};
}

function wholeMap() {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  plane.points.forEach((value, index) => {
    low[index % 2] = Math.min(low[index % 2], value);
    high[index % 2] = Math.max(high[index % 2], value);
  });
  const scale = Math.max((high[0] - low[0]) / figure.inner_width, (high[1] - low[1]) / figure.inner_height);
  look({x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, scale: ROOM * scale || 1 / figure.inner_width});
  whole = true;
}

/** Move by a share of what is seen. */
function move(across, up) {
  seen();
  look({x: eye.x + across * figure.inner_width * eye.scale, y: eye.y + up * figure.inner_height * eye.scale});
}

function zoom(factor) {
  seen();
  look({scale: eye.scale / factor});
}

/** Bring an image into sight, if it is not. */
function reveal(row) {
  seen();
  const [x, y] = at(row);
  const away = Math.max(Math.abs(x - eye.x) / figure.inner_width, Math.abs(y - eye.y) / figure.inner_height);
  if (away > 0.5 * eye.scale) look({x, y});
}

/** The image whose point is nearest to a place of the data, within reach, or -1. */
function rowAt(x, y) {
  seen();
  let found = -1, least = (REACH * eye.scale) ** 2;
  for (let row = 0; row < data.count; row++) {
    const away = (plane.points[2 * row] - x) ** 2 + (plane.points[2 * row + 1] - y) ** 2;
    if (away < least) [found, least] = [row, away];
  }
  return found;
}

/** Where an image's point is in the window, in pixels. */
function placeOf(row) {
  const box = view.el.getBoundingClientRect();
  const [x, y] = at(row);
  return [box.left + view.frame.x_scale.compute(x), box.top + view.frame.y_scale.compute(y)];
}

function layOut(index, colours) {
  plane = data.planes[index];
  const x = Float32Array.from({length: data.count}, (_, row) => plane.points[2 * row]);
  const y = Float32Array.from({length: data.count}, (_, row) => plane.points[2 * row + 1]);
  points.data = {x, y, colour: colours};
  figure.xaxis.axis_label = plane.axes?.[0] ?? "";
  figure.yaxis.axis_label = plane.axes?.[1] ?? "";
  figure.axis.visible = plane.axes !== null;
  wholeMap();
}

function colour(colours) {
  points.data = {...points.data, colour: colours};
}

/** Rings around images: [row, colour, size] each. */
function mark(rings) {
  const places = rings.map(([row]) => at(row));
  marks.data = {
    x: places.map(([x]) => x), y: places.map(([, y]) => y),
    colour: rings.map(([, ring]) => ring), size: rings.map(([, , wide]) => wide),
  };
}

/** The colours of what the library draws around the points, as the page's. */
function dress() {
  const [surface, rule, muted] = ["--surface", "--rule", "--muted"].map(style);
  figure.setv({background_fill_color: surface, border_fill_color: surface});
  for (const name of ["major_label_text_color", "axis_label_text_color"]) figure.axis[name] = muted;
  for (const name of ["axis_line_color", "major_tick_line_color", "minor_tick_line_color"]) figure.axis[name] = rule;
  figure.grid.grid_line_color = rule;
  figure.grid.grid_line_alpha = 0.6;
}

for (const side of ["inner_width", "inner_height"]) {
  figure.properties[side].change.connect(() => (whole ? wholeMap() : look({})));
}
for (const range of [figure.x_range, figure.y_range]) {
  range.change.connect(() => {
    if (looking) return;
    whole = false;
    seen();
  });
}
