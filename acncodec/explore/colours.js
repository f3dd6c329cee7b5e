// Colours of points: by label, by bits, by place in the tour; and the legend that explains them.

const RAMP = Bokeh.Palettes.Viridis256.slice(24, 244).map((rgba) => `#${(rgba >>> 8).toString(16).padStart(6, "0")}`);
const OUTLIERS = 0.01; // The ramp ends where so many are beyond.
const LIT = 0.3; // Colours are made for light paper; in the dark there is so much white in them.
const dark = matchMedia("(prefers-color-scheme: dark)");

/** A colour, #rrggbb, as it is legible where the reader wants it dark, or light. */
function legible(colour) {
  if (!dark.matches) return colour;
  const parts = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  return `#${parts.map((part) => Math.round(part + LIT * (255 - part)).toString(16).padStart(2, "0")).join("")}`;
}

/** Ends of a ramp, without the few farthest values. */
function endsOf(values) {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  return [sorted[Math.floor(OUTLIERS * last)], sorted[Math.ceil((1 - OUTLIERS) * last)]];
}

function ramp(values, [low, high]) {
  const steps = (RAMP.length - 1) / (high - low || 1);
  const colours = RAMP.map(legible);
  return Array.from(values, (value) => colours[Math.round(Math.min(Math.max((value - low) * steps, 0), RAMP.length - 1))]);
}

function byLabel() {
  const faint = style("--faint");
  const colours = data.labels.colours.map((own, kind) => (state.only < 0 || state.only === kind ? legible(own) : faint));
  return Array.from(data.labels.of, (kind) => colours[kind]);
}

const COLOURINGS = [{name: "none", colours: () => Array(data.count).fill(style("--single"))}];
if (data.places) {
  const ends = [0, Math.max(1, data.count - 1)];
  COLOURINGS.unshift({name: "place in the tour", ends: ["first", "last"], colours: () => ramp(data.places, ends)});
}
if (bits) {
  const ends = endsOf(bits);
  COLOURINGS.unshift({name: "bits", ends: ends.map((end) => `${number(end)} bits`), colours: () => ramp(bits, ends)});
}
if (data.labels) COLOURINGS.unshift({name: "label", colours: byLabel});

function paint() {
  colour(COLOURINGS[state.colouring].colours());
}

function explain() {
  const {name, ends} = COLOURINGS[state.colouring];
  const legend = byId("legend");
  legend.replaceChildren();
  if (name === "label") {
    data.labels.names.forEach((label, kind) => {
      const dot = element("i");
      dot.style.background = legible(data.labels.colours[kind]);
      const button = element("button", {type: "button", title: "Show this class alone"}, dot, label);
      button.setAttribute("aria-pressed", String(state.only === kind));
      button.addEventListener("click", () => {
        state.only = state.only === kind ? -1 : kind;
        [...legend.children].forEach((other, place) => other.setAttribute("aria-pressed", String(place === state.only)));
        paint();
      });
      legend.append(button);
    });
  } else if (ends) {
    const bar = element("span", {className: "ramp"});
    bar.style.background = `linear-gradient(to right, ${RAMP.filter((_, step) => step % 12 === 0).map(legible).join(", ")})`;
    legend.append(element("p", {}, ends[0]), bar, element("p", {}, ends[1]));
  }
}
