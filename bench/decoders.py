"""The two decoders of images of any levels side by side: bits a sample, milliseconds an image.

Run as `python bench/decoders.py DATA WORK --minutes 20 > RESULT.json`. DATA is an array of training
images of one size; two presets (by default those for grey or for colour) are trained on it for the
same minutes, or with `--steps` the same steps, as `acncodec train` does, which holds the last sixth
back. Of what was held back some images are priced: `float_bits_per_dim` by the float network,
`file_bits_per_dim` by a file of them, in the order given, which is read again. Then each goes
through both decoders in turn, so that what else the machine does meets both:

- `score`: known pixels through the network alone, a row at a time; `decode`: pixel by pixel;
- `push` and `pop`: the whole codec, network, logistic mixture and stack.

Milliseconds are the best of some tries. Models lie in the folder WORK; a run that was interrupted
goes on there, and a model that is there is not trained again.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from any_size_speed import decode, in_threads, milliseconds, score, whole

from acncodec.analysis.costs import FloatModel
from acncodec.analysis.provenance import provenance
from acncodec.codec import NATS, CompressOptions, Reader, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.heads.logistic_mixture import ExactLogisticMixture
from acncodec.images import DataSet, load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.training.session import checkpoint_path, train_model
from acncodec.training.sources import VALID_SHARE

ANY_SIZE = ("decoder.width=32", "decoder.blocks=4", "decoder.hidden=64")
"""The any-size decoder of as many weights as the gated presets have."""


def held_back(data: DataSet, most: int) -> DataSet:
    """The first images of those that training holds back."""
    start = data.count - data.count // VALID_SHARE
    return DataSet(data.pixels[start : start + most], data.spec, ())


def trained(
    data: Path, path: Path, preset: str, settings: tuple[str, ...], options: argparse.Namespace
) -> FrozenModel:
    """The model at `path`, which is trained if it is not there."""
    if path.exists():
        return FrozenModel.load(path)
    return train_model(
        data, path, preset=preset, settings=settings, minutes=options.minutes, steps=options.steps,
        seed=options.seed, resume=checkpoint_path(path).exists(),
        report=lambda entry: print(f"{preset}: step {entry.step}", file=sys.stderr),
    )  # fmt: skip


def bits_a_sample(model: FrozenModel, data: DataSet, work: Path) -> dict[str, float]:
    """What images cost by the float network and in a file. Raises `SystemExit` if other images
    come back."""
    floats = FloatModel(model, levels=data.levels)
    nats = floats.reconstruction(data.pixels, np.zeros((data.count, 0))).sum()
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions("keep", stored="never"), file)
    path = work / "held.acn"
    path.write_bytes(file.getvalue())
    with Reader(path, [model]) as archive:
        if not same_data(data, archive.read(), "keep"):
            raise SystemExit("other images came back")
    return {
        "float_bits_per_dim": float(nats) / NATS / data.pixels.size,
        "file_bits_per_dim": 8 * len(file.getvalue()) / data.pixels.size,
    }


def once(model: FrozenModel, data: DataSet, threads: int) -> dict[str, float]:
    """Milliseconds an image, by what is done."""
    sized = model.decoder.sized(*data.shape[1:], data.levels)
    head = ExactLogisticMixture(model.config.head, data.levels)
    found = {
        work.__name__: milliseconds(in_threads(work, sized, data.pixels, threads), data.count, 1)
        for work in (score, decode)
    }
    return found | whole(sized, head, data.pixels, threads, 1)


def times(
    models: list[FrozenModel], data: DataSet, threads: int, tries: int
) -> list[dict[str, float]]:  # fmt: skip
    """The best of some tries of each model, one model after the other at each try."""
    best: list[dict[str, float]] = [{} for _ in models]
    for _ in range(tries):
        for found, model in zip(best, models, strict=True):
            for name, value in once(model, data, threads).items():
                found[name] = min(value, found.get(name, value))
    return best


def main() -> None:
    """Train what is missing, price and time the images, print one JSON object."""
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("data", type=Path)
    line.add_argument("work", type=Path, help="folder for models and checkpoints")
    line.add_argument("--any-size", metavar="PRESET", help="instead of grey-small or rgb-small")
    line.add_argument("--gated", metavar="PRESET", help="instead of grey-gated or rgb-gated")
    line.add_argument("--any-size-set", nargs="*", default=ANY_SIZE, metavar="KEY=VALUE")
    line.add_argument("--gated-set", nargs="*", default=(), metavar="KEY=VALUE")
    line.add_argument("--minutes", type=float)
    line.add_argument("--steps", type=int)
    line.add_argument("--held", type=int, default=1000, help="images that are priced")
    line.add_argument("--timed", type=int, default=256, help="images that are timed together")
    line.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count() or 1}))
    line.add_argument("--tries", type=int, default=3)
    line.add_argument("--seed", type=int, default=1)
    options = line.parse_args()
    if options.minutes is None and options.steps is None:
        line.error("say --minutes or --steps")
    whole_set = load_dataset(options.data)
    kind = "grey" if whole_set.shape[0] == 1 else "rgb"
    chosen = {
        "any-size": (options.any_size or f"{kind}-small", tuple(options.any_size_set)),
        "gated": (options.gated or f"{kind}-gated", tuple(options.gated_set)),
    }
    options.work.mkdir(parents=True, exist_ok=True)
    models = {
        name: trained(options.data, options.work / f"{name}.safetensors", *wanted, options)
        for name, wanted in chosen.items()
    }
    held = held_back(whole_set, options.held)
    timed = DataSet(held.pixels[: options.timed], held.spec, ())
    rows = {
        name: {
            "preset": preset, "settings": list(settings), "sha256": model.model_id.hex(),
            "parameters": model.parameters, "macs_per_image": model.macs_of(held.shape[1:]),
            "steps": model.card["steps"], "minutes": model.card["minutes"],
            "engine": model.decoder.engine_on("cpu"), **bits_a_sample(model, held, options.work),
            "milliseconds": [],
        }
        for (name, model), (preset, settings) in zip(models.items(), chosen.values(), strict=True)
    }  # fmt: skip
    few = DataSet(held.pixels[:12], held.spec, ())
    times(list(models.values()), few, 1, 1)  # compiles what is not compiled yet
    for threads in options.threads:
        took = times(list(models.values()), timed, threads, options.tries)
        for row, found in zip(rows.values(), took, strict=True):
            row["milliseconds"].append({"threads": threads, **found})
    result: dict[str, Any] = {
        "kind": "decoders", "data": options.data.name, "shape": list(held.shape),
        "levels": held.levels, "held": held.count, "timed": timed.count, "seed": options.seed,
        "decoders": rows, **provenance(),
    }  # fmt: skip
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
