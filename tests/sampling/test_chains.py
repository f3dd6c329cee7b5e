"""Samples, reconstructions and daydreams: seeds, shapes, and what follows from what."""

from __future__ import annotations

import numpy as np
import pytest
from level_sets import tiny_acn
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling import chains, daydream, draw_conditional, draw_pixels, reconstruct, sample
from acncodec.sampling.draws import Purpose, stream, uniforms

Pixels = NDArray[np.uint8]


def test_a_seed_gives_the_same_samples_and_another_one_others(tiny_model: FrozenModel) -> None:
    with Workers(1, 16) as one, Workers(2, 3) as other:
        first = sample(tiny_model, 35, 4, one)
        assert np.array_equal(sample(tiny_model, 35, 4, other), first)
        assert not np.array_equal(sample(tiny_model, 35, 5, one), first)
    assert first.shape == (35, 1, 8, 8)
    assert first.dtype == np.uint8
    assert len({image.tobytes() for image in first}) > 20


def test_fewer_samples_are_the_first_of_more(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    with Workers(1, 16) as workers:
        many = sample(tiny_model, 20, 4, workers)
        assert np.array_equal(sample(tiny_model, 6, 4, workers), many[:6])
        monkeypatch.setattr(chains, "LOT", 7)
        assert np.array_equal(sample(tiny_model, 20, 4, workers, shares.append), many)
    assert shares == [7 / 20, 14 / 20, 1.0]


def test_reconstructions_are_drawn_from_the_code(tiny_model: FrozenModel, images: Pixels) -> None:
    with Workers(1, 16) as workers:
        drawn = reconstruct(tiny_model, images[:5], 3, 1, workers)
        codes = tiny_model.encoder.codes(images[:5])
        uniform = uniforms(stream(1, Purpose.PIXELS), 15, 64)
        expected = draw_pixels(tiny_model.likelihood, codes.repeat(3, 0), uniform, workers)
    assert drawn.shape == (5, 3, 1, 8, 8)
    assert np.array_equal(drawn.reshape(expected.shape), expected)


def test_each_image_of_a_daydream_is_drawn_given_the_code_of_the_one_before(
    tiny_model: FrozenModel, images: Pixels
) -> None:
    with Workers(1, 16) as workers:
        dreamt = daydream(tiny_model, images[:4], 3, 9, workers)
        assert dreamt.shape == (4, 4, 1, 8, 8)
        assert np.array_equal(dreamt[:, 0], images[:4])
        for step in range(3):
            codes = tiny_model.encoder.codes(np.ascontiguousarray(dreamt[:, step]))
            uniform = uniforms(stream(9, Purpose.LATENTS, step), *codes.shape)
            z = draw_conditional(tiny_model.latents, codes, uniform)
            uniform = uniforms(stream(9, Purpose.PIXELS, step), 4, 64)
            expected = draw_pixels(tiny_model.likelihood, z, uniform, workers)
            assert np.array_equal(dreamt[:, step + 1], expected)
        longer = daydream(tiny_model, images[:4], 4, 9, workers)
        assert np.array_equal(longer[:, :4], dreamt)


@pytest.mark.parametrize(("channels", "levels"), [(1, 1000), (3, 256)])
def test_models_of_any_size_draw_images_of_any_kind(
    channels: int, levels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, kind = tiny_acn(channels), ImageKind(channels, levels, (5, 3))
    with Workers(1, 16) as one, Workers(2, 3) as other:
        many = sample(model, 40, 4, one, images=kind)
        assert np.array_equal(sample(model, 40, 4, other, images=kind), many)
        monkeypatch.setattr(chains, "LOT", 7)
        assert np.array_equal(sample(model, 9, 4, one, images=kind), many[:9])
        drawn = reconstruct(model, many[:4], 2, 4, one, levels=levels)
        dreamt = daydream(model, many[:4], 2, 4, one, levels=levels)
        for missing in (reconstruct, daydream):
            with pytest.raises(ModelError, match="is not said"):
                missing(model, many[:4], 2, 4, one)
        with pytest.raises(ModelError, match="one size"):
            sample(model, 2, 4, one)
        with pytest.raises(ModelError, match="codes images of"):
            sample(model, 2, 4, one, images=ImageKind(channels + 1, levels, (5, 3)))
    assert many.shape == (40, channels, 5, 3)
    assert many.dtype == (np.uint8 if levels <= 256 else np.uint16)
    assert levels / 2 < many.max() < levels and len({image.tobytes() for image in many}) == 40
    assert drawn.shape == (4, 2, channels, 5, 3) and dreamt.shape == (4, 3, channels, 5, 3)
    assert drawn.dtype == dreamt.dtype == many.dtype and np.array_equal(dreamt[:, 0], many[:4])


def test_images_of_another_shape_are_refused(tiny_model: FrozenModel, images: Pixels) -> None:
    cut = np.ascontiguousarray(images[:, :, :7])
    with Workers(1, 16) as workers:
        with pytest.raises(
            ModelError, match=r"\(1, 8, 8\) images of 2 levels, not images of shape \(1, 7, 8\)"
        ):
            reconstruct(tiny_model, cut, 1, 1, workers)
        with pytest.raises(ModelError, match="not images of shape"):
            daydream(tiny_model, cut, 1, 1, workers)
