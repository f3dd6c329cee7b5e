"""How large a network pays in a file that carries it: a set fitted by networks of several sizes.

    python bench/fit_sizes.py DATA WORK --minutes 10 --weights 22000 31000 51000 > RESULT.json

DATA is an .npy. For each number of weights the largest network of the ladder with no more is fitted
for as long, as `compress --order any --fit MINUTES --embed-model` fits the one that it chooses, and
the whole file is written, and decoded by one thread and by all. `xz_bytes` is about what xz makes
of the images: by how many of its bytes there are for each weight, `compress --fit` chooses
(`acncodec/training/choice.py`). A row that is done lies in WORK, and its file; so does the state of
one that was broken off. With `--fit-only` nothing is decoded yet: sets can be fitted side by side,
and their files decoded later, when nothing else runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fit_rows import fitted, kept
from fits import decoded

from acncodec.analysis.provenance import provenance
from acncodec.images import DataSet, load_dataset
from acncodec.training.chosen import weights_of
from acncodec.training.fit import plan_fit
from acncodec.training.xz import xz_bytes


def row(
    data: DataSet, weights: int, minutes: float, threads: int, packed: Path, state: Path
) -> dict[str, Any]:
    """The file with the largest network of no more than so many weights, kept as `packed`."""
    plan = plan_fit(data, minutes)
    family = plan.choice.family
    ladder = [one.for_images(data.shape).for_levels(data.levels) for one in family.ladder]
    fitting = [config for config in ladder if weights_of(family, config) <= weights]
    choice = replace(plan.choice, config=fitting[-1] if fitting else ladder[0])
    return fitted(data, plan, choice, state, minutes, threads, packed)


def seconds(data: Path, packed: Path) -> dict[str, float]:
    """Of decoding a file, whole processes, by number of threads."""
    with tempfile.TemporaryDirectory() as folder:
        took = decoded(data, packed, Path(folder))
    return {threads: each["seconds"] for threads, each in took.items()}


def main() -> None:
    """Fit, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--weights", type=int, nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fit-only", action="store_true")
    options = parser.parse_args()
    data, minutes, rows = load_dataset(options.data), options.minutes, []
    for weights in options.weights:
        name = f"{options.data.stem}-{weights}-{minutes:g}-{options.threads}"
        packed = options.work / f"{name}.acn"
        found = partial(row, data, weights, minutes, options.threads, packed)
        rows.append((packed, kept(options.work, name, found)))
    if options.fit_only:
        return
    result = {
        "kind": "fit_sizes", "data": options.data.name, "images": data.count,
        "minutes": options.minutes, "threads": options.threads,
        "xz_bytes": xz_bytes([data.pixels]),
        "rows": [
            one | {"decompress_seconds": seconds(options.data, packed)} for packed, one in rows
        ],
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
