"""The Gaussian grid keeps the contract of a latent space, with a prior network and without."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.latent_space import LatentSpaceContract
from numpy.typing import NDArray

from acncodec.errors import ModelError
from acncodec.latents.gaussian_grid import GaussianGrid
from acncodec.models.frozen import FrozenModel

Ints = NDArray[np.int64]


class TestGaussianGrid(LatentSpaceContract):
    """That of the tiny model."""

    @pytest.fixture(params=["with a network", "without"])
    def space(self, request: pytest.FixtureRequest, tiny_model: FrozenModel) -> GaussianGrid:
        """Its mixture, and its prior network or none."""
        network = tiny_model.prior if request.param == "with a network" else None
        return GaussianGrid(tiny_model.mixture, network)

    @pytest.fixture
    def codes(self, tiny_model: FrozenModel, images: NDArray[np.uint8]) -> Ints:
        """Codes of 40 images."""
        return tiny_model.encoder.codes(images)


def test_a_model_with_an_encoder_has_one(tiny_model: FrozenModel) -> None:
    assert isinstance(tiny_model.latents, GaussianGrid)
    assert tiny_model.latents.shape == (4,) and tiny_model.latents.conditional


def test_without_a_prior_network_no_code_prices_another(tiny_model: FrozenModel) -> None:
    alone = GaussianGrid(tiny_model.mixture, None)
    for ask in (alone.require_network, lambda: alone.prices().pairs(np.zeros((3, 4), np.int64))):
        with pytest.raises(ModelError, match="no prior network"):
            ask()
