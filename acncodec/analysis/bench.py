"""Bound, ideal and file side by side, for one data set and several orderings."""

from __future__ import annotations

import io
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.breakdown import differences
from acncodec.analysis.costs import FloatModel, Samples, mean_and_error, tour_parents
from acncodec.analysis.provenance import provenance
from acncodec.arrange import arrange
from acncodec.codec import (
    CompressOptions,
    CompressStats,
    check_fit,
    compress_dataset,
    decompress_archive,
)
from acncodec.coding.bitsback import encode_images
from acncodec.coding.pixels import Workers
from acncodec.compare import same_data
from acncodec.container import read_header
from acncodec.errors import DataError
from acncodec.exact.model import FrozenModel
from acncodec.images import DataSet
from acncodec.ordering.plan import permutation_bits
from acncodec.ordering.schedule import STRATEGIES, build_schedule, lay_tour
from acncodec.ordering.tour import greedy_tour

Progress = Callable[[str, float], None]
NATS = math.log(2)
BREAKDOWN_IMAGES = 2000


def bound_nats(
    data: DataSet, model: FrozenModel, strategy: str, order: str, samples: int, seed: int
) -> tuple[float, float]:
    """The float model's expected cost, nats an image, and its standard error over samples.

    The order is the un-laned one, its first item priced by the unconditional prior; where a
    permutation is stored (`tour` in `keep`), log2 N! is added; in a `set` it is subtracted.
    """
    arranged = arrange(data, keep=order == "keep")
    if not len(arranged.pixels):
        raise DataError("there are no images to price")
    floats = FloatModel(model)
    priced = _price(floats, arranged.pixels, samples, seed)
    with Workers(1, 256) as workers:
        codes = encode_images(model, arranged.pixels, workers)
    costs = priced.reconstruction_nats + _unlaned_kl(floats, priced, codes, strategy)
    mean, error = mean_and_error(costs * len(arranged.pixels) / data.count)
    return mean + _order_nats(len(codes), data.count, strategy, order), error


def _silent(_stage: str, _share: float) -> None:
    return None


def _price(floats: FloatModel, pixels: Any, samples: int, seed: int) -> Samples:
    noise = np.random.default_rng(seed).standard_normal(
        (samples, len(pixels), floats.config.latent_dim)
    )
    return floats.sample(pixels, noise)


def _unlaned_kl(floats: FloatModel, priced: Samples, codes: Any, strategy: str) -> Any:
    if strategy not in STRATEGIES:
        raise DataError(f"there is no bound for the ordering {strategy!r}")
    if strategy == "tour":
        return floats.schedule_kl(priced, tour_parents(greedy_tour(codes)))
    return priced.unconditional_kl_nats


def _order_nats(distinct: int, count: int, strategy: str, order: str) -> float:
    """What the order adds: log2 N! where a permutation is stored, less that in a set."""
    nats = permutation_bits(distinct) * NATS / count
    if strategy == "set":
        return -nats
    return nats if strategy == "tour" and order == "keep" else 0.0


def bench_dataset(
    data: DataSet,
    model: FrozenModel,
    orderings: Sequence[str] = ("iid", "tour", "set"),
    order: str = "any",
    coder: str = "ans",
    threads: int = 2,
    batch: int = 256,
    samples: int = 4,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Compress, decompress, compare and price `data` once for each ordering.

    Every figure is in nats an image unless its name says otherwise. Raises `DataError` for an
    empty data set.
    """
    check_fit(data, model)
    if not data.count:
        raise DataError("there are no images to bench")
    report = progress or _silent
    arranged = arrange(data, keep=order == "keep")
    report("bound", 0.0)
    floats = FloatModel(model)
    priced = _price(floats, arranged.pixels, samples, seed)
    with Workers(threads, batch) as workers:
        codes = encode_images(model, arranged.pixels, workers)
    unordered = priced.reconstruction_nats + priced.unconditional_kl_nats
    reconstruction, reconstruction_error = mean_and_error(priced.reconstruction_nats)
    options = CompressOptions(order, "auto", coder, threads, batch)
    results = {}
    for ordering in orderings:
        report(ordering, 0.0)
        costs = priced.reconstruction_nats + _unlaned_kl(floats, priced, codes, ordering)
        results[ordering] = _one(
            data, model, replace(options, ordering=ordering), floats, priced, costs, seed, report
        )
    return {
        "images": data.count,
        "distinct": len(arranged.pixels),
        "order": order,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "posterior_samples": samples,
        "seed": seed,
        "reconstruction_nats": reconstruction,
        "reconstruction_standard_error": reconstruction_error,
        "unordered_bound_nats": mean_and_error(unordered)[0],
        "orderings": results,
        **provenance(),
    }


def _one(
    data: DataSet, model: FrozenModel, options: CompressOptions, floats: FloatModel,
    priced: Samples, costs: Any, seed: int, report: Progress,
) -> dict[str, Any]:  # fmt: skip
    share = costs.shape[1] / data.count
    bound, error = mean_and_error(costs * share)
    bound += _order_nats(costs.shape[1], data.count, options.ordering, options.order)
    file = io.BytesIO()
    clock = time.perf_counter()
    stats = compress_dataset(data, model, options, file, report)
    compressed = time.perf_counter() - clock
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.acn"
        path.write_bytes(file.getvalue())
        clock = time.perf_counter()
        back = decompress_archive(path, model, options.threads, options.batch, report)
        decompressed = time.perf_counter() - clock
        sizes = read_header(path).header.shards[0].sizes
    gap = _gap(data, model, options, stats, floats, priced, costs, sizes, bound, seed)
    nats = stats.nats_per_image or math.nan
    return {
        "bound_nats": bound,
        "bound_standard_error": error,
        "kl_bound_nats": bound - float(priced.reconstruction_nats.mean()) * share,
        "ideal_nats": stats.ideal_nats_per_image,
        "file_nats": nats,
        "file_over_bound": nats / bound - 1.0,
        "stack_over_bound": 8 * stats.stack_bytes * NATS / data.count / bound - 1.0,
        "file_bytes": stats.file_bytes,
        "side_bytes": stats.side_bytes,
        "other_bytes": stats.other_bytes,
        "bits_per_image": stats.bits_per_image,
        "restored_exactly": same_data(data, back, options.order),
        "compress_seconds": compressed,
        "decompress_seconds": decompressed,
        "difference_nats": gap,
    }


def _gap(
    data: DataSet, model: FrozenModel, options: CompressOptions, stats: CompressStats,
    floats: FloatModel, priced: Samples, costs: Any, sizes: tuple[int, ...], bound: float,
    seed: int,
) -> dict[str, float]:  # fmt: skip
    """What lies between bound and file, nats an image; the entries add up to file - bound.

    `sampling` is what is left: the stack draws other latents than the bound's samples, and
    the integer steps are measured on a part of the images.
    """
    arranged = arrange(data, keep=options.order == "keep")
    count, images = data.count, len(arranged.pixels)
    with Workers(options.threads, options.batch) as workers:
        codes = encode_images(model, arranged.pixels, workers)
        order = np.arange(images)
        if options.ordering == "tour":
            order = lay_tour(greedy_tour(codes), sizes)
        schedule = build_schedule(options.ordering, sizes)
        at = np.empty(images, np.int64)
        at[order] = np.where(schedule.parents >= 0, order[schedule.parents], -1)
        laned = priced.reconstruction_nats + floats.schedule_kl(priced, at)
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(images, min(images, BREAKDOWN_IMAGES), replace=False))
        noise = rng.standard_normal((len(rows), codes.shape[1]))
        steps = differences(
            model, arranged.pixels[order], codes[order], schedule.parents, rows, noise, workers
        )
    share = images / count
    gap = {"lane_starts": float((laned - costs).mean()) * share}
    gap |= {key: value * share for key, value in steps.items()}
    gap["initial_bits"] = stats.initial_bits * NATS / count
    gap["header"] = 8 * stats.other_bytes * NATS / count
    gap["sampling"] = (stats.nats_per_image or math.nan) - bound - sum(gap.values())
    return gap
