// Colours of points: by label, by bits, by place in the tour; and the legend that explains them.

const RAMP = Bokeh.Palettes.Viridis256.slice(24, 244).map((rgba) => `#${(rgba >>> 8).toString(16).padStart(6, "0")}`);
const OUTLIERS = 0.01; // The ramp ends where so many are beyond.

/** Ends of a ramp, without the few farthest values. */
function endsOf(values) {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  return [sorted[Math.floor(OUTLIERS * last)], sorted[Math.ceil((1 - OUTLIERS) * last)]];
}

function ramp(values, [low, high]) {
  const steps = (RAMP.length - 1) / (high - low || 1);
  return Array.from(values, (value) => RAMP[Math.round(Math.min(Math.max((value - low) * steps, 0), RAMP.length - 1))]);
}

function byLabel() {
  const faint = style("--faint");
  return Array.from(data.labels.of, (kind) => (state.only < 0 || state.only === kind ? data.labels.colours[kind] : faint));
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
      dot.style.background = data.labels.colours[kind];
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
    bar.style.background = `linear-gradient(to right, ${RAMP.filter((_, step) => step % 12 === 0).join(", ")})`;
    legend.append(element("p", {}, ends[0]), bar, element("p", {}, ends[1]));
  }
}
