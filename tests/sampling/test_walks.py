"""Styles and walks: each latent in every class, and what lies between two latents."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import frozen

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.run.workers import Workers
from acncodec.sampling import at_levels, levels_drawn, sample, styles, walks
from acncodec.sampling.chains import latents
from acncodec.sampling.walks import between


def test_styles_are_latents_in_every_class() -> None:
    model = frozen(1, "style")
    with Workers(1, 16) as workers:
        drawn = styles(model, 5, 3, workers)
        z = latents(model, 5, 3)
        for label in range(3):
            told = np.full(5, label)
            assert np.array_equal(drawn[:, label], model.renderer.images(z, told, workers))
        assert np.array_equal(styles(model, 2, 3, workers), drawn[:2])
        with pytest.raises(ModelError, match="told no class"):
            styles(frozen(1, "aae"), 5, 3, workers)


def test_a_walk_goes_evenly_from_one_latent_to_another() -> None:
    start, stop = np.array([[0, -10, 7]]), np.array([[8, 10, 7]])
    way = [between(start, stop, step, 4)[0].tolist() for step in range(5)]
    assert way == [[0, -10, 7], [2, -5, 7], [4, 0, 7], [6, 5, 7], [8, 10, 7]]
    back = [between(stop, start, step, 4)[0].tolist() for step in range(5)]
    assert back == way[::-1]


@pytest.mark.parametrize("kind", ["autoencoder", "style", "acn", "vae"])
def test_walks_begin_and_end_at_samples(kind: str) -> None:
    model = frozen(1, kind)
    shares: list[float] = []
    with Workers(1, 16) as one, Workers(2, 3) as other:
        drawn = walks(model, 3, 4, 7, one, shares.append)
        assert np.array_equal(walks(model, 3, 4, 7, other), drawn)
        classes = model.config.classes or 1
        assert drawn.shape == (3, 5, classes, 1, 8, 8) and shares == [0.2, 0.4, 0.6, 0.8, 1.0]
        if kind == "style":
            ends = styles(model, 6, 7, one)
            assert np.array_equal(drawn[:, 0], ends[::2])
            assert np.array_equal(drawn[:, -1], ends[1::2])
        elif kind == "autoencoder":
            ends = sample(model, 6, 7, one)
            assert np.array_equal(drawn[:, 0, 0], ends[::2])
            assert np.array_equal(drawn[:, -1, 0], ends[1::2])
    assert (drawn[:, 0] != drawn[:, -1]).any()


def test_without_latents_there_is_no_walk() -> None:
    with Workers(1, 16) as workers, pytest.raises(ModelError, match="no codes"):
        walks(frozen(1, "pixelcnn"), 1, 4, 7, workers)


def test_shades_have_their_renderers_levels() -> None:
    kind = ImageKind.of((1, 8, 8), 2)
    assert levels_drawn(frozen(1, "aae"), kind) == 256 and levels_drawn(frozen(1), kind) == 2
    with pytest.raises(ModelError, match="is not said"):
        levels_drawn(frozen(1), ImageKind(1, None, None))


def test_images_stand_beside_others_at_their_levels() -> None:
    pixels = np.array([0, 1], np.uint8)
    assert at_levels(pixels, 2, 2) is pixels
    assert at_levels(pixels, 2, 256).tolist() == [0, 255]
    deep = at_levels(np.array([0, 100, 255], np.uint8), 256, 65536)
    assert deep.tolist() == [0, 25700, 65535] and deep.dtype == np.uint16


def test_between_indexes_there_is_no_way() -> None:
    with Workers(1, 16) as workers, pytest.raises(ModelError, match="are indexes"):
        walks(frozen(1, "vqvae"), 1, 4, 7, workers)
