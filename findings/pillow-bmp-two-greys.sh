#!/usr/bin/env bash
# Pillow 13.0.0 reads a BMP of 8 or 4 bits a pixel, whose palette is black and white, as other pixels.
#
# Seen: eight pixels 0 1 1 0 1 0 0 1, a palette of two entries, black and white. Pillow opens the file
#   as mode 1 and takes the row for one bit a pixel: with 8 bits all pixels come out black, with 4
#   bits all but the last. With the same palette in the other order, white first, or at 1 bit a
#   pixel, the picture is right. There is no warning and no error.
# Why it matters: BMP is what scanners and old tools write masks and line art as, often with 8 bits and
#   the two colours in use; what a compressor is given is then another picture, kept without loss.
# Way out: read such files with another library, or let Pillow see a palette that is not grey and put
#   the colours back.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 pillow==13.0.0
cat > "$folder/seen.py" <<'PY'
import io
import struct

import numpy as np
from PIL import Image

PIXELS = [0, 1, 1, 0, 1, 0, 0, 1]


def bmp(bits: int, greys: tuple[int, ...]) -> bytes:
    """One row of PIXELS, with as many bits each and a palette of these greys."""
    row = int("".join(f"{index:0{bits}b}" for index in PIXELS), 2).to_bytes(bits, "big")
    row += bytes(-len(row) % 4)
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in greys)
    offset = 14 + 40 + len(palette)
    fields = 40, len(PIXELS), 1, 1, bits, 0, len(row), 0, 0, len(greys), 0
    head = b"BM" + struct.pack("<IHHI", offset + len(row), 0, 0, offset)
    return head + struct.pack("<IiiHHIIiiII", *fields) + palette + row


for bits in (8, 4, 1):
    for greys in ((0, 255), (255, 0)):
        image = Image.open(io.BytesIO(bmp(bits, greys)))
        wanted = [greys[index] for index in PIXELS]
        found = np.asarray(image.convert("L")).ravel().tolist()
        said = "as it should be" if found == wanted else f"{found}, not {wanted}"
        print(f"{bits} bits, palette {greys}: mode {image.mode}, {said}")
PY
cat > "$folder/expected" <<'TXT'
8 bits, palette (0, 255): mode 1, [0, 0, 0, 0, 0, 0, 0, 0], not [0, 255, 255, 0, 255, 0, 0, 255]
8 bits, palette (255, 0): mode P, as it should be
4 bits, palette (0, 255): mode 1, [0, 0, 0, 0, 0, 0, 0, 255], not [0, 255, 255, 0, 255, 0, 0, 255]
4 bits, palette (255, 0): mode P, as it should be
1 bits, palette (0, 255): mode 1, as it should be
1 bits, palette (255, 0): mode P, as it should be
TXT
"$folder/venv/bin/python" "$folder/seen.py" 2> "$folder/errors" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
