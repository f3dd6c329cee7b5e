"""What a set of images costs a net that was trained on all other sets but it, as JSON.

    python bench/leave_one_out.py --data build/data/training > bench/results/leave-one-out.json

--data has the arrays of `bench/training_arrays.py`. The net of the recipe is trained once on all
sets and once without each of --without, with the same steps, images a step and seed; the sets that
are left share the step as they did among themselves. Each net then prices images of every set that
were held back from all: bits a sample. `cost` is what leaving a set out costs that set, `gain` what
it gives the others on the average. Such a small net after so few steps is worse than the bundled
ones; the differences are what this is for.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from any_size_images import ImageSet
from any_size_recipe import Recipe
from any_size_run import Run

from acncodec.analysis.provenance import provenance

RECIPE = Path(__file__).with_name("recipes") / "grey_tiny.toml"
WITHOUT = ("omniglot_train.npy", "quickdraw_train.npy", "fashion_train.npy")
EVERY = 100


def without(recipe: Recipe, file: str | None) -> Recipe:
    """The recipe without a set, the others in its place by their shares; or as it is for None.

    Raises `SystemExit` where there is no such set, or no other one.
    """
    if file is None:
        return recipe
    left = [one for one in recipe.data if one.file != file]
    if not left or len(left) == len(recipe.data):
        raise SystemExit(f"{file}: is no set of the recipe, or its only one")
    whole = sum(one.share for one in left)
    shares = tuple(replace(one, share=one.share / whole) for one in left)
    return replace(recipe, data=shares)


def trained(recipe: Recipe, sets: list[ImageSet]) -> Run:
    """A net after all steps of its recipe. sets: all images; those of the recipe are trained on."""
    run = Run(recipe, "cpu", False)
    by_file = {data.config.file: data for data in sets}
    mine = [
        ImageSet(config, by_file[config.file].train, by_file[config.file].valid)
        for config in recipe.data
    ]
    while run.step < recipe.train.steps:
        bits = run.train_step(mine)
        if run.step % EVERY == 0:
            told = ", ".join(f"{value:.3f}" for value in bits)
            print(f"step {run.step:,}: {told}", file=sys.stderr)
    return run


def row(recipe: Recipe, sets: list[ImageSet], left_out: str | None) -> dict[str, Any]:
    """Bits a sample of every set by a net without one of them."""
    start = time.perf_counter()
    run = trained(without(recipe, left_out), sets)
    took = time.perf_counter() - start
    found = run.validate(sets, recipe.train.validate_images)
    print(f"without {left_out}: {found}", file=sys.stderr)
    return {"left_out": left_out, "bits_per_dim": found, "training_seconds": round(took, 1)}


def compared(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Of each set that was left out: its bits a sample by the net that saw it and by the one that
    did not, what that costs in percent, and by how much the others' bits fell on the average."""
    (seen,) = (one["bits_per_dim"] for one in rows if one["left_out"] is None)
    found = {}
    for one in rows:
        file = one["left_out"]
        if file is None:
            continue
        unseen = one["bits_per_dim"]
        others = [100 * (1 - unseen[name] / seen[name]) for name in seen if name != file]
        found[file] = {
            "seen": seen[file],
            "unseen": unseen[file],
            "cost_percent": round(100 * (unseen[file] / seen[file] - 1), 1),
            "gain_of_others_percent": round(float(np.mean(others)), 1),
        }
    return found


def main() -> None:
    """Train, price, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the arrays")
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--without", nargs="+", default=WITHOUT, metavar="FILE")
    parser.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe.load(options.recipe, options.set)
    sets = [ImageSet.load(options.data, config) for config in recipe.data]
    rows = [row(recipe, sets, left_out) for left_out in (None, *options.without)]
    result: dict[str, Any] = {
        "recipe": options.recipe.name,
        "steps": recipe.train.steps,
        "images_a_step": recipe.train.batch,
        "seed": recipe.seed,
        "threads": options.threads,
        "weights": sum(value.numel() for value in Run(recipe, "cpu", False).net.parameters()),
        "held_images": {
            data.config.file: min(len(data.valid), recipe.train.validate_images) for data in sets
        },
        "rows": rows,
        "left_out": compared(rows),
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
