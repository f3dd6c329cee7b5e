"""What lies between a bound and the file that realises it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.breakdown import CertainSteps, ParentSteps, differences
from acncodec.analysis.priced import Priced
from acncodec.analysis.urn import UrnSteps, urn_kl
from acncodec.codec import NATS, CompressOptions, CompressStats
from acncodec.contracts.latent_space import UrnRule
from acncodec.ordering.schedule import lay_tour
from acncodec.ordering.strategies import STRATEGIES
from acncodec.ordering.tours import solve_tour
from acncodec.run.workers import Workers

BREAKDOWN_IMAGES = 2000
"""The integer steps are measured on at most this many images."""


def gap_to_file(
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

    Args:
        options: how the file was made; its ordering, solver, threads and batch are used.
        stats: of that file.
        costs: the bound's costs in nats, (S, U), as `Priced.unlaned_costs` has them.
        sizes: images of each batch of the file.
        rule: of an urn, else None.
    """
    codes, floats, drawn = priced.codes, priced.floats, priced.samples
    images, count = len(codes), priced.data.count
    strategy = STRATEGIES[options.ordering]
    schedule = strategy.schedule(sizes)
    rng = np.random.default_rng(priced.seed)
    rows = np.sort(rng.choice(images, min(images, BREAKDOWN_IMAGES), replace=False))
    noise = rng.standard_normal((len(rows), codes.shape[1]))
    if rule is not None:
        order, starts = priced.set_order(), np.repeat(schedule.starts, sizes)
        laned = urn_kl(floats, drawn, codes, rule, order, starts)
        prior: ParentSteps | UrnSteps | CertainSteps = UrnSteps(
            priced.model, floats, rule, drawn.codes[order], codes[order], starts[rows]
        )
    else:
        order = np.arange(images)
        if strategy.searches:
            tour = solve_tour(priced.floats.prices, codes, sizes, options.solver)
            order = lay_tour(tour, sizes)
        parents = np.empty(images, np.int64)
        parents[order] = np.where(schedule.parents >= 0, order[schedule.parents], -1)
        laned = floats.schedule_kl(drawn, parents)
        given = parents[order[rows]]
        prior = ParentSteps(priced.model, floats, drawn.codes[given], codes[given], given >= 0)
    if floats.certain:
        prior = CertainSteps(priced.model, floats)
    items = order[rows]
    with Workers(options.threads, options.batch) as workers:
        steps = differences(
            priced.model, floats, prior, drawn.codes[items], priced.pixels[items],
            priced.data.levels, codes[items], noise, workers,
        )  # fmt: skip
    laned = drawn.reconstruction_nats + laned
    gap = {"lane_starts": float((laned - costs).mean()) * priced.share}
    gap |= {key: value * priced.share for key, value in steps.items()}
    gap["initial_bits"] = stats.initial_bits * NATS / count
    gap["header"] = 8 * stats.other_bytes * NATS / count
    return gap
