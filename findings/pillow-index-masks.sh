#!/usr/bin/env bash
# Pillow 13.0.0 saves a mask of palette indexes that has no palette as PNG or BMP with other indexes.
#
# Seen: an array of the indexes 0 to 7 becomes a picture of mode P without a palette. Saved as PNG it
#   has one bit a pixel, and every index above 0 comes back as 1; saved as BMP, all come back as 0.
#   Saved as GIF or TIFF they come back as they were. There is no warning and no error.
# Why it matters: label masks of segmentation sets are made in just this way, and PNG is what they are
#   kept as: the classes are lost when the file is written, before any compressor sees it.
# Way out: give the picture a palette of as many entries as there are indexes (`putpalette`), or save
#   the mask as mode L.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 pillow==13.0.0
cat > "$folder/seen.py" <<'PY'
import io

import numpy as np
from PIL import Image

mask = np.arange(8, dtype=np.uint8).reshape(2, 4)


def back(image: Image.Image, kind: str) -> list[int]:
    file = io.BytesIO()
    image.save(file, kind)
    file.seek(0)
    return np.asarray(Image.open(file)).astype(int).ravel().tolist()


bare = Image.fromarray(mask, "P")
for kind in ("PNG", "BMP", "GIF", "TIFF"):
    print(f"{kind}, no palette: {back(bare, kind)}")
given = Image.fromarray(mask, "P")
given.putpalette([level for index in range(8) for level in (index, index, index)])
print(f"PNG, palette: {back(given, 'PNG')}")
print(f"PNG, mode L: {back(Image.fromarray(mask, 'L'), 'PNG')}")
PY
cat > "$folder/expected" <<'TXT'
PNG, no palette: [0, 1, 1, 1, 1, 1, 1, 1]
BMP, no palette: [0, 0, 0, 0, 0, 0, 0, 0]
GIF, no palette: [0, 1, 2, 3, 4, 5, 6, 7]
TIFF, no palette: [0, 1, 2, 3, 4, 5, 6, 7]
PNG, palette: [0, 1, 2, 3, 4, 5, 6, 7]
PNG, mode L: [0, 1, 2, 3, 4, 5, 6, 7]
TXT
"$folder/venv/bin/python" "$folder/seen.py" 2> "$folder/errors" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
