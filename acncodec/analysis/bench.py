"""Bound, ideal and file side by side, for one data set and several orderings."""

from __future__ import annotations

import io
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.costs import mean_and_error
from acncodec.analysis.gap import gap_to_file
from acncodec.analysis.priced import Priced, price
from acncodec.analysis.provenance import provenance
from acncodec.codec import NATS, CompressOptions, Reader, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_header
from acncodec.contracts.latent_space import UrnRule
from acncodec.images import DataSet
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.choose import check_strategy, strategies_for
from acncodec.run.progress import Progress, silent
from acncodec.run.workers import Workers

FREE = CompressOptions("any")


def bench_dataset(
    data: DataSet,
    model: FrozenModel,
    options: CompressOptions = FREE,
    orderings: Sequence[str] | None = None,
    samples: int = 4,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Compress, decompress, compare and price `data` once for each ordering.

    options: how, but for the ordering. Without `orderings`, all that go with the model and the
    order. Every figure is in nats an image unless its name says otherwise. Raises `DataError` for
    an empty data set, `CoderError` for an ordering that the model cannot have.
    """
    conditional, order = model.latents.conditional, options.order
    if orderings is None:
        orderings = strategies_for(conditional, keep=order == "keep")
    for ordering in orderings:
        check_strategy(ordering, conditional)
    progress("bound", 0.0)
    with Workers(options.threads, options.batch) as workers:
        priced = price(data, model, order, samples, seed, workers)
    drawn, share = priced.samples, priced.share
    reconstruction, error = mean_and_error(drawn.reconstruction_nats * share)
    unordered = (drawn.reconstruction_nats + drawn.unconditional_kl_nats) * share
    results = {}
    for ordering in orderings:
        progress(ordering, 0.0)
        results[ordering] = _one(priced, replace(options, ordering=ordering), progress)
    return {
        "images": data.count,
        "distinct": len(priced.pixels),
        "order": order,
        "solver": options.solver,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "posterior_samples": samples,
        "seed": seed,
        "reconstruction_nats": reconstruction,
        "reconstruction_standard_error": error,
        "unordered_bound_nats": mean_and_error(unordered)[0],
        **_trained_prior(priced),
        "orderings": results,
        **provenance(),
    }


def _trained_prior(priced: Priced) -> dict[str, float]:
    """The unordered bound by the prior that was trained, where another one codes."""
    drawn = priced.samples
    kl = [part for z in drawn.z if (part := priced.floats.trained_kl(z)) is not None]
    if not kl:
        return {}
    costs = (drawn.reconstruction_nats + np.stack(kl)) * priced.share
    return {"trained_prior_bound_nats": mean_and_error(costs)[0]}


def _one(priced: Priced, options: CompressOptions, report: Progress) -> dict[str, Any]:
    data, model = priced.data, priced.model
    file = io.BytesIO()
    clock = time.perf_counter()
    stats = compress_dataset(data, model, options, file, report)
    compressed = time.perf_counter() - clock
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.acn"
        path.write_bytes(file.getvalue())
        clock = time.perf_counter()
        with Reader(path, [model], options.run(report)) as archive:
            back = archive.read()
        decompressed = time.perf_counter() - clock
        sizes = read_header(path).uniform.shards[0].sizes
    rule = None if stats.alpha is None else UrnRule(stats.alpha, stats.kernel or 0)
    costs = priced.unlaned_costs(options.ordering, options.solver, rule)
    bound, error = priced.bound(costs, options.ordering)
    nats = stats.nats_per_image or math.nan
    gap = gap_to_file(priced, options, stats, costs, sizes, rule)
    gap["sampling"] = nats - bound - sum(gap.values())
    return {
        "bound_nats": bound,
        "bound_standard_error": error,
        "kl_bound_nats": bound - float(priced.samples.reconstruction_nats.mean()) * priced.share,
        "ideal_nats": stats.ideal_nats_per_image,
        "file_nats": nats,
        "file_over_bound": nats / bound - 1.0,
        "stack_over_bound": 8 * stats.stack_bytes * NATS / data.count / bound - 1.0,
        "file_bytes": stats.file_bytes,
        "side_bytes": stats.side_bytes,
        "other_bytes": stats.other_bytes,
        "bits_per_image": stats.bits_per_image,
        "alpha": stats.alpha,
        "kernel": stats.kernel,
        "restored_exactly": same_data(data, back, options.order),
        "compress_seconds": compressed,
        "decompress_seconds": decompressed,
        "difference_nats": gap,
    }
