"""The urn's pool and its explanations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from acncodec.arithmetic.tables import TOTAL
from acncodec.contracts.latent_space import UrnRule
from acncodec.latents.codecs import UnconditionalPrior
from acncodec.latents.urn import CANDIDATES, START_BITS, Pool, explain
from acncodec.models.frozen import FrozenModel


@pytest.mark.parametrize(
    ("alpha", "count", "share"),
    [
        (1, 0, TOTAL),
        (7, 0, TOTAL),
        (1, 1, TOTAL // 2),
        (1, 3, TOTAL // 4),
        (2**32 - 1, 1, TOTAL - 1),
        (1, 2**17, 127),
        (10_000, 10_000, TOTAL // 2),
    ],
)
def test_the_share_of_the_unconditional_prior(alpha: int, count: int, share: int) -> None:
    assert UrnRule(alpha).fresh(count) == share


@pytest.mark.parametrize("kernel", [0, 12])
def test_a_pool_does_not_depend_on_how_it_was_filled(tiny_model: FrozenModel, kernel: int) -> None:
    codes = np.random.default_rng(0).integers(-60, 60, (1100, 4))
    whole = Pool(tiny_model.prior, 4, kernel, 1100)
    parts = Pool(tiny_model.prior, 4, kernel, 1100)
    whole.add(codes)
    for start, stop in ((0, 1), (1, 700), (700, 700), (700, 1100)):
        parts.add(codes[start:stop])
    assert whole.count == parts.count == 1100
    for name in ("codes", "weights", "means", "inverses"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_a_kernel_is_a_gaussian_around_the_code(tiny_model: FrozenModel) -> None:
    pool = Pool(tiny_model.prior, 4, 12, 1)
    pool.add(np.array([[3, -20, 0, 50]]))
    z = np.array([[0, -10, 9, 44]])
    found = explain(z, tiny_model.mixture, pool, np.zeros(1, np.int64), TOTAL, 1 << START_BITS)
    log2 = found.log2(4)[0, -1]
    points = (z - pool.codes)[0]
    mass = norm.cdf((points + 0.5) / 12) - norm.cdf((points - 0.5) / 12)
    assert log2 == pytest.approx(np.log2(mass).sum(), rel=1e-3)


def test_explanations_are_components_then_the_nearest(tiny_model: FrozenModel) -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(-60, 60, (200, 4))
    pool = Pool(tiny_model.prior, 4, 0, 200)
    pool.add(codes)
    rows = rng.permutation(200)[:150]
    z = rng.integers(-70, 70, (5, 4))
    parts = tiny_model.mixture.components
    found = explain(z, tiny_model.mixture, pool, rows, TOTAL // 2, (1 << 47) // 150)
    assert found.candidates.shape == (5, CANDIDATES)
    posterior = found.posterior().frequencies()
    assert posterior.shape == (5, parts + CANDIDATES) and (posterior.sum(1) == TOTAL).all()
    joint = np.exp2(found.log2(4))
    share = joint / joint.sum(1, keepdims=True)
    assert np.abs(posterior / TOTAL - share).max() < 1e-5
    alone = explain(z, tiny_model.mixture, pool, rows[:0], TOTAL, 0)
    assert alone.candidates.shape == (5, 0)
    # Half the prior probability is a bit more.
    assert np.allclose(alone.log2(4) - found.log2(4)[:, :parts], 1.0, atol=1e-6)


def test_without_earlier_items_it_is_the_unconditional_prior(tiny_model: FrozenModel) -> None:
    codes = np.random.default_rng(2).integers(-60, 60, (200, 4))
    pool = Pool(tiny_model.prior, 4, 0, 1)
    found = explain(codes, tiny_model.mixture, pool, np.zeros(0, np.int64), TOTAL, 0)
    bits = -np.logaddexp2.reduce(found.log2(4), 1).sum()
    # That one's posterior is rounded to logarithms of 2^-10, which costs a little.
    wanted = UnconditionalPrior(tiny_model.mixture, 200, 4).bits(codes)
    assert bits == pytest.approx(wanted, rel=1e-3)
