// What the page holds: numbers as typed arrays, and thumbnails.

const TYPES = {float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array};

/** JSON with every packed array ({type, base64}) as the typed array that it stands for. */
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if ("base64" in value) {
    const bytes = Uint8Array.from(atob(value.base64), (character) => character.charCodeAt(0));
    return new TYPES[value.type](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unpacked(entry)]));
}

const data = unpacked(JSON.parse(document.getElementById("data").textContent));
const bits = data.bits?.reconstruction.map((part, row) => part + data.bits.kl[row]);

// Bitmaps stay decoded; of an element, a browser may decode the picture anew at each drawing.
const sheets = await Promise.all(
  [...document.querySelectorAll("#sheets img")].map(async (image) => {
    await image.decode();
    return createImageBitmap(image);
  }),
);

/** Draw an image on a canvas, a pixel a pixel; the page's style enlarges it. */
function draw(canvas, row) {
  const {height, width, columns, capacity} = data.sheets;
  const place = row % capacity;
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(
    sheets[Math.floor(row / capacity)],
    (place % columns) * width, Math.floor(place / columns) * height, width, height,
    0, 0, width, height,
  );
}

/** What is said of an image, as pairs of a name and a text. */
function factsOf(row) {
  const facts = [["image", data.rows[row].toLocaleString("en")]];
  if (data.labels) facts.push(["label", data.labels.names[data.labels.of[row]]]);
  if (bits) {
    const {reconstruction, kl} = data.bits;
    facts.push(["bits", `${bits[row].toFixed(1)} = ${reconstruction[row].toFixed(1)} pixels + ${kl[row].toFixed(1)} KL`]);
  }
  if (data.places) {
    facts.push(["place in the tour", (data.places[row] + 1).toLocaleString("en")]);
  }
  return facts;
}
