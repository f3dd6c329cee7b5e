"""Trained models of all families on one data set, side by side, beside its pixels: Table 3 grown.

    python bench/families.py TRAIN TEST MODEL... --name mnist > bench/results/families/mnist.json

TRAIN, TEST and their labels are what `acncodec probe` takes, models are names of bundled ones and
files. For a model of binary images grey ones are binarised by one draw, TRAIN's by the seed, TEST's
by the seed plus one; pixels and their principal components have a row for images as they are and
one for binarised ones, as far as some model takes them so. With `--held-back` the last sixth of
TRAIN is tried instead of TEST: those that `acncodec train` holds back. Of each model:

- a linear classifier and 5 nearest neighbours on the codes, and what these take classes for;
- where images have a price, of the first `--priced` that are tried: the bound, unordered, the mean
  of posterior samples, and the file, order kept, nothing stored, which is read again and compared;
- whether that file holds the images' codes (`bench/file_latents.py`);
- how evenly the codes of all that are tried take the codebook, where there is one;
- parameters, multiply-adds to decode an image, and steps and minutes of its training.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from file_latents import there_and_back
from numpy.typing import NDArray
from small_models import VOTES

from acncodec.analysis.codebook import taken
from acncodec.analysis.priced import price
from acncodec.analysis.probes import Labelled, Probe, Split, probe_models
from acncodec.analysis.provenance import provenance
from acncodec.codec import NATS, check_fit
from acncodec.errors import naming
from acncodec.families.family import CODES, LIKELIHOOD
from acncodec.images import DataSet, load_dataset
from acncodec.images.binarise import binarised
from acncodec.images.classes import find_labels, load_labels
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.run.workers import Workers
from acncodec.training.sources import VALID_SHARE

COMPONENTS = 16
BATCH = 256


@dataclass(frozen=True, eq=False)
class Guise:
    """The images as some models take them: those that classifiers learn from, those that they are
    tried on, and both with labels."""

    learned: DataSet
    tried: DataSet
    split: Split

    def first(self, count: int) -> DataSet:
        """The first images that are tried."""
        return replace(self.tried, pixels=self.tried.pixels[:count])


def labelled(path: Path, labels: Path | None) -> tuple[DataSet, NDArray[Any]]:
    """Images and their labels, which lie beside them or in a file of their own."""
    with naming(path):
        data = load_dataset(path)
        found = find_labels(data) if labels is None else load_labels(labels, data.count)
    return replace(data, side=(), spec=replace(data.spec, position=0)), found


def guise_of(
    sets: Sequence[tuple[DataSet, NDArray[Any]]], *, binary: bool, held_back: bool, seed: int
) -> Guise:
    """TRAIN and TEST with labels, or what is held back of TRAIN, binarised or as they are."""
    (train, known), (test, asked) = sets
    if binary:
        train, test = binarised(train, seed), binarised(test, seed + 1)
    if held_back:
        cut = train.count - train.count // VALID_SHARE
        test, asked = replace(train, pixels=train.pixels[cut:]), known[cut:]
        train, known = replace(train, pixels=train.pixels[:cut]), known[:cut]
    split = Split(
        Labelled(train.pixels, known, train.levels), Labelled(test.pixels, asked, test.levels)
    )
    return Guise(train, test, split)


def told(probe: Probe) -> dict[str, Any]:
    """What classifiers make of features."""
    return {
        "dimensions": probe.dimensions,
        "linear_accuracy": probe.linear_accuracy,
        "linear_converged": probe.converged,
        "knn_accuracy": probe.neighbour_accuracy,
        "confusion": probe.confusion.counts,
    }


def priced(
    model: FrozenModel, data: DataSet, samples: int, seed: int, threads: int
) -> dict[str, Any]:
    """Bound and file of images, unordered; nats are an image's, bits a subpixel's."""
    with Workers(threads, BATCH) as workers:
        drawn = price(data, model, "keep", samples, seed, workers)
    bound, error = drawn.bound(drawn.unlaned_costs("iid", "greedy"), "iid")
    file = there_and_back(data, model, drawn.codes, threads)
    bound_bits, file_bits = bound / NATS * data.count, 8.0 * file.nbytes
    return {
        "bound_nats": bound,
        "bound_standard_error": error,
        "file_nats": file_bits * NATS / data.count,
        "bound_bits_per_dim": bound_bits / data.pixels.size,
        "file_bits_per_dim": file_bits / data.pixels.size,
        "file_over_bound": file_bits / bound_bits - 1.0,
        "file_bytes": file.nbytes,
        "file_latents": asdict(file)["latents"],
    }


def row_of(
    model: FrozenModel, guise: Guise, probe: Probe | None, options: argparse.Namespace
) -> dict[str, Any]:
    """The row of a model; probe: of its codes, if it has any."""
    data, threads = guise.tried, torch.get_num_threads()
    row: dict[str, Any] = {
        "features": "codes" if probe else "none", "label": model.name,
        "family": model.family.name, "preset": model.card.get("preset"), "levels": data.levels,
        **({} if probe is None else told(probe)),
    }  # fmt: skip
    if model.can(LIKELIHOOD):
        row |= priced(model, guise.first(options.priced), options.samples, options.seed, threads)
    if model.can(CODES):
        with Workers(threads, BATCH) as workers:
            codes = encode_images(model, data.pixels, workers, data.levels)
        found = taken(model, codes)
        row |= {} if found is None else {"codebook": asdict(found)}
    return row | {
        "parameters": model.parameters,
        "macs_per_image": model.macs_of(data.shape[1:]),
        "steps": model.card.get("steps"),
        "minutes": model.card.get("minutes"),
        "model": model.name,
        "model_sha256": model.model_id.hex(),
    }


def rows_of(
    guise: Guise, models: Sequence[FrozenModel], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Pixels, their principal components, and models that take the images so."""
    coding = [model for model in models if model.can(CODES)]
    components, pixels, *codes = probe_models(
        guise.split, coding, options.components, VOTES, lambda stage, _share: said(stage)
    )
    rows = [
        {"features": probe.features, "label": label, "levels": guise.tried.levels, **told(probe)}
        for probe, label in ((pixels, "pixels"), (components, "principal components"))
    ]
    by_model = dict(zip((model.model_id for model in coding), codes, strict=True))
    for model in models:
        said(model.name)
        rows.append(row_of(model, guise, by_model.get(model.model_id), options))
    return rows


def said(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and print one JSON object."""
    line = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    line.add_argument("train", type=Path, help="images that classifiers learn from")
    line.add_argument("test", type=Path, help="images that they are tried on")
    line.add_argument("models", nargs="+", metavar="MODEL", help="a bundled model, or a file")
    line.add_argument("--name", required=True, help="of the data set, in tables")
    line.add_argument("--train-labels", type=Path, metavar="FILE", help="where TRAIN has none")
    line.add_argument("--test-labels", type=Path, metavar="FILE", help="where TEST has none")
    line.add_argument("--held-back", action="store_true", help="try what training held back")
    line.add_argument("--priced", type=int, default=10_000, help="images priced and compressed")
    line.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    line.add_argument("--components", type=int, default=COMPONENTS, help="of the pixels")
    line.add_argument("--seed", type=int, default=0)
    options = line.parse_args(arguments)
    if options.samples < 2 or options.priced < 1:
        line.error("an error is of 2 samples or more, a price of 1 image or more")
    models = [find_by_name_or_path(name) for name in dict.fromkeys(options.models)]
    sets = [
        labelled(options.train, options.train_labels), labelled(options.test, options.test_labels),
    ]  # fmt: skip
    guises: list[tuple[Guise, list[FrozenModel]]] = []
    for binary in (True, False):
        some = [model for model in models if (model.accepts.levels == 2) == binary]
        if some:
            guise = guise_of(sets, binary=binary, held_back=options.held_back, seed=options.seed)
            for model in some:  # all of them before anything is measured
                check_fit(guise.learned, model)
                check_fit(guise.tried, model)
            guises.append((guise, some))
    rows = [row for guise, some in guises for row in rows_of(guise, some, options)]
    split = guises[0][0].split
    classes = np.union1d(split.train.labels, split.test.labels)
    result = {
        "kind": "families",
        "data": options.name,
        "train": options.train.name,
        "tried_on": "held back" if options.held_back else options.test.name,
        "train_images": len(split.train.labels),
        "images": len(split.test.labels),
        "priced_images": min(options.priced, len(split.test.labels)),
        "samples_an_image": int(np.prod(split.test.values.shape[1:])),
        "classes": classes.astype(str).tolist(),
        "neighbours": VOTES,
        "posterior_samples": options.samples,
        "seed": options.seed,
        "rows": rows,
        **provenance(),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
