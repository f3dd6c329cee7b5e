"""Other compressors on the same images as acncodec, each on its best layout, in one run.

    python bench/rivals.py > bench/results/rivals.json
    python bench/rivals.py --data build/data/NAME.npy --rivals-only > bench/results/rivals/NAME.json
    python bench/rivals.py --data build/data/NAME.npy --ours-only > .../rivals/NAME-ours.json
    python bench/rivals.py --data build/data/NAME.npy --rivals-only --but "brotli -11" "PNG: single"

Images are of any kind that `rival_data.py` reads. Every measurement is a process of its own, so
that its peak memory is its own; each one reads back what it wrote and compares. `rival_layouts.py`
has the layouts, `rival_codecs.py` the compressors. A size is that of the streams alone, without
names or labels, and without a list of their lengths where there are several. Labels are left out
for acncodec too.
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
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rival_codecs import RIVALS, Rival, layouts
from rival_data import Images, load

from acncodec.analysis.provenance import provenance

NATS_A_BIT = math.log(2)
CODECS = Path(__file__).with_name("rival_codecs.py")
BUNDLED = Path(__file__).resolve().parent.parent / "acncodec" / "data" / "mnist-test-binary.npz"
NEVER = {"JBIG2": "no encoder on the package index, nor in Debian 12; JBIG is its predecessor"}


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


def rival_rows(
    data: Images, file: Path, rivals: tuple[Rival, ...], jobs: int, but: frozenset[str]
) -> list[dict[str, Any]]:
    """One row for each rival: its best layout, and the sizes on all of them.

    file: the pixels of `data`, as a .npy; but: ways that are left out, as `way_name` has them.
    """

    def one(rival: Rival, layout: str) -> dict[str, Any]:
        text, _, peak = child([str(CODECS), str(file), str(data.levels), rival.name, layout])
        row = {"layout": layout, **json.loads(text), "peak_mib": peak}
        told = row.get("failed") or f"{row['bytes']:,} bytes"
        print(f"{rival.name}, {layout}: {told}", file=sys.stderr)
        return row

    with ThreadPoolExecutor(jobs) as pool:
        waiting = {
            rival.name: [
                pool.submit(one, rival, layout)
                for layout in layouts(rival, data.pixels, data.levels)
                if way_name(rival.name, layout) not in but
            ]
            for rival in rivals
        }
        tried = {name: [task.result() for task in tasks] for name, tasks in waiting.items()}
    return [best(name, ways) for name, ways in tried.items()]


def way_name(rival: str, layout: str) -> str:
    """A rival on one of its layouts."""
    return f"{rival}: {layout}"


def best(name: str, ways: list[dict[str, Any]]) -> dict[str, Any]:
    """One rival's row: the smallest way, and the sizes, or the failures, of all.

    A rival that failed on every layout has no `bytes`.
    """
    sizes = {way["layout"]: way["bytes"] for way in ways if "bytes" in way}
    failed = {way["layout"]: way["failed"] for way in ways if "failed" in way}
    row: dict[str, Any] = {"name": name}
    if sizes:
        row |= next(way for way in ways if way["layout"] == min(sizes, key=sizes.__getitem__))
    return row | {"bytes_by_layout": sizes} | ({"failed_by_layout": failed} if failed else {})


def our_rows(file: Path, folder: Path) -> list[dict[str, Any]]:
    """acncodec on the same images, the order kept and given up."""
    rows = []
    for order in ("keep", "any"):
        packed, back = folder / f"{order}.acn", folder / f"{order}.npz"
        # Without --json, which would price the images by the float model too.
        _, compress, peak = child(
            ["-m", "acncodec_cli", "-q", "compress", str(file), str(packed), "--order", order]
        )
        _, decompress, peak_back = child(
            ["-m", "acncodec_cli", "-q", "decompress", str(packed), str(back)]
        )
        rows.append(
            {
                "name": f"acncodec --order {order}",
                "layout": strategies(packed),
                "bytes": packed.stat().st_size, "compress_seconds": compress,
                "decompress_seconds": decompress, "peak_mib": max(peak, peak_back),
            }
        )  # fmt: skip
    return rows


def strategies(archive: Path) -> str:
    """How the images of an archive's first shard are laid out: a strategy, or one for each model,
    and `stored` where some are."""
    from acncodec.container import MixedHeader, read_header

    header = read_header(archive).header
    if not isinstance(header, MixedHeader):
        return header.shards[0].strategy
    shard = header.shards[0]
    names = [part.coding.strategy for part in shard.parts]
    return ", ".join([*names, "stored"] if shard.stored else names)


def our_model(data: Images) -> dict[str, str]:
    """Name and SHA-256 of the bundled model that takes these images."""
    from acncodec.models.registry import find_for_data

    _, height, width, channels = data.pixels.shape
    model = find_for_data((channels, height, width), data.levels)
    return {"model": model.name, "model_sha256": model.model_id.hex()}


def measured(source: Path, data: Images, options: argparse.Namespace) -> dict[str, Any]:
    """The whole result."""
    count, height, width, channels = data.pixels.shape
    others = () if options.ours_only else RIVALS
    asked = [rival for rival in others if data.levels == 2 or not rival.binary]
    left_out = frozenset(options.but)
    ways = {
        way_name(rival.name, layout)
        for rival in RIVALS for layout in layouts(rival, data.pixels, data.levels)
    }  # fmt: skip
    if unknown := left_out - ways - {rival.name for rival in RIVALS}:
        raise SystemExit(f"no such compressor: {', '.join(sorted(unknown))}")
    reasons = {
        rival.name: "left out, for its time" if rival.name in left_out
        else rival.refusal(channels, data.levels)
        for rival in asked
    }  # fmt: skip
    taken = tuple(rival for rival in asked if reasons[rival.name] is None)
    with tempfile.TemporaryDirectory() as folder:
        file, plain = Path(folder) / "pixels.npy", Path(folder) / "images.npz"
        np.save(file, data.pixels)
        rows = rival_rows(data, file, taken, options.jobs, left_out & ways)
        if not options.rivals_only:
            np.savez(plain, x=data.pixels[..., 0] if channels == 1 else data.pixels)
            rows += our_rows(plain, Path(folder))
    refused = {
        row["name"]: "it failed: " + "; ".join(row["failed_by_layout"].values())
        for row in rows if "bytes" not in row
    }  # fmt: skip
    rows = [row for row in rows if "bytes" in row]
    for row in rows:
        row["bits_per_image"] = 8 * row["bytes"] / count
        row["bits_per_dim"] = 8 * row["bytes"] / data.pixels.size
        row["nats_per_image"] = row["bits_per_image"] * NATS_A_BIT
    result = {
        "data": source.name,
        "images": count,
        "shape": [height, width, channels],
        "levels": data.levels,
        "pixels_sha256": data.sha256,
        "raw_bytes": data.packed_bytes,
        **({} if options.rivals_only else our_model(data)),
        "machine_busy": options.busy or options.jobs > 1,
        "rows": sorted(rows, key=lambda row: row["bytes"]),
        "not_measured": {
            **{name: why for name, why in reasons.items() if why is not None},
            **dict.fromkeys(sorted(left_out & ways), "left out, for its time"),
            **refused,
            **(NEVER if data.levels == 2 and others else {}),
        },
        **provenance(),
    }
    result["versions"] |= versions(taken)
    return result


def versions(rivals: tuple[Rival, ...]) -> dict[str, str]:
    """Versions of the packages that the rivals need, and of the formats' own libraries in them."""
    found = {name: version(name) for rival in rivals for name in rival.needs}
    if "imagecodecs" in found:
        import imagecodecs

        found["libjxl"] = imagecodecs.jpegxl_version().removeprefix("libjxl ")
        found["charls"] = imagecodecs.jpegls_version().removeprefix("charls ")
    if "pillow" in found:
        from PIL import features

        for name in ("webp", "libtiff", "zlib"):
            found[f"pillow's {name}"] = str(features.version(name))
    if any("pbmtojbg" in rival.programs for rival in rivals):
        found["jbigkit"] = jbigkit()
    return found


def jbigkit() -> str:
    """The version that the converters tell in their usage text."""
    told = subprocess.run(["jbgtopbm", "--version"], capture_output=True, text=True, check=False)
    return told.stderr.partition("--")[0].removeprefix("JBIGtoPBM converter").strip()


def main() -> None:
    """Measure everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=BUNDLED, help=".npy or .npz of images")
    parser.add_argument("--rivals-only", action="store_true", help="leave acncodec out")
    parser.add_argument("--ours-only", action="store_true", help="leave the others out")
    parser.add_argument(
        "--but", nargs="+", default=[], metavar="NAME",
        help="compressors, or NAME: LAYOUT, to leave out, and say so",
    )  # fmt: skip
    parser.add_argument("--busy", action="store_true", help="record that other work ran beside")
    parser.add_argument("--jobs", type=int, default=1, help="at once; more than 1 is --busy")
    options = parser.parse_args()
    print(json.dumps(measured(options.data, load(options.data), options), indent=2))


if __name__ == "__main__":
    main()
