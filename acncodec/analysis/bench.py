"""Bound, ideal and file side by side, for one data set and several orderings."""

from __future__ import annotations

import io
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.breakdown import ParentSteps, differences
from acncodec.analysis.costs import FloatModel, Samples, mean_and_error, tour_parents
from acncodec.analysis.provenance import provenance
from acncodec.analysis.urn import UrnSteps, urn_kl
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
from acncodec.exact.urn import UrnRule
from acncodec.images import DataSet
from acncodec.ordering.schedule import SETS, STRATEGIES, build_schedule, lay_tour
from acncodec.ordering.solve import solve_path, solve_tour
from acncodec.ordering.strategies import check_strategy, permutation_bits, strategies_for

Progress = Callable[[str, float], None]
NATS = math.log(2)
BREAKDOWN_IMAGES = 2000


@dataclass(frozen=True, eq=False)
class Priced:
    """A data set priced once, for all orderings: its distinct images (U, C, H, W), their exact
    codes (U, D), and the float model's costs of them on posterior samples."""

    data: DataSet
    model: FrozenModel
    order: str
    pixels: NDArray[np.uint8]
    codes: NDArray[np.int64]
    floats: FloatModel
    samples: Samples
    seed: int

    @property
    def share(self) -> float:
        """Distinct images among all: costs are of the former, figures an image of the latter."""
        return len(self.pixels) / self.data.count

    def set_order(self) -> NDArray[np.int64]:
        """A random order (U,), as the stack of an urn would choose one."""
        return np.random.default_rng(self.seed).permutation(len(self.pixels))

    def unlaned_costs(
        self, strategy: str, solver: str, rule: UrnRule | None = None
    ) -> NDArray[np.float64]:
        """Nats of each sample and distinct image, (S, U), in the un-laned order of `solver`."""
        if strategy not in STRATEGIES:
            raise DataError(f"there is no bound for the ordering {strategy!r}")
        check_strategy(self.model, strategy)
        kl = self.samples.unconditional_kl_nats
        if strategy == "tour":
            tour = solve_path(self.model, self.codes, solver)
            kl = self.floats.schedule_kl(self.samples, tour_parents(tour))
        if strategy == "urn":
            if rule is None:
                raise DataError("the bound of an urn depends on its alpha and kernel")
            starts = np.arange(len(self.pixels))
            order = self.set_order()
            kl = urn_kl(self.floats, self.samples, self.codes, rule, order, starts)
        return self.samples.reconstruction_nats + kl

    def bound(self, costs: NDArray[np.float64], strategy: str) -> tuple[float, float]:
        """The bound that `costs` (S, U) and the order add up to, and its standard error."""
        mean, error = mean_and_error(costs * self.share)
        order_nats = permutation_bits(len(self.pixels)) * NATS / self.data.count
        if strategy in SETS:
            return mean - order_nats, error
        stored = strategy == "tour" and self.order == "keep"
        return mean + (order_nats if stored else 0.0), error


def price(
    data: DataSet, model: FrozenModel, order: str, samples: int, seed: int, workers: Workers
) -> Priced:
    """Draw `samples` latents for each distinct image and price them.

    Raises `ModelError` if the model does not fit, `DataError` if there are no images.
    """
    check_fit(data, model)
    if not data.count:
        raise DataError("there are no images to price")
    pixels = arrange(data, keep=order == "keep").pixels
    floats = FloatModel(model)
    shape = samples, len(pixels), model.config.latent_dim
    drawn = floats.sample(pixels, np.random.default_rng(seed).standard_normal(shape))
    codes = encode_images(model, pixels, workers)
    return Priced(data, model, order, pixels, codes, floats, drawn, seed)


def bound_nats(
    data: DataSet, model: FrozenModel, strategy: str, order: str, samples: int, seed: int,
    solver: str = "improved", rule: UrnRule | None = None,
) -> tuple[float, float]:  # fmt: skip
    """The float model's expected cost, nats an image, and its standard error over samples.

    The order is the un-laned one that `solver` finds, its first item priced by the unconditional
    prior; where a permutation is stored (`tour` in `keep`), log2 N! is added; in a `set` or an
    `urn` it is subtracted. An urn needs its rule.
    """
    with Workers(1, 256) as workers:
        priced = price(data, model, order, samples, seed, workers)
    return priced.bound(priced.unlaned_costs(strategy, solver, rule), strategy)


def _silent(_stage: str, _share: float) -> None:
    return None


def bench_dataset(
    data: DataSet,
    model: FrozenModel,
    orderings: Sequence[str] | None = None,
    order: str = "any",
    coder: str = "ans",
    threads: int = 2,
    batch: int = 256,
    samples: int = 4,
    seed: int = 0,
    progress: Progress | None = None,
    solver: str = "improved",
    device: str = "cpu",
) -> dict[str, Any]:
    """Compress, decompress, compare and price `data` once for each ordering.

    Without `orderings`, all that go with the model and the order. Every figure is in nats an
    image unless its name says otherwise. Raises `DataError` for an empty data set, `CoderError`
    for an ordering that the model cannot have.
    """
    if orderings is None:
        orderings = strategies_for(model, keep=order == "keep")
    for ordering in orderings:
        check_strategy(model, ordering)
    report = progress or _silent
    report("bound", 0.0)
    with Workers(threads, batch) as workers:
        priced = price(data, model, order, samples, seed, workers)
    drawn, share = priced.samples, priced.share
    reconstruction, error = mean_and_error(drawn.reconstruction_nats * share)
    unordered = (drawn.reconstruction_nats + drawn.unconditional_kl_nats) * share
    options = CompressOptions(order, "auto", coder, threads, batch, solver=solver, device=device)
    results = {}
    for ordering in orderings:
        report(ordering, 0.0)
        results[ordering] = _one(priced, replace(options, ordering=ordering), report)
    return {
        "images": data.count,
        "distinct": len(priced.pixels),
        "order": order,
        "solver": solver,
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
        back = decompress_archive(
            path, model, options.threads, options.batch, report, options.device
        )
        decompressed = time.perf_counter() - clock
        sizes = read_header(path).header.shards[0].sizes
    rule = None if stats.alpha is None else UrnRule(stats.alpha, stats.kernel or 0)
    costs = priced.unlaned_costs(options.ordering, options.solver, rule)
    bound, error = priced.bound(costs, options.ordering)
    nats = stats.nats_per_image or math.nan
    gap = _gap(priced, options, stats, costs, sizes, rule)
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


def _gap(
    priced: Priced,
    options: CompressOptions,
    stats: CompressStats,
    costs: NDArray[np.float64],
    sizes: tuple[int, ...],
    rule: UrnRule | None,
) -> dict[str, float]:
    """What lies between bound and file, nats an image, but for `sampling`.

    That is what is left: the stack draws other latents than the bound's samples, and the
    integer steps are measured on a part of the images.
    """
    codes, floats, drawn = priced.codes, priced.floats, priced.samples
    images, count = len(codes), priced.data.count
    schedule = build_schedule(options.ordering, sizes)
    rng = np.random.default_rng(priced.seed)
    rows = np.sort(rng.choice(images, min(images, BREAKDOWN_IMAGES), replace=False))
    noise = rng.standard_normal((len(rows), codes.shape[1]))
    if rule is not None:
        order, starts = priced.set_order(), np.repeat(schedule.starts, sizes)
        laned = urn_kl(floats, drawn, codes, rule, order, starts)
        prior: ParentSteps | UrnSteps = UrnSteps(
            priced.model, floats, rule, drawn.codes[order], codes[order], starts[rows]
        )
    else:
        order = np.arange(images)
        if options.ordering == "tour":
            order = lay_tour(solve_tour(priced.model, codes, sizes, options.solver), sizes)
        parents = np.empty(images, np.int64)
        parents[order] = np.where(schedule.parents >= 0, order[schedule.parents], -1)
        laned = floats.schedule_kl(drawn, parents)
        given = parents[order[rows]]
        prior = ParentSteps(priced.model, floats, drawn.codes[given], codes[given], given >= 0)
    items = order[rows]
    with Workers(options.threads, options.batch) as workers:
        steps = differences(
            priced.model, floats, prior, drawn.codes[items], priced.pixels[items], codes[items],
            noise, workers,
        )  # fmt: skip
    laned = drawn.reconstruction_nats + laned
    gap = {"lane_starts": float((laned - costs).mean()) * priced.share}
    gap |= {key: value * priced.share for key, value in steps.items()}
    gap["initial_bits"] = stats.initial_bits * NATS / count
    gap["header"] = 8 * stats.other_bytes * NATS / count
    return gap
