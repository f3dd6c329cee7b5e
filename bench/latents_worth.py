"""What latents and order are worth on images of any levels: an ACN beside its decoder alone.

Run as `python bench/latents_worth.py TRAIN TEST WORK > RESULT.json`: two presets are trained on
TRAIN, one with latents (`--with`) and one without (`--without`), with the same steps and seed, and
images of TEST are priced by both, in bits an image. Models lie in the folder WORK; a run that was
interrupted goes on there. K = 1, 5, 10 take one of the K nearest other codes, the mean over the K;
the tour is greedy, its first image priced by the unconditional prior. `order` is log2 N! / N, which
a `set` gives back. `file_bytes` are those of a file of these images, each by itself, order kept,
nothing stored, which is read again and compared (`bench/file_latents.py`). `--set` changes a choice
of both presets, as that of `acncodec train` does.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from file_latents import there_and_back

from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.analysis.neighbour_costs import neighbour_kl
from acncodec.analysis.provenance import provenance
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.codec import NATS
from acncodec.families.family import CODES, NEIGHBOUR_PRIOR
from acncodec.images import DataSet, load_dataset
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.tours import greedy_tour
from acncodec.run.workers import Workers
from acncodec.stack.orders import permutation_bits
from acncodec.training.session import checkpoint_path, train_model

NEIGHBOURS = (1, 5, 10)
BATCH = 256


def trained(preset: str, options: argparse.Namespace) -> FrozenModel:
    """The model of a preset: from `work` if it is there, else trained, resuming what began."""
    options.work.mkdir(parents=True, exist_ok=True)
    path = options.work / f"{preset}.safetensors"
    if path.exists():
        return FrozenModel.load(path)
    return train_model(
        options.train, path, preset=preset, settings=options.settings, steps=options.steps,
        seed=options.seed, resume=checkpoint_path(path).exists(),
        report=lambda entry: print(f"{preset}: step {entry.step}", file=sys.stderr),
    )  # fmt: skip


def file_bytes(model: FrozenModel, data: DataSet) -> int:
    """Of a file of images, each by itself. Raises as `there_and_back` does."""
    codes = np.zeros((data.count, 0), np.int64)
    threads = torch.get_num_threads()
    if model.can(CODES):
        with Workers(threads, BATCH) as workers:
            codes = encode_images(model, data.pixels, workers, data.levels)
    return there_and_back(data, model, codes, threads).nbytes


def costs(
    model: FrozenModel, data: DataSet, samples: int, seed: int
) -> dict[str, dict[str, float]]:
    """Bits an image, and their standard error over posterior samples, by what they are for."""
    floats = FloatModel(model, levels=data.levels)
    shape = samples, data.count, *model.latents.shape
    drawn = floats.sample(data.pixels, np.random.default_rng(seed).standard_normal(shape))
    found = {"pixels": drawn.reconstruction_nats}
    if model.can(NEIGHBOUR_PRIOR):
        tour = greedy_tour(np.round(drawn.codes * (1 << GRID_BITS)).astype(np.int64))
        found |= {
            **{f"kl_k{count}": neighbour_kl(floats, drawn, count) for count in NEIGHBOURS},
            "kl_tour": floats.schedule_kl(drawn, tour_parents(tour)),
            "kl_unconditional": drawn.unconditional_kl_nats,
        }
    pairs = {name: mean_and_error(nats / NATS) for name, nats in found.items()}
    return {name: {"bits": bits, "standard_error": error} for name, (bits, error) in pairs.items()}


def totals(given: dict[str, dict[str, float]], alone: float, order: float) -> dict[str, float]:
    """Bits an image in all: of a decoder alone and of an ACN, for the orderings that there are."""
    pixels, free = given["pixels"]["bits"], given["kl_unconditional"]["bits"]
    return {
        "alone_iid": alone,
        "alone_set": alone - order,
        "latents_iid": pixels + free,
        "latents_tour": pixels + given["kl_tour"]["bits"],
        "latents_set": pixels + free - order,
    }


def main() -> None:
    """Train what is missing, price the images, print one JSON object."""
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("train", type=Path)
    line.add_argument("test", type=Path)
    line.add_argument("work", type=Path, help="folder for models and checkpoints")
    line.add_argument("--with", dest="latents", default="acn-grey-small", metavar="PRESET")
    line.add_argument("--without", dest="alone", default="grey-small", metavar="PRESET")
    line.add_argument("--steps", type=int, default=2000)
    line.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE",
        help="a choice of both presets (repeatable)",
    )  # fmt: skip
    line.add_argument("--count", type=int, default=1000, help="of TEST, the first so many images")
    line.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    line.add_argument("--seed", type=int, default=1)
    options = line.parse_args()
    whole = load_dataset(options.test)
    data = DataSet(whole.pixels[: options.count], whole.spec, ())
    models = [trained(preset, options) for preset in (options.latents, options.alone)]
    given, alone = (costs(model, data, options.samples, seed=0) for model in models)
    order = permutation_bits(data.count) / data.count
    result: dict[str, Any] = {
        "kind": "latents_worth",
        "train": options.train.name,
        "test": options.test.name,
        "images": data.count,
        "samples_an_image": int(np.prod(data.shape)),
        "steps": options.steps,
        "settings": options.settings,
        "seed": options.seed,
        "posterior_samples": options.samples,
        "models": {
            model.card["preset"]: {"sha256": model.model_id.hex(), "parameters": model.parameters}
            for model in models
        },
        "latents": given,
        "alone": alone,
        "order": order,
        "totals": totals(given, alone["pixels"]["bits"], order),
        "file_bytes": {
            name: file_bytes(model, data)
            for name, model in zip(("latents", "alone"), models, strict=True)
        },
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
