"""The float model's costs as in the paper's Table 2, nats an image, with standard errors.

Run as `python bench/costs.py [DATA] [--model MODEL] > bench/results/costs.json`. Ordered is the
reconstruction and the KL of a greedy tour through all codes, its first image priced by the
unconditional prior; K = 1, 5, 10 take one of the K nearest other codes, the mean over the K.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.analysis.neighbour_costs import neighbour_kl
from acncodec.analysis.provenance import provenance
from acncodec.data import bundled
from acncodec.images import load_dataset
from acncodec.models.encode import encode_images
from acncodec.models.registry import find_by_name_or_path, find_for_data
from acncodec.ordering.tours import greedy_tour
from acncodec.run.workers import Workers

NEIGHBOURS = (1, 5, 10)


def main() -> None:
    """Price the data and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=bundled())
    parser.add_argument("--model", default=None, help="name or path; by default what fits")
    parser.add_argument("--samples", type=int, default=8, help="posterior samples an image")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    data = load_dataset(options.data)
    model = (
        find_by_name_or_path(options.model)
        if options.model
        else find_for_data(data.shape, data.levels)
    )
    floats = FloatModel(model, levels=data.levels)
    shape = options.samples, data.count, *model.latents.shape
    noise = np.random.default_rng(options.seed).standard_normal(shape)
    samples = floats.sample(data.pixels, noise)
    with Workers(os.cpu_count() or 1, 256) as workers:
        grid = encode_images(model, data.pixels, workers, data.levels)
    reconstruction, unconditional = samples.reconstruction_nats, samples.unconditional_kl_nats
    tour = floats.schedule_kl(samples, tour_parents(greedy_tour(grid)))
    costs = {
        **{f"kl_k{count}": neighbour_kl(floats, samples, count) for count in NEIGHBOURS},
        "kl_tour": tour,
        "kl_unconditional": unconditional,
        "reconstruction": reconstruction,
        "ordered": reconstruction + tour,
        "unordered": reconstruction + unconditional,
    }
    rows: list[dict[str, Any]] = []
    for name, values in costs.items():
        nats, error = mean_and_error(values)
        rows.append({"cost": name, "nats": nats, "standard_error": error})
    result = {
        "kind": "costs",
        "data": options.data.name,
        "images": data.count,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "posterior_samples": options.samples,
        "seed": options.seed,
        "rows": rows,
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
