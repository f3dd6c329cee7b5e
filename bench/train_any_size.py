"""Train the any-size decoder with a logistic mixture on arrays of images; resumes by itself.

    python bench/train_any_size.py bench/recipes/rgb_small.toml --data FOLDER --out FOLDER

Writes to --out: `checkpoint.safetensors` (all that a later run needs, replaced atomically),
`log.jsonl` (a line a report) and, with --export, `model.safetensors` (averaged weights, config,
card). What a step does depends on the recipe and the step alone, never on when a run was stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # runs where the package is not installed, and little else is

from any_size_growth import grow_from  # noqa: E402
from any_size_images import ImageSet  # noqa: E402
from any_size_recipe import Recipe  # noqa: E402
from any_size_run import Run, export  # noqa: E402


def main() -> None:
    """Train until the recipe's last step, or until --minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the arrays")
    parser.add_argument("--out", type=Path, required=True, help="folder of what is written")
    parser.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this run at most")
    parser.add_argument("--steps-now", type=int, help="stop at this step, leave the schedule")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true", help="networks under bfloat16 autocast")
    parser.add_argument("--grow-from", type=Path, help="checkpoint of a smaller network")
    parser.add_argument("--export", action="store_true", help="only write model.safetensors")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe.load(options.recipe, options.set)
    options.out.mkdir(parents=True, exist_ok=True)
    sets = [ImageSet.load(options.data, config) for config in recipe.data]
    run = Run(recipe, options.device, options.bf16)
    checkpoint = options.out / "checkpoint.safetensors"
    if checkpoint.exists():
        run.restore(checkpoint)
    elif options.grow_from:
        grow_from(run, options.grow_from)
    if options.export:
        export(run, options.out / "model.safetensors", run.validate(sets, None))
        return
    train(run, sets, options)


def train(run: Run, sets: list[ImageSet], options: argparse.Namespace) -> None:
    """The loop: steps, reports, checkpoints every ten minutes and at the end."""
    config = run.recipe.train
    checkpoint = options.out / "checkpoint.safetensors"
    last = min(config.steps, options.steps_now or config.steps)
    began, saved, before = time.monotonic(), time.monotonic(), run.seconds
    recent: list[list[float]] = []
    with (options.out / "log.jsonl").open("a") as log:
        while run.step < last and time.monotonic() - began < 60 * options.minutes:
            recent.append(run.train_step(sets))
            run.seconds = before + time.monotonic() - began
            if run.step % config.report_every == 0:
                line: dict[str, Any] = {"step": run.step, "seconds": round(run.seconds, 1)}
                means = np.nanmean(np.array(recent), 0)
                line["train"] = {
                    data.config.file: round(float(mean), 4)
                    for data, mean in zip(sets, means, strict=True)
                }
                recent.clear()
                if run.step % config.validate_every == 0:
                    line["valid"] = run.validate(sets, config.validate_images)
                print(json.dumps(line), file=log, flush=True)
            if time.monotonic() - saved > 600:
                run.save(checkpoint)
                saved = time.monotonic()
    run.save(checkpoint)


if __name__ == "__main__":
    main()
