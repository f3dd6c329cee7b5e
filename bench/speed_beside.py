"""This build and another in turn: whole processes, as users run them.

`python bench/speed_beside.py OTHER --commit NAME [--sources DIR]` runs each command with this
installation and with that of OTHER, the python of another build's environment (`--sources`: where
it finds its `acncodec` and `acncodec_cli`, if they are not installed there), A B A B ..., after one
run of each that is not counted and fills the caches of kernels. It prints, for wall and processor
time, the medians and the ratios pair by pair: a comparison that holds when the machine's speed
drifts. Both archives must be the same.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from builds import Build

from acncodec.analysis.provenance import provenance
from acncodec.data import bundled

RUN = "from acncodec_cli.main import main; main()"
"""Run with -P: neither build may find the other in the folder that it is run in."""


def timed(build: Build, words: list[str]) -> tuple[float, float]:
    """Seconds of wall and of processor time of one command of a build."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [build.python, "-P", "-c", RUN, *words], env=build.environment, check=True,
        capture_output=True,
    )  # fmt: skip
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def commands(folder: Path, build: str, count: int, threads: int) -> dict[str, list[list[str]]]:
    """What is timed, by its name: one command or several, one after the other."""
    many, few = folder / "many.npz", folder / "few.npz"
    packed, small = folder / f"{build}.acn", folder / f"{build}-small.acn"
    back = folder / f"{build}.npz"
    common = ["--model", "mnist", "--threads", str(threads), "-f"]
    as_set = ["--order", "any", "--ordering", "set", *common]
    return {
        f"compress {count:,} as a set": [["compress", str(many), str(packed), *as_set]],
        f"decompress {count:,}": [["decompress", str(packed), str(back), *common]],
        "64 images there and back": [
            ["compress", str(few), str(small), *as_set],
            ["decompress", str(small), str(back), *common],
        ],
    }


def measure(
    ours: Build, other: Build, pairs: int, count: int, threads: int
) -> list[dict[str, object]]:
    """A row for each thing that is timed."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name, np.load(bundled()) as arrays:
        folder = Path(name)
        for file, images in (("many.npz", arrays["x"][:count]), ("few.npz", arrays["x"][:64])):
            np.savez(folder / file, x=images)
        sides = {"this": (ours, commands(folder, "this", count, threads)),
                 "other": (other, commands(folder, "other", count, threads))}  # fmt: skip
        for what in commands(folder, "", count, threads):
            times: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
            for _ in range(1 + pairs):
                for side, (build, wanted) in sides.items():
                    runs = [timed(build, words) for words in wanted[what]]
                    times[side].append((sum(w for w, _ in runs), sum(u for _, u in runs)))
            row: dict[str, object] = {"what": what}
            for index, kind in enumerate(("wall", "processor")):
                a, b = ([t[index] for t in times[side][1:]] for side in sides)
                ratios = sorted(x / y for x, y in zip(a, b, strict=True))
                row[kind] = {
                    "this_seconds": round(median(a), 3), "other_seconds": round(median(b), 3),
                    "ratio": round(median(ratios), 4),
                    "ratios": [round(ratio, 4) for ratio in ratios],
                }  # fmt: skip
            rows.append(row)
            print(json.dumps(row), file=sys.stderr, flush=True)
        same = (folder / "this.acn").read_bytes() == (folder / "other.acn").read_bytes()
        rows.append({"what": "the archives are the same", "same": same})
    return rows


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", help="the python of the other build")
    parser.add_argument("--commit", required=True, help="what the other build is called")
    parser.add_argument("--sources", metavar="DIR", help="where the other finds its packages")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--count", type=int, default=10_000, help="of the bundled images")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    rows = measure(
        Build(sys.executable), Build(options.other, options.sources), options.pairs,
        options.count, options.threads,
    )  # fmt: skip
    result = {"pairs": options.pairs, "other": options.commit, "rows": rows, **provenance()}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
