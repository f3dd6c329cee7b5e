"""What analysis asks of a model's latents beyond the contract: the integers of Gaussian priors."""

from __future__ import annotations

from acncodec.errors import ModelError
from acncodec.latents.gaussian_prices import GaussianPrices
from acncodec.models.frozen import FrozenModel


def gaussian_prices(model: FrozenModel) -> GaussianPrices:
    """The prices of its latents. Raises `ModelError` unless they lie on a Gaussian grid."""
    prices = model.latents.prices()
    if not isinstance(prices, GaussianPrices):
        raise ModelError(f"model {model.name} has no Gaussian latents")
    return prices
