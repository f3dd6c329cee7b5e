"""Maps of codes are latents that are certain: nothing is drawn, a causal network prices them."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.latent_space import LatentSpaceContract
from invertibility import check_invertibility, random_stack
from numpy.typing import NDArray
from tiny_codes import tiny_vqvae

from acncodec.contracts.latent_space import LatentSpace
from acncodec.errors import CoderError

Ints = NDArray[np.int64]


class TestCodeMaps(LatentSpaceContract):
    """Maps of 2x2 of 6 codes."""

    @pytest.fixture
    def space(self) -> LatentSpace:
        """That of a tiny model."""
        return tiny_vqvae(1).latents

    @pytest.fixture
    def codes(self) -> Ints:
        """40 of them."""
        return np.random.default_rng(0).integers(0, 6, (40, 4))


def test_the_prior_inverts_and_tells_places_apart() -> None:
    space, rng = tiny_vqvae(3, height=9, width=7).latents, np.random.default_rng(1)
    z = rng.integers(0, 6, (300, 6))
    check_invertibility(space.prior(300), z)
    alone = space.prior(1)
    bits = [alone.bits(row[None]) for row in z[:20]]
    assert space.prices().unconditional(z[:20]) == pytest.approx(bits, abs=1e-6)
    turned = space.prices().unconditional(z[:20, ::-1])
    assert not np.allclose(turned, bits)


def test_its_probabilities_sum_to_one() -> None:
    space = tiny_vqvae(1, height=4, width=8).latents  # maps of 1x2
    z = np.stack(np.meshgrid(range(6), range(6)), -1).reshape(-1, 2)
    assert np.exp2(-space.prices().unconditional(z)).sum() == pytest.approx(1, abs=1e-5)


def test_points_are_vectors_place_after_place() -> None:
    model = tiny_vqvae(1)
    z = np.array([[0, 5, 2, 2]])
    points = model.latents.points(z).reshape(4, 3)
    assert np.array_equal(points, model.encoder.codebook[z[0]])


def test_what_is_no_code_is_refused() -> None:
    space = tiny_vqvae(1).latents
    with pytest.raises(CoderError):
        space.prior(1).push(random_stack(9, 0), np.array([[0, 1, 2, 6]]))
