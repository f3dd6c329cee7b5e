"""What a fit makes of a set: bytes of the file against the time of decoding, for sizes of model.

    python bench/fits.py DATA WORK --minutes 20 [--speeds fast normal slow] [--threads 1] > RESULT

DATA is an .npy. For each speed `acncodec compress --order any --embed-model --fit MINUTES` runs
as a user types it (with `--fast`, `--slow`, or neither), then `decompress` on one and on all
threads in processes of their own; images are compared. The file is then decoded once more where
the bundled models cannot be found. Files lie in WORK: a fit that was killed goes on there, a file
that is done is not fitted again for as many minutes. With `--fit-only` nothing is measured yet:
sets can be fitted side by side, a thread each, and their files decoded later, when nothing else
runs. Every byte is counted, the model's too.
`best_rival` is the smallest of the committed results of the other compressors (`bench/rivals.py`)
on the same pixels, if there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from committed import RESULTS
from rival_data import load
from speed import timed
from typed import compressed

from acncodec.analysis.provenance import provenance
from acncodec.codec import Reader
from acncodec.codec.compare import same_data
from acncodec.images import load_dataset
from acncodec.training.fit import state_path

SPEEDS: dict[str, tuple[str, ...]] = {"fast": ("--fast",), "normal": (), "slow": ("--slow",)}
PIXELS = 1024
"""By which times of decoding are told, as `--fast` and `--slow` are."""

ALONE = """
import sys
from pathlib import Path
import acncodec.models.registry as registry
registry.FOLDER = registry.EARLIER = Path(sys.argv[1])
from acncodec_cli.main import main
sys.argv = ["acncodec", "-q", "decompress", "-f", *sys.argv[2:]]
main()
"""
"""Decompress where no model is bundled: argv is an empty folder, the file, what to write."""


def fitted(data: Path, packed: Path, minutes: float, flags: tuple[str, ...]) -> dict[str, Any]:
    """What `compress --json` says, and where and how long it ran, unless it was broken off; from
    beside `packed`, if it is there."""
    about = packed.with_suffix(".json")
    if not about.exists():
        begun, broken = time.perf_counter(), state_path(packed).exists()
        told = compressed(data, packed, "--embed-model", "--fit", str(minutes), *flags)
        told["whole_seconds"] = None if broken else round(time.perf_counter() - begun, 1)
        told["fitted_on"] = provenance()["machine"]
        about.write_text(json.dumps(told))
    found: dict[str, Any] = json.loads(about.read_text())
    return found


def decoded(data: Path, packed: Path, folder: Path) -> dict[str, Any]:
    """Seconds by number of threads, start-up included. Raises `SystemExit` if other images come
    back, with the bundled models or without them."""
    back, given = folder / "back.npy", load_dataset(data)
    took = {
        str(threads): timed(
            "-q", "decompress", "-f", "--threads", str(threads), str(packed), str(back)
        )
        for threads in sorted({1, os.cpu_count() or 1})
    }
    if not same_data(given, load_dataset(back), "any"):
        raise SystemExit(f"{packed}: other images came back")
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    back.unlink()
    command = [sys.executable, "-c", ALONE, str(empty), str(packed), str(back)]
    subprocess.run(command, check=True)
    if not same_data(given, load_dataset(back), "any"):
        raise SystemExit(f"{packed}: other images came back without bundled models")
    return took


def embedded_weights(packed: Path) -> int:
    """How many weights, biases apart, the models have that a file carries."""
    with Reader(packed) as archive:
        tensors = [tensor for model in archive.carried() for tensor in model.tensors().values()]
    return sum(tensor.size for tensor in tensors if tensor.ndim > 1)


def packed_in(work: Path, data: Path, minutes: float, speed: str) -> Path:
    """Where a file lies."""
    return work / f"{data.stem}-{minutes:g}-{speed}.acn"


def row(data: Path, packed: Path, told: dict[str, Any], speed: str) -> dict[str, Any]:
    """One file, of which `compress` said `told`."""
    images = np.load(data, mmap_mode="r")
    pixels = len(images) * images.shape[1] * images.shape[2]
    weights = embedded_weights(packed)
    with tempfile.TemporaryDirectory() as folder:
        took = decoded(data, packed, Path(folder))
    return {
        "speed": speed,
        "file_bytes": packed.stat().st_size,
        "model_bytes": told["model_bytes"],
        "weights": weights,
        "bits_a_weight": 8 * told["model_bytes"] / weights if weights else None,
        "stored_images": told["stored_images"],
        "candidates": told["candidates"],
        "compress_seconds": told["whole_seconds"],
        "fitted_on": told["fitted_on"],
        "decompress_seconds": {name: each["seconds"] for name, each in took.items()},
        "milliseconds_a_1024_pixels": {
            name: 1e3 * each["seconds"] * PIXELS / pixels for name, each in took.items()
        },
    }


def best_rival(data: Path) -> dict[str, Any] | None:
    """The smallest file of others on these pixels, among the committed results."""
    digest = load(data).sha256
    found = []
    for path in sorted((RESULTS / "rivals").glob("*.json")):
        result = json.loads(path.read_text())
        if result.get("pixels_sha256") == digest:
            found += [each for each in result["rows"] if not each["name"].startswith("acncodec")]
    if not found:
        return None
    best = min(found, key=lambda each: int(each["bytes"]))
    return {name: best[name] for name in ("name", "layout", "bytes")}


def main() -> None:
    """Fit, measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--speeds", nargs="+", choices=tuple(SPEEDS), default=list(SPEEDS))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="that a fit takes")
    parser.add_argument("--fit-only", action="store_true")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    images = np.load(options.data, mmap_mode="r")
    files = {
        speed: packed_in(options.work, options.data, options.minutes, speed)
        for speed in options.speeds
    }
    told = {
        speed: fitted(
            options.data, path, options.minutes,
            ("--threads", str(options.threads), *SPEEDS[speed]),
        )
        for speed, path in files.items()
    }  # fmt: skip
    if options.fit_only:
        return
    rival = best_rival(options.data)
    rows = [row(options.data, files[speed], told[speed], speed) for speed in options.speeds]
    for each in rows:
        each["ratio"] = each["file_bytes"] / rival["bytes"] if rival else None
    result = {
        "kind": "fits", "data": options.data.name, "images": len(images),
        "shape": list(images.shape[1:]), "minutes": options.minutes,
        "threads": options.threads, "best_rival": rival,
        "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
