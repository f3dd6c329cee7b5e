"""What a choice of a fit's recipe is worth: files of a set that was fitted with several settings.

    python bench/fit_choices.py DATA WORK --minutes 3 [--start NAME] [--threads 1]
        --row "" --row "train.coarseness=3" --row "decoder.width=16 decoder.blocks=7" > RESULT.json

DATA is an .npy. For each row the set is fitted as `compress --order any --fit MINUTES
--embed-model` fits it, but for the settings of the row (`acncodec train --set` knows them), and the
whole file is written. `family=NAME` has another family's network of the same sizes. With `--start`
each fit begins with the weights of that model. Settings of rates are those that the fit then has. A
row that is done lies in WORK; so does the state of one that was broken off. Every byte is counted,
the model's too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from fit_rows import fitted, kept

from acncodec.analysis.provenance import provenance
from acncodec.families.registry import family_named
from acncodec.images import DataSet, load_dataset
from acncodec.models.registry import find_by_name_or_path
from acncodec.training.choice import for_other_weights
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import plan_fit
from acncodec.training.settings import apply, parse_setting


def of_family(choice: Choice, data: DataSet, name: str) -> Choice:
    """The same sizes, as far as a family has them, and Muon's rate for their weights."""
    family = family_named(name)
    known = {one.name for one in fields(family.config)}
    sizes = {one.name: getattr(choice.config, one.name) for one in fields(choice.config)}
    config = family.config(**{key: value for key, value in sizes.items() if key in known})
    config = config.for_images(data.shape)
    weights = weights_of(choice.family, choice.config), weights_of(family, config)
    recipe = for_other_weights(choice.recipe, *weights)
    return replace(choice, family=family, config=config, recipe=recipe)


def row(
    data: DataSet, settings: str, start: str | None, minutes: float, threads: int, state: Path
) -> dict[str, Any]:
    """The file of a fit with some settings, `KEY=VALUE` with spaces between."""
    begun = None if start is None else find_by_name_or_path(start)
    plan = plan_fit(data, minutes, start=begun)
    wanted = dict(map(parse_setting, settings.split()))
    family = wanted.pop("family", None)
    choice = plan.choice if family is None else of_family(plan.choice, data, family)
    choice = apply(choice, wanted)
    found = fitted(data, plan, choice, state, minutes, threads)
    bits = 8 * found["model_bytes"] / found["weights"]
    return {"settings": settings} | found | {"bits_a_weight": bits}


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
    data = load_dataset(options.data)
    minutes, threads, rows = options.minutes, options.threads, []
    for settings in options.row:
        told = f"{settings}|{options.start}|{minutes:g}|{threads}"
        name = f"{options.data.stem}-choice-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
        found = partial(row, data, settings, options.start, minutes, threads)
        rows.append(kept(options.work, name, found))
    result = {
        "kind": "fit_choices", "data": options.data.name, "images": data.count,
        "start": options.start, "minutes": options.minutes, "threads": options.threads,
        "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
