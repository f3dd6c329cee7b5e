#!/usr/bin/env bash
# safetensors 0.8.0 (with NumPy 2.4.6) stores arrays that are not C-contiguous wrongly, silently.
#
# Seen: `safetensors.numpy.save` writes the bytes as they lie in memory beside the shape of the
#   view. A transposed or column-sliced array loads with the right shape and dtype and other values;
#   no error, no warning.
# Why it matters: weights are transposed all the time (layouts of convolutions, `kernel.T`). A model
#   that is saved this way cannot be told from a good one until its output is looked at, and a codec
#   that names models by the digest of their tensors then names the wrong ones.
# Way out: `numpy.ascontiguousarray` on every array before it is saved; the script shows that too.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 safetensors==0.8.0
cat > "$folder/seen.py" <<'PY'
import numpy as np
from safetensors.numpy import load, save

whole = np.arange(6, dtype=np.int32).reshape(2, 3)
for name, view in (("transposed", whole.T), ("every other column", whole[:, ::2])):
    back = load(save({"w": view}))["w"]
    mended = load(save({"w": np.ascontiguousarray(view)}))["w"]
    print(f"{name}: {view.tolist()} -> {back.tolist()}; contiguous -> {mended.tolist()}")
PY
cat > "$folder/expected" <<'TXT'
transposed: [[0, 3], [1, 4], [2, 5]] -> [[0, 1], [2, 3], [4, 5]]; contiguous -> [[0, 3], [1, 4], [2, 5]]
every other column: [[0, 2], [3, 5]] -> [[0, 1], [2, 3]]; contiguous -> [[0, 2], [3, 5]]
TXT
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
