"""The float urn against a direct sum, and its steps to integers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tiny import blobs

from acncodec.analysis.costs import FloatModel
from acncodec.analysis.priced import bound_nats
from acncodec.analysis.urn import UrnSteps, candidates, float_mixtures, urn_kl
from acncodec.contracts.latent_space import UrnRule
from acncodec.errors import DataError
from acncodec.images import DataSet, ImageSpec
from acncodec.latents.urn import CANDIDATES
from acncodec.models.frozen import FrozenModel
from acncodec.parts.prior_network.net import POSTERIOR_ENTROPY


@pytest.mark.parametrize("rule", [UrnRule(2), UrnRule(5, 12)])
def test_a_small_urn_is_the_whole_sum(tiny_model: FrozenModel, rule: UrnRule) -> None:
    floats, count = FloatModel(tiny_model), 20
    pixels = blobs(count, 1)
    codes = tiny_model.encoder.codes(pixels)
    samples = floats.sample(pixels, np.random.default_rng(0).standard_normal((2, count, 4)))
    order = np.random.default_rng(1).permutation(count)
    starts = np.arange(count) // 3 * 3
    kl = urn_kl(floats, samples, codes, rule, order, starts)
    entropy = 4 * POSTERIOR_ENTROPY
    for position in (0, 3, 11, 19):
        item = order[position]
        before = order[: starts[position]]
        z = samples.z[1, item]
        total = rule.alpha * math.exp(-samples.unconditional_kl_nats[1, item] - entropy)
        if rule.kernel:
            scale = rule.kernel / 8
            t = (z - samples.codes[before]) / scale
            total += np.exp(
                -0.5 * (t**2).sum(1) - 4 * math.log(scale * math.sqrt(2 * math.pi))
            ).sum()
        else:
            tiled = np.tile(z, (len(before), 1))
            total += np.exp(-floats.conditional_kl(tiled, samples.codes[before]) - entropy).sum()
        expected = -math.log(total / (rule.alpha + len(before))) - entropy
        assert kl[1, item] == pytest.approx(expected)


def test_candidates_are_padded_and_come_before(tiny_model: FrozenModel) -> None:
    codes = np.random.default_rng(0).integers(-50, 50, (200, 4))
    starts = np.array([0, 3, 200])
    found = candidates(tiny_model.latents.prices(), codes[[5, 1, 7]], codes, starts)
    assert found.shape == (3, CANDIDATES)
    assert (found[0] == -1).all()
    assert sorted(found[1, :3].tolist()) == [0, 1, 2] and found[1, 0] == 1
    assert (found[1, 3:] == -1).all()
    assert found[2, 0] == 7 and len(set(found[2].tolist())) == CANDIDATES


def test_steps_are_close_to_one_another(tiny_model: FrozenModel) -> None:
    floats = FloatModel(tiny_model)
    pixels = blobs(300, 2)
    codes, real = tiny_model.encoder.codes(pixels), floats.codes(pixels)
    starts = np.repeat([0, 50, 150], [50, 100, 150])
    noise = np.random.default_rng(0).standard_normal(real.shape)
    z = codes + np.rint(noise * 8).astype(np.int64)
    for rule in (UrnRule(30), UrnRule(1, 10)):
        steps = UrnSteps(tiny_model, floats, rule, real, codes, starts)(real + noise, z)
        steps[1:] -= 300 * 4 * (POSTERIOR_ENTROPY / math.log(2) + 3)
        assert np.abs(np.diff(steps)).max() < 0.1 * 300


def test_mixtures_of_a_kernel_have_its_width(tiny_model: FrozenModel) -> None:
    mixture = float_mixtures(FloatModel(tiny_model), np.ones((2, 4)), UrnRule(1, 16))
    assert (mixture.scales == 2.0).all() and mixture.means.shape == (2, 4, 1)


def test_an_urns_bound_needs_its_rule(tiny_model: FrozenModel) -> None:
    data = DataSet(blobs(30, 5), ImageSpec("x", "uint8", "nhw", (0, 1)))
    with pytest.raises(DataError, match="alpha"):
        bound_nats(data, tiny_model, "urn", "any", 1, 0)
    alone = bound_nats(data, tiny_model, "set", "any", 1, 0)[0]
    faint = bound_nats(data, tiny_model, "urn", "any", 1, 0, rule=UrnRule(2**32 - 1))[0]
    assert faint == pytest.approx(alone, abs=1e-3)
