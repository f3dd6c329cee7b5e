// What one does with the map: choose it and its colours, point at images, hold one, walk from one to the next.

const choosePlane = choice(byId("planes"), data.planes.map(({name}) => name), (index) => {
  state.plane = index;
  layOut(index, COLOURINGS[state.colouring].colours());
  ring();
});
const chooseColouring = choice(byId("colourings"), COLOURINGS.map(({name}) => name), (index) => {
  state.colouring = index;
  paint();
  explain();
});

// Tours are walked along; without one, images follow one another as they do in the data.
const order = Uint32Array.from({length: data.count}, (_, row) => row);
if (data.places) data.places.forEach((place, row) => (order[place] = row));

function walk(step) {
  const place = data.places ? data.places[state.row] : state.row;
  hold(order[(place + step + data.count) % data.count]);
}

const KEYS = {
  ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0),
  ArrowUp: () => move(0, 0.1), ArrowDown: () => move(0, -0.1),
  "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: wholeMap,
  ".": () => walk(1), ",": () => walk(-1),
  m: () => choosePlane((state.plane + 1) % data.planes.length),
  c: () => chooseColouring((state.colouring + 1) % COLOURINGS.length),
  Enter: () => hold(state.row), Escape: () => hold(-1),
};

document.addEventListener("keydown", (event) => {
  const own = event.target.closest("input, button, summary, a");
  const taken = own && (event.key.startsWith("Arrow") || event.key === "Enter");
  if (taken || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

let waiting = null;
figure.on_event("mousemove", ({x, y}) => {
  if (state.held || state.panning) return;
  if (waiting === null) {
    requestAnimationFrame(() => {
      const row = rowAt(...waiting);
      waiting = null;
      if (row !== state.row && !state.held && !state.panning) show(row);
    });
  }
  waiting = [x, y];
});
figure.on_event("tap", ({x, y}) => hold(rowAt(x, y)));
figure.on_event("panstart", () => (state.panning = true));
figure.on_event("panend", () => (state.panning = false));
byId("closer").addEventListener("click", () => zoom(1.5));
byId("farther").addEventListener("click", () => zoom(1 / 1.5));
byId("whole").addEventListener("click", wholeMap);
dark.addEventListener("change", () => {
  dress();
  paint();
  explain();
  ring();
});

dress();
choosePlane(data.planes.length - 1);
chooseColouring(0);
show(order[0]);
say();

// For whoever drives the page from a script, as the tests do.
globalThis.explorer = {data, state, figure, points, marks, placeOf, rowAt, show, hold};
document.documentElement.dataset.ready = "yes";
