"""Frozen networks stay close to the float ones and do not depend on batch or threads."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.latents.gaussian_prices import grid_samples, unconditional_bits
from acncodec.models.build import float_networks
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


def test_codes_are_the_float_codes_rounded_to_the_grid(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    net = float_networks(tiny_model)
    with torch.no_grad():
        real = net.encoder(torch.from_numpy(images).float()).numpy()
    codes = tiny_model.encoder.codes(images)
    assert np.abs(codes / 8 - real).max() < 0.5 / 8 + 0.02
    assert np.abs(codes).max() <= tiny_model.encoder.code_reach


def test_logits_are_close_to_the_float_decoder(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    net = float_networks(tiny_model)
    z = grid_samples(tiny_model.encoder.codes(images), seed=0)
    with torch.no_grad():
        x = torch.from_numpy(images).float()
        real = net.decoder(x, torch.from_numpy(z / 8).float()).flatten(1).numpy()
    exact = tiny_model.decoder.score(z, images) / 1024
    assert np.abs(exact - real).max() < 0.02
    assert np.abs(real).max() > 0.5


def test_prior_parameters_are_close_to_the_float_network(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    net = float_networks(tiny_model)
    codes = tiny_model.encoder.codes(images)
    with torch.no_grad():
        mixture = net.prior(torch.from_numpy(codes / 8).float())
    weights, means, inverses = tiny_model.prior.parameters(codes)
    shape = mixture.means.shape
    assert np.abs(weights.reshape(shape) / 2**14 - mixture.log_weights.exp().numpy()).max() < 2e-3
    reach = tiny_model.prior.reach / 8
    inside = mixture.means.numpy().clip(-reach, reach)
    assert np.abs(means.reshape(shape) / 2**11 - inside).max() < 5e-3
    scales = 2.0**20 / inverses.reshape(shape) / 8
    assert np.abs(scales / mixture.scales.numpy() - 1).max() < 5e-3


def test_mixture_density_is_close_to_the_float_one(tiny_model: FrozenModel) -> None:
    from acncodec.analysis.costs import FullMixture

    rng = np.random.default_rng(0)
    reach = tiny_model.prior.reach // 3
    z = rng.integers(-reach, reach, (200, tiny_model.config.latent_dim))
    real = FullMixture.of(tiny_model).log_prob(z / 8)
    cells = z.shape[1] * np.log(8)
    exact = -unconditional_bits(tiny_model.mixture, z) * np.log(2) + cells
    assert np.abs(exact - real).max() < 0.05


def test_frequencies_do_not_depend_on_batch_or_threads(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    with Workers(2, 256) as two, Workers(1, 7) as one:
        codes = encode_images(tiny_model, images, two)
        assert np.array_equal(codes, encode_images(tiny_model, images, one))
    z = grid_samples(codes, seed=0)
    prior = tiny_model.prior
    whole = prior.distribution(codes).frequencies()
    parts = [prior.distribution(codes[i : i + 7]).frequencies() for i in range(0, len(codes), 7)]
    assert np.array_equal(whole, np.concatenate(parts))
    pixels = tiny_model.decoder.score(z, images)
    single = [tiny_model.decoder.score(z[i : i + 1], images[i : i + 1]) for i in range(len(z))]
    assert np.array_equal(pixels, np.concatenate(single))
