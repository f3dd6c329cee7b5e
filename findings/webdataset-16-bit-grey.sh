#!/usr/bin/env bash
# webdataset 1.0.2 (with Pillow 13.0.0) clips 16-bit grey PNG at 255 in every image decoder.
#
# Seen: the values 0, 200, 255, 256, 1000, 65535 of a 16-bit grey PNG come out of decode("l8"),
#   "rgb8" and "pil" as 0, 200, 255, 255, 255, 255, and of "l" and "rgb", which are floats of 0 to 1,
#   as 0, 0.784, 1, 1, 1, 1: not scaled, not refused, not the high byte.
# Why it matters: depth maps, microscopy and X-rays are 16-bit grey. Nearly all of their values lie
#   above 255, so that a training set turns white and nothing says so; the bytes in the tar are right.
# Way out: no decoder by name; take the member's bytes and decode them oneself.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 pillow==13.0.0 webdataset==1.0.2
cat > "$folder/seen.py" <<'PY'
import io
import sys

import numpy as np
import webdataset
from PIL import Image

values = np.array([[0, 200, 255, 256, 1000, 65535]], np.uint16)
file = io.BytesIO()
Image.fromarray(values).save(file, "PNG")
path = f"{sys.argv[1]}/one.tar"
with webdataset.TarWriter(path) as tar:
    tar.write({"__key__": "0", "png": file.getvalue()})
plain = next(iter(webdataset.WebDataset(path, shardshuffle=False)))["png"]
assert np.array_equal(np.asarray(Image.open(io.BytesIO(plain))), values)
for how in ("l8", "rgb8", "pil", "l", "rgb"):
    found = np.asarray(next(iter(webdataset.WebDataset(path, shardshuffle=False).decode(how)))["png"])
    grey = found[..., 0] if found.ndim == 3 else found
    print(how, found.dtype, [round(float(value), 3) for value in grey.ravel()])
PY
cat > "$folder/expected" <<'TXT'
l8 uint8 [0.0, 200.0, 255.0, 255.0, 255.0, 255.0]
rgb8 uint8 [0.0, 200.0, 255.0, 255.0, 255.0, 255.0]
pil uint8 [0.0, 200.0, 255.0, 255.0, 255.0, 255.0]
l float32 [0.0, 0.784, 1.0, 1.0, 1.0, 1.0]
rgb float32 [0.0, 0.784, 1.0, 1.0, 1.0, 1.0]
TXT
"$folder/venv/bin/python" "$folder/seen.py" "$folder" 2> "$folder/errors" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
