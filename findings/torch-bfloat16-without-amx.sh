#!/usr/bin/env bash
# torch 2.13.0: on an Intel processor with AVX512-BF16 and without AMX, products of bfloat16 are said
#   to be supported, and take nearly twice as long as those of float32.
#
# Seen: `torch.ops.mkldnn._is_mkldnn_bf16_supported()` is true and `autocast` takes bfloat16 without a
#   word; a product of (12544, N) by (N, N) takes 1.7 to 1.9 times as long as in float32, for N = 64,
#   256 and 1024, on one thread. (AMX has other instructions for them, and is not meant here.)
# Why it matters: what trains with `autocast("cpu")` to be faster becomes slower there, and nothing
#   says so.
# Way out: ask `torch.cpu.get_capabilities()` for `amx_bf16` before bfloat16 is used.
# Fails (exit 1) if it is no longer slower. Elsewhere it says that the processor is another, and ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 numpy==2.4.6
cat > "$folder/seen.py" <<'PY'
import sys
import time

import torch

torch.set_num_threads(1)
found = torch.cpu.get_capabilities()
flags = {name: bool(found.get(name)) for name in ("avx512_bf16", "amx_bf16")}
if "Intel" not in str(found.get("cpu_name")) or flags != {"avx512_bf16": True, "amx_bf16": False}:
    print("another processor:", found.get("cpu_name"), flags)
    sys.exit(0)
print("torch", torch.__version__, "supported:", torch.ops.mkldnn._is_mkldnn_bf16_supported())


def seconds(size, kind):
    a, b = torch.randn(12544, size).to(kind), torch.randn(size, size).to(kind)
    took = []
    for _ in range(7):
        begun = time.process_time()
        a @ b
        took.append(time.process_time() - begun)
    return min(took)


slower = []
for size in (64, 256, 1024):
    ratio = seconds(size, torch.bfloat16) / seconds(size, torch.float32)
    print(f"N = {size}: bfloat16 takes {ratio:.2f} of the time of float32")
    slower.append(ratio > 1.2)
sys.exit(0 if torch.ops.mkldnn._is_mkldnn_bf16_supported() and all(slower) else 1)
PY
"$folder/venv/bin/python" "$folder/seen.py"
