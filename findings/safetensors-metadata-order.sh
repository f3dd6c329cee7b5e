#!/usr/bin/env bash
# safetensors 0.8.0 writes the same tensors and the same metadata to different bytes at each call.
#
# Seen: with two or more metadata keys, 40 calls of `safetensors.numpy.save` in one process give
#   several different files; with one key or none, they give one. The keys of `__metadata__` come in
#   the order of a hash map that is seeded anew for each call; tensors are sorted.
# Why it matters: a file's digest does not name a model, builds are not repeatable, and content-
#   addressed stores keep copies. Nothing in the arguments differs, and sorting the dict does not help.
# Way out: one metadata key that holds all (sorted JSON), or a digest over the tensors alone.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 safetensors==0.8.0
cat > "$folder/seen.py" <<'PY'
import numpy as np
from safetensors.numpy import save

tensors = {"b": np.zeros(2, np.float32), "a": np.ones(3, np.float32)}
for keys in ([], ["one"], ["four", "one", "three", "two"]):
    metadata = dict.fromkeys(keys, "x") or None
    files = {save(tensors, metadata=metadata) for _ in range(40)}
    lengths = {len(data) for data in files}
    kinds = "one file" if len(files) == 1 else "several files of one length"
    print(f"{len(keys)} keys: {kinds if len(lengths) == 1 else lengths}")
PY
cat > "$folder/expected" <<'TXT'
0 keys: one file
1 keys: one file
4 keys: several files of one length
TXT
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
