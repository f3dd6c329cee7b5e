"""Codebooks: whose they are, and colours that say which vectors are alike."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import frozen
from tiny_codes import tiny_vqvae

from acncodec.analysis.codebook import Taken, code_colours, maps_of, taken
from acncodec.errors import ModelError


def test_a_model_without_a_codebook_says_so() -> None:
    assert maps_of(tiny_vqvae(1)).map_size == (2, 2)
    with pytest.raises(ModelError, match="no maps of indexes into a codebook"):
        maps_of(frozen(1))


def test_like_vectors_have_like_colours() -> None:
    rng = np.random.default_rng(0)
    groups = rng.normal(0, 10, (3, 5)).repeat(4, 0)
    colours = code_colours(groups + rng.normal(0, 0.1, groups.shape)).astype(int)
    assert len(np.unique(colours, axis=0)) == 12
    apart = np.abs(colours[:, None] - colours[None]).sum(2)
    same = np.arange(12)[:, None] // 4 == np.arange(12)[None] // 4
    assert apart[same].mean() < 0.6 * apart[~same].mean()


def test_few_vectors_or_entries_have_colours_too() -> None:
    colours = code_colours(np.array([[0], [3], [1]], np.int16))
    assert colours.shape == (3, 3) and list(colours[:, 0].argsort()) == [0, 2, 1]
    assert (colours[:, 1] == colours[0, 1]).all()


def test_a_map_of_codes_takes_those_that_stand_in_it() -> None:
    codes = np.array([[0, 1, 2, 3], [3, 2, 1, 0]])
    assert taken(tiny_vqvae(1), codes) == Taken(6, pytest.approx(4.0))
    assert taken(tiny_vqvae(1), codes * 0 + 5) == Taken(6, pytest.approx(1.0))


def test_latents_take_the_vectors_that_the_decoder_sees_in_their_place() -> None:
    model = frozen(1, "acn-vq")
    codebook = model.decoder.conditioner.codebook.astype(np.int64)
    lone = len(np.unique(codebook, axis=0))
    found = taken(model, codebook.reshape(-1, *model.latents.shape))
    assert found == Taken(16, pytest.approx(lone))


def test_where_there_is_no_codebook_none_is_taken() -> None:
    for kind in ("acn", "vae", "pixelcnn"):
        model = frozen(1, kind)
        assert taken(model, np.zeros((3, *model.latents.shape), np.int64)) is None
