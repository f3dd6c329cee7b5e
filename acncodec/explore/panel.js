// Images beside the map: the one that is shown, its neighbours, the dearest and the cheapest.

/** A thumbnail that shows its image on the map while it is pointed at, and goes there when pressed. */
function thumbnail(kind) {
  const canvas = element("canvas"), text = element("span");
  const button = element("button", {type: "button", className: kind}, canvas, text);
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => point(Number(button.dataset.row)));
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => point(-1));
  button.addEventListener("click", () => hold(Number(button.dataset.row)));
  return {button, canvas, text};
}

function fill({button, canvas, text}, row, caption) {
  button.dataset.row = String(row);
  draw(canvas, row);
  text.textContent = caption;
  button.setAttribute("aria-label", factsOf(row).map((fact) => fact.join(" ")).join(", "));
}

const strips = data.near.map(({name, each}) => {
  const thumbnails = Array.from({length: each}, () => thumbnail(name));
  const sign = element("i");
  sign.style.borderColor = `var(--${name})`;
  byId("near").append(
    element("h2", {}, sign, `Nearest by ${name}`),
    element("div", {className: "strip"}, ...thumbnails.map(({button}) => button)),
  );
  return thumbnails;
});

if (data.bits) {
  for (const [name, rows] of [["Dearest", data.bits.dearest], ["Cheapest", data.bits.cheapest]]) {
    const thumbnails = rows.map((row) => {
      const made = thumbnail("");
      fill(made, row, `${bits[row].toFixed(1)} bits`);
      return made.button;
    });
    byId("extremes").append(element("h2", {}, name), element("div", {className: "strip"}, ...thumbnails));
  }
}

const label = (row) => (data.labels ? data.labels.names[data.labels.of[row]] : number(data.rows[row]));
const nearest = (place) => {
  const {each, rows} = data.near[place];
  return rows.subarray(state.row * each, (state.row + 1) * each);
};

function ring() {
  const rings = [];
  data.near.forEach(({name}, place) => {
    nearest(place).forEach((row) => rings.push([row, style(`--${name}`), 12 + 4 * (data.near.length - 1 - place)]));
  });
  rings.push([state.row, style("--mark"), 22]);
  if (state.pointed >= 0) rings.push([state.pointed, style("--mark"), 30]);
  mark(rings);
}

/** Show an image large, with its neighbours. */
function show(row) {
  if (row < 0) return;
  state.row = row;
  const facts = factsOf(row);
  draw(byId("large"), row);
  byId("large").setAttribute("aria-label", facts.map((fact) => fact.join(" ")).join(", "));
  byId("large").dataset.row = String(row);
  byId("facts").replaceChildren(...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]));
  strips.forEach((thumbnails, place) => {
    nearest(place).forEach((near, index) => {
      fill(thumbnails[index], near, label(near));
      thumbnails[index].button.classList.toggle("other", Boolean(data.labels) && data.labels.of[near] !== data.labels.of[row]);
    });
  });
  ring();
}

function say() {
  byId("said").textContent = state.held
    ? "Held; Esc, or a click beside the points, lets it go."
    : "Point at the map to see an image, click to hold it.";
}

function hold(row) {
  state.held = row >= 0;
  state.pointed = -1;
  if (state.held) {
    show(row);
    reveal(row);
  }
  say();
}

function point(row) {
  state.pointed = row;
  ring();
}
