"""Bounds: a data set priced by the float model once, for all orderings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel, Samples, mean_and_error, tour_parents
from acncodec.analysis.urn import urn_kl
from acncodec.codec import NATS, check_priced
from acncodec.contracts.latent_space import UrnRule
from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.choose import check_strategy
from acncodec.ordering.strategies import STRATEGIES
from acncodec.ordering.tours import solve_path
from acncodec.run.workers import Workers
from acncodec.shards.arrange import arrange
from acncodec.stack.orders import permutation_bits


@dataclass(frozen=True, eq=False)
class Priced:
    """A data set priced once, for all orderings: its distinct images (U, C, H, W), their exact
    codes (U, D), and the float model's costs of them on posterior samples."""

    data: DataSet
    model: FrozenModel
    order: str
    pixels: NDArray[Any]
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
        check_strategy(strategy, self.model.latents.conditional)
        kl = self.samples.unconditional_kl_nats
        if STRATEGIES[strategy].searches:
            tour = solve_path(self.floats.prices, self.codes, solver)
            kl = self.floats.schedule_kl(self.samples, tour_parents(tour))
        if STRATEGIES[strategy].ruled:
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
        if STRATEGIES[strategy].gives_up_order:
            return mean - order_nats, error
        stored = STRATEGIES[strategy].searches and self.order == "keep"
        return mean + (order_nats if stored else 0.0), error


def price(
    data: DataSet, model: FrozenModel, order: str, samples: int, seed: int, workers: Workers
) -> Priced:
    """Draw `samples` latents for each distinct image and price them.

    Raises `ModelError` if the model does not fit or has no likelihood, `DataError` if there are no
    images.
    """
    check_priced(data, model)
    if not data.count:
        raise DataError("there are no images to price")
    pixels = arrange(data, keep=order == "keep").pixels
    floats = FloatModel(model, workers.threads, data.levels)
    shape = samples, len(pixels), *model.latents.shape
    drawn = floats.sample(pixels, np.random.default_rng(seed).standard_normal(shape))
    codes = encode_images(model, pixels, workers, data.levels)
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
