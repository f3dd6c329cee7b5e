r"""How many hidden features of a fitted network live, by the rate that Muon has.

    python bench/hidden_features.py DATA --weights 22000 230000 --rates 1e-2 5e-3 2.5e-3 \
        --steps 700 > bench/results/hidden-features.json

A hidden feature of a block is what a ReLU lets through; one that is nothing at every pixel has no
gradient, and never comes back: it is dead, and so are its weights. For each number of weights the
largest network of the ladder with no more is trained at the recipe of a fit, but for Muon's rate,
which does not fall, on all images of DATA, an .npy. Told are the share of the hidden features that
live at any pixel of 16 images, that share in the block where it is least, and bits/dim of the last
hundred steps.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from acncodec.analysis.provenance import provenance
from acncodec.families.causal_resnet import network_order
from acncodec.images import DataSet, load_dataset
from acncodec.learning.source import Source, step_generator
from acncodec.parts.causal_resnet.net import Block, CausalResNet, planes
from acncodec.training.choice import FIT
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import plan_fit
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget, Report

IMAGES = 16
LAST_STEPS = 100


def live(net: CausalResNet, seen: Tensor) -> list[float]:
    """Of each block the share of hidden features that live at any pixel; seen: as `planes`."""
    found = []
    with torch.no_grad():
        x = net.first(seen)
        for block in net.blocks:
            assert isinstance(block, Block)  # a ModuleList does not tell
            hidden = block.widen(block.window(x))
            found.append(float((hidden > 0).any(3).any(2).any(0).float().mean()))
            x = block(x, None)
    return found


def row(choice: Choice, source: Source, levels: int, rate: float, steps: int) -> dict[str, Any]:
    """One network trained at one rate."""
    recipe = replace(choice.recipe, matrix_rate=rate, decay_from=1.0, round_from=1.0)
    trainer = Trainer(choice.family, choice.config, recipe, source, None, 1)
    reports: list[Report] = []
    trainer.run(Budget(steps), None, reports.append, report_steps=LAST_STEPS)
    x = source.draw(torch.arange(min(IMAGES, len(source))), step_generator(1, 0, 3))
    seen = planes(x[:, network_order(x.shape[1])].int(), levels)
    shares, last = live(trainer.net.decoder, seen), reports[-1]
    return {
        "weights": weights_of(choice.family, choice.config), "matrix_rate": rate,
        "live": sum(shares) / len(shares), "least_live": min(shares),
        "bits_per_dim": last.reconstruction_nats / ((last.samples or 1) * math.log(2)),
    }  # fmt: skip


def rows(data: DataSet, weights: list[int], rates: list[float], steps: int) -> list[dict[str, Any]]:
    """All of them."""
    plan, found = plan_fit(data, 1.0), []
    ladder = [config.for_images(data.shape) for config in plan.choice.family.ladder]
    for most in weights:
        fitting = [one for one in ladder if weights_of(plan.choice.family, one) <= most]
        config = fitting[-1] if fitting else ladder[0]
        recipe = replace(FIT, batch=plan.choice.recipe.batch)
        choice = replace(plan.choice, config=config, recipe=recipe)
        found += [row(choice, plan.images.source(), data.levels, rate, steps) for rate in rates]
    return found


def main() -> None:
    """Train, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=int, nargs="+", required=True)
    parser.add_argument("--rates", type=float, nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=700)
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = load_dataset(options.data)
    result = {
        "kind": "hidden_features", "data": options.data.name, "images": data.count,
        "steps": options.steps,
        "rows": rows(data, options.weights, options.rates, options.steps),
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
