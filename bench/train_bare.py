"""A preset trained where torch and numpy are all there is.

    python bench/train_bare.py mnist GREY.npz HELD-BACK.npz OUT --steps 14000 --minutes 9 \
        --batch 1024 --device cuda

Images are the arrays `images` (N, H, W), binary or grey, as `bench/static_digits.py` writes them.
The run lies in OUT.checkpoint.safetensors, replaced every --checkpoint-minutes and at the end. With
it there, the next call goes on; and so does, where the package is installed, `acncodec train
GREY.npz -o OUT.safetensors --preset mnist --valid HELD-BACK.npz --steps STEPS --resume`, which
freezes the model when so many steps are done.

A batch of B images where the preset has b takes sqrt(B / b) times its rates and b / B of its steps,
of all that is counted in them. Prints a line of JSON for each report.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # runs where the package is not installed

from bare_modules import stand_in  # noqa: E402

stand_in()

import numpy as np  # noqa: E402

from acncodec.families.registry import find_preset  # noqa: E402
from acncodec.learning.recipe import Recipe  # noqa: E402
from acncodec.learning.source import ImageSource  # noqa: E402
from acncodec.training.loop import Trainer  # noqa: E402
from acncodec.training.progress import Budget, Report  # noqa: E402

COUNTED = ("warmup_steps", "kl_ramp_steps", "refresh_steps", "checkpoint_steps", "steps")
RATES = ("learning_rate", "matrix_rate")


def scaled(recipe: Recipe, batch: int) -> Recipe:
    """The recipe for a batch of another size."""
    by = batch / recipe.batch
    counted = {name: max(1, round(getattr(recipe, name) / by)) for name in COUNTED}
    rates = {name: getattr(recipe, name) * math.sqrt(by) for name in RATES}
    return replace(recipe, batch=batch, **counted, **rates)


def main() -> None:
    """Train until the last step, or until --minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("images", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("out", type=Path, help="the checkpoint's name, but for its suffixes")
    parser.add_argument("--steps", type=int, help="of the preset's batch [default: the preset's]")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this call at most")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--checkpoint-minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    family, preset = find_preset(options.preset)
    recipe = replace(preset.recipe, steps=options.steps or preset.recipe.steps)
    recipe = scaled(recipe, options.batch or recipe.batch)
    train, held = (ImageSource(np.load(path)["images"]) for path in (options.images, options.held))
    _, height, width = train.shape
    config = preset.config.sized(height, width)
    run = Trainer(family, config, recipe, train, held, options.seed, options.device)
    checkpoint = options.out.with_suffix(".checkpoint.safetensors")
    if checkpoint.exists():
        run.restore(checkpoint)
    begun = saved = time.monotonic()

    def report(entry: Report) -> None:
        nonlocal saved
        print(json.dumps({name: v for name, v in asdict(entry).items() if v}), flush=True)
        if time.monotonic() - saved > 60 * options.checkpoint_minutes:
            run.save(checkpoint)
            saved = time.monotonic()

    over = 60 * options.minutes
    run.run(Budget(recipe.steps), checkpoint, report, stop=lambda: time.monotonic() - begun > over)


if __name__ == "__main__":
    main()
