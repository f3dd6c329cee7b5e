"""Latents and pixels follow the exact frequencies, however the work is divided."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.arithmetic.tables import TOTAL
from acncodec.heads.bernoulli import Binary
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling.draws import Purpose, stream, uniforms
from acncodec.sampling.images import draw_conditional, draw_pixels, draw_unconditional

COUNT = 40


def latents(model: FrozenModel) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    uniform = uniforms(stream(1, Purpose.LATENTS), COUNT, 1 + model.config.latent_dim)
    return draw_unconditional(model.latents, uniform)


def test_each_pixel_is_one_where_its_frequencies_say_so(tiny_model: FrozenModel) -> None:
    decoder, z = tiny_model.decoder, latents(tiny_model)
    uniform = uniforms(stream(1, Purpose.PIXELS), COUNT, decoder.height * decoder.width)
    with Workers(1, 64) as workers:
        pixels = draw_pixels(tiny_model.likelihood, z, uniform, workers)
    # Scored in parallel, knowing all pixels: what was drawn one by one must agree with it.
    zeros = Binary.of_logits(decoder.score(z, pixels).ravel()).frequencies()[:, 0]
    assert np.array_equal(pixels.ravel(), uniform.ravel() >= zeros)
    assert pixels.shape == (COUNT, 1, 8, 8)
    assert 0.0 < pixels.mean() < 1.0


@pytest.mark.parametrize(("threads", "batch"), [(1, 1), (1, 7), (2, 256), (3, 5)])
def test_threads_and_batch_change_no_pixel(
    tiny_model: FrozenModel, threads: int, batch: int
) -> None:
    decoder, z = tiny_model.decoder, latents(tiny_model)
    uniform = uniforms(stream(1, Purpose.PIXELS), COUNT, decoder.height * decoder.width)
    with Workers(1, COUNT) as workers:
        expected = draw_pixels(tiny_model.likelihood, z, uniform, workers)
    with Workers(threads, batch) as workers:
        assert np.array_equal(draw_pixels(tiny_model.likelihood, z, uniform, workers), expected)


def test_the_ends_of_the_uniform_integers_give_the_likely_and_unlikely_values(
    tiny_model: FrozenModel,
) -> None:
    decoder, z = tiny_model.decoder, latents(tiny_model)[:3]
    shape = 3, decoder.height * decoder.width
    with Workers(1, 8) as workers:
        assert not draw_pixels(tiny_model.likelihood, z, np.zeros(shape, np.int64), workers).any()
        assert draw_pixels(tiny_model.likelihood, z, np.full(shape, TOTAL - 1), workers).all()


def test_no_latents_no_images(tiny_model: FrozenModel) -> None:
    none = np.zeros((0, tiny_model.config.latent_dim), np.int64)
    with Workers(1, 8) as workers:
        drawn = draw_pixels(tiny_model.likelihood, none, np.zeros((0, 64), np.int64), workers)
    assert drawn.shape == (0, 1, 8, 8)


def test_unconditional_latents_follow_component_and_regressions(tiny_model: FrozenModel) -> None:
    mixture, dim = tiny_model.mixture, tiny_model.config.latent_dim
    uniform = uniforms(stream(4, Purpose.LATENTS), 300, 1 + dim)
    z = draw_unconditional(tiny_model.latents, uniform)
    ends = np.cumsum(mixture.frequencies)
    component = np.searchsorted(ends, uniform[:, 0], side="right")
    assert set(component) == {0, 1, 2}
    for row in (0, 17, 299):
        for d in range(dim):
            rows = slice(row, row + 1)
            given = mixture.dimension_given(z[rows], component[rows], d).frequencies()[0]
            index = z[row, d] + mixture.reach
            below = given[:index].sum()
            assert below <= uniform[row, 1 + d] < below + given[index]


def test_conditional_latents_follow_the_prior_of_each_code(tiny_model: FrozenModel) -> None:
    prior, dim = tiny_model.prior, tiny_model.config.latent_dim
    codes = latents(tiny_model).clip(-20, 20)
    uniform = uniforms(stream(5, Purpose.LATENTS), COUNT, dim)
    z = draw_conditional(tiny_model.latents, codes, uniform)
    index = (z + prior.reach).ravel()
    frequencies = prior.distribution(codes).frequencies()
    ends = np.cumsum(frequencies, 1)[np.arange(len(index)), index]
    starts = ends - frequencies[np.arange(len(index)), index]
    assert ((starts <= uniform.ravel()) & (uniform.ravel() < ends)).all()
