"""What a choice of a fit's recipe is worth: files of a set that was fitted with several settings.

    python bench/fit_choices.py DATA WORK --minutes 3 [--start NAME] [--threads 1]
        --row "" --row "train.coarseness=3" --row "decoder.width=16 decoder.blocks=7" > RESULT.json

DATA is an .npy. For each row the set is fitted as `compress --order any --fit MINUTES
--embed-model` fits it, but for the settings of the row (`acncodec train --set` knows them), and the
whole file is written. With `--start` each fit begins with the weights of that model. Settings of
rates are those that the fit then has. A row that is done lies in WORK; so does the state of one
that was broken off. Every byte is counted, the model's too.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet, load_dataset
from acncodec.models.coded import code_model
from acncodec.models.registry import find_by_name_or_path
from acncodec.training.chosen import weights_of
from acncodec.training.fit import fit_model, plan_fit
from acncodec.training.settings import apply, parse_setting


def row(
    data: DataSet, settings: str, start: str | None, state: Path, minutes: float, threads: int
) -> dict[str, Any]:
    """The file of a fit with some settings, `KEY=VALUE` with spaces between."""
    begun = None if start is None else find_by_name_or_path(start)
    plan = plan_fit(data, minutes, start=begun)
    choice = apply(plan.choice, dict(map(parse_setting, settings.split())))
    model = fit_model(
        plan.source, choice, state, minutes=minutes, threads=threads, start=plan.start
    )
    file = io.BytesIO()
    compress_set(data, [model], CompressOptions("any", threads=threads, embed=True), file)
    state.unlink()
    coded = len(code_model(model))
    weights = weights_of(choice.family, choice.config)
    return {
        "settings": settings, "weights": weights, "file_bytes": len(file.getvalue()),
        "model_bytes": coded, "bits_a_weight": 8 * coded / weights, "steps": model.card["steps"],
    }  # fmt: skip


def main() -> None:
    """Fit, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--row", action="append", required=True, metavar="SETTINGS")
    parser.add_argument("--start")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = load_dataset(options.data)
    rows = []
    for settings in options.row:
        told = f"{settings}|{options.start}|{options.minutes:g}|{options.threads}"
        name = f"{options.data.stem}-choice-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
        path = options.work / f"{name}.json"
        if not path.exists():
            state = options.work / f"{name}.fit"
            found = row(data, settings, options.start, state, options.minutes, options.threads)
            path.write_text(json.dumps(found))
        rows.append(json.loads(path.read_text()))
    result = {
        "kind": "fit_choices", "data": options.data.name, "images": data.count,
        "start": options.start, "minutes": options.minutes, "threads": options.threads,
        "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
