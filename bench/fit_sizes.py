"""How large a network pays in a file that carries it: a set fitted by networks of several sizes.

    python bench/fit_sizes.py DATA WORK --minutes 10 --weights 22000 31000 51000 > RESULT.json

DATA is an .npy. For each number of weights the largest network of the ladder with no more is fitted
for as long, as `compress --order any --fit MINUTES --embed-model` fits the one that it chooses, and
the whole file is written. `xz_bytes` is about what xz makes of the images: by how many of its bytes
there are for each weight, `compress --fit` chooses (`acncodec/training/choice.py`). A row that is
done lies in WORK; so does the state of one that was broken off.
"""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet, load_dataset
from acncodec.models.coded import code_model
from acncodec.training.chosen import weights_of
from acncodec.training.fit import fit_model, plan_fit
from acncodec.training.xz import xz_bytes


def row(data: DataSet, weights: int, state: Path, minutes: float, threads: int) -> dict[str, Any]:
    """The file with the largest network of no more than so many weights."""
    plan = plan_fit(data, minutes)
    choice = plan.choice
    ladder = [config.for_images(data.shape) for config in choice.family.ladder]
    fitting = [config for config in ladder if weights_of(choice.family, config) <= weights]
    config = fitting[-1] if fitting else ladder[0]
    model = fit_model(
        plan.source, replace(choice, config=config), state, minutes=minutes, threads=threads
    )
    file = io.BytesIO()
    compress_set(data, [model], CompressOptions("any", threads=threads, embed=True), file)
    state.unlink()
    return {
        "weights": weights_of(choice.family, config),
        "file_bytes": len(file.getvalue()),
        "model_bytes": len(code_model(model)),
        "steps": model.card["steps"],
    }


def main() -> None:
    """Fit, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--weights", type=int, nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = load_dataset(options.data)
    rows = []
    for weights in options.weights:
        name = f"{options.data.stem}-{weights}-{options.minutes:g}-{options.threads}"
        path = options.work / f"{name}.json"
        if not path.exists():
            state = options.work / f"{name}.fit"
            found = row(data, weights, state, options.minutes, options.threads)
            path.write_text(json.dumps(found))
        rows.append(json.loads(path.read_text()))
    result = {
        "kind": "fit_sizes", "data": options.data.name, "images": data.count,
        "minutes": options.minutes, "threads": options.threads,
        "xz_bytes": xz_bytes([data.pixels]), "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
