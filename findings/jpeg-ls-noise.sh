#!/usr/bin/env bash
# pyjpegls 1.5.1 and imagecodecs 2026.3.6 cannot write some valid pictures as lossless JPEG-LS.
#
# Seen: noise grows in JPEG-LS, and both wrappers of CharLS give it too little room. pyjpegls refuses
#   8x8 noise of 8 bits and takes 128x128; imagecodecs takes 8x8 and refuses 128x128. Both raise
#   "The destination buffer is too small", an error of the codec's own, for pixels that the format
#   holds and the other wrapper writes. Flat pictures of the same sizes are written by both.
# Why it matters: a lossless codec that fails on some pixels breaks archives of small tiles (masks,
#   hashes, 16-bit sensor noise) at random, after the test pictures passed. In a benchmark it drops
#   out on just the data where it does worst.
# Way out: catch the error and take the other wrapper, or store the picture as it is.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 pyjpegls==1.5.1 imagecodecs==2026.3.6
cat > "$folder/seen.py" <<'PY'
import imagecodecs
import jpeg_ls
import numpy as np


def outcome(encode, decode, picture) -> str:
    try:
        data = encode(picture)
    except RuntimeError as error:
        assert "destination buffer is too small" in str(error)
        return "buffer too small"
    return "written" if np.array_equal(decode(data), picture) else "OTHER PIXELS"


def read(data: bytes) -> np.ndarray:
    return jpeg_ls.decode(np.frombuffer(data, np.uint8))


for side in (8, 128):
    noise = np.random.default_rng(0).integers(0, 256, (side, side)).astype(np.uint8)
    for name, picture in (("flat", np.full_like(noise, 7)), ("noise", noise)):
        one = outcome(jpeg_ls.encode_array, read, picture)
        two = outcome(imagecodecs.jpegls_encode, imagecodecs.jpegls_decode, picture)
        print(f"{name} {side}x{side}: pyjpegls {one}, imagecodecs {two}")
PY
cat > "$folder/expected" <<'TXT'
flat 8x8: pyjpegls written, imagecodecs written
noise 8x8: pyjpegls buffer too small, imagecodecs written
flat 128x128: pyjpegls written, imagecodecs written
noise 128x128: pyjpegls written, imagecodecs buffer too small
TXT
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
