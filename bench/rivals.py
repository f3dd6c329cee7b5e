"""General and image compressors on the same bytes as acncodec, each on its best layout, in one run.

Run as `python bench/rivals.py [DATA] > bench/results/rivals.json`. Every measurement is a process
of its own, so that its peak memory is its own; each one decompresses and compares. Layouts:

    packed      images one after another, 8 pixels a byte
    bytes       images one after another, 1 pixel a byte
    transposed  all images' first pixels, then all second ones, ..., 8 pixels a byte
    mosaic      one square picture of all images, 8 pixels a byte (or as the picture format has it)
    strip       one picture, the images below one another

A size is that of the stream alone, without names or labels. Labels are left out for acncodec too.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rival_codecs import BYTES, PICTURES, PILLOW, STREAMS

from acncodec.analysis.provenance import provenance
from acncodec.container import read_header
from acncodec.data import bundled
from acncodec.images import load_dataset
from acncodec.models.registry import find_for_data

NATS_A_BIT = math.log(2)
WEBP_SIDE = 16383
CODECS = Path(__file__).with_name("rival_codecs.py")


def child(arguments: list[str]) -> tuple[str, float, int]:
    """Standard output, seconds and peak MiB of a Python process. Raises if it fails."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed")
        output.seek(0)
        return output.read(), round(seconds, 2), round(usage.ru_maxrss / 1024)


def rival_rows(pixels: np.ndarray, file: Path) -> list[dict[str, Any]]:
    """One row for each rival: its best layout, and the sizes on all of them."""
    rows = []
    for name in (*STREAMS, *PILLOW):
        tried: dict[str, dict[str, Any]] = {}
        for layout in BYTES if name in STREAMS else PICTURES:
            if name.startswith("WebP") and max(PICTURES[layout](pixels).shape) > WEBP_SIDE:
                continue
            text, _, peak = child([str(CODECS), str(file), name, layout])
            tried[layout] = {**json.loads(text), "peak_mib": peak}
        best = min(tried, key=lambda layout: tried[layout]["bytes"])
        sizes = {layout: row["bytes"] for layout, row in tried.items()}
        rows.append({"name": name, "layout": best, **tried[best], "bytes_by_layout": sizes})
    return rows


def our_rows(source: Path, folder: Path) -> list[dict[str, Any]]:
    """acncodec on the same images, the order kept and given up."""
    rows = []
    for order in ("keep", "any"):
        packed, back = folder / f"{order}.acn", folder / f"{order}.npz"
        # Without --json, which would price the images by the float model too.
        _, compress, peak = child(
            ["-m", "acncodec_cli", "-q", "compress", str(source), str(packed), "--order", order]
        )
        _, decompress, peak_back = child(
            ["-m", "acncodec_cli", "-q", "decompress", str(packed), str(back)]
        )
        rows.append(
            {
                "name": f"acncodec --order {order}",
                "layout": read_header(packed).header.shards[0].strategy,
                "bytes": packed.stat().st_size, "compress_seconds": compress,
                "decompress_seconds": decompress, "peak_mib": max(peak, peak_back),
            }
        )  # fmt: skip
    return rows


def main() -> None:
    """Measure everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=None)
    options = parser.parse_args()
    source = options.data or bundled()
    data = load_dataset(source)
    if data.levels != 2 or data.shape[0] != 1:
        raise SystemExit("the rivals are set up for binary images of one channel")
    pixels = np.ascontiguousarray(data.pixels[:, 0])
    model = find_for_data(data.shape, data.levels)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "images.npz"
        np.savez(file, x=pixels)
        rows = [*rival_rows(pixels, file), *our_rows(file, Path(folder))]
    for row in rows:
        row["bits_per_image"] = 8 * row["bytes"] / len(pixels)
        row["nats_per_image"] = row["bits_per_image"] * NATS_A_BIT
    result = {
        "data": source.name,
        "images": len(pixels),
        "raw_bytes": data.raw_bytes,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "rows": sorted(rows, key=lambda row: row["bytes"]),
        "not_measured": {"JBIG2": "no encoder on the package index"},
        **provenance(),
    }
    for name in ("zstandard", "brotli", "pillow", "pillow-jxl-plugin"):
        result["versions"][name] = version(name)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
