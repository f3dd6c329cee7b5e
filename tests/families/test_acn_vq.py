"""The ACN with a codebook: its decoder sees codes alone, and everything else is an ACN's."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from reading import decoded
from tiny import blobs, frozen, tiny_network, with_tensor

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.engines.choice import VARIABLE
from acncodec.errors import ModelError
from acncodec.families.acn_vq import ACNVQConfig
from acncodec.images import DataSet, ImageSpec
from acncodec.learning.quantised_acn import QuantisedAssociativeCost
from acncodec.learning.recipe import TINY_RECIPE
from acncodec.learning.source import ImageSource, step_generator
from acncodec.models.frozen import FrozenModel

MODEL = frozen(1, "acn-vq")


def written(model: FrozenModel, path: Path, **options: Any) -> bytes:
    pixels = blobs(60, 7)
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)), (), pixels.nbytes)
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    assert same_data(data, decoded(path, model), options.get("order", "keep"))
    return file.getvalue()


@pytest.mark.parametrize("ordering", ["iid", "tour", "set", "urn"])
def test_all_orders_of_an_acn_are_there(
    ordering: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(MODEL, tmp_path / "a.acn", order="any", ordering=ordering, solver="greedy")
    monkeypatch.setenv(VARIABLE, "float64")
    two = written(MODEL, tmp_path / "b.acn", order="any", ordering=ordering, solver="greedy")
    assert one == two


def test_latents_of_the_same_codes_are_the_same_to_the_decoder() -> None:
    quantiser, pixels = MODEL.decoder.conditioner, blobs(2, 1)
    z = MODEL.encoder.codes(pixels)
    codes = quantiser.nearest(z)
    assert codes.shape == (2, 2) and codes.max() < 16
    near = quantiser.codebook[codes].reshape(z.shape).astype(np.int64)
    assert np.array_equal(quantiser.nearest(near), codes)
    assert np.array_equal(MODEL.decoder.score(z, pixels), MODEL.decoder.score(near, pixels))
    assert not np.array_equal(MODEL.decoder.score(z, pixels), MODEL.decoder.score(z + 99, pixels))


def test_the_encoder_learns_through_the_codes_and_the_codebook_moves() -> None:
    source, net = ImageSource(blobs(40, 1)[:, 0]), tiny_network(0, "acn-vq").train()
    objective = QuantisedAssociativeCost(net, source, TINY_RECIPE)
    objective.refresh(step_generator(0, 0))
    kept = net.decoder.conditioner.codebook.clone()
    rows = torch.arange(16)
    _, cost = objective.costs(source.draw(rows, step_generator(0, 0)), rows, step_generator(0, 1))
    cost.sum().backward()
    assert all(value.grad is not None for value in net.encoder.parameters())
    assert not torch.equal(net.decoder.conditioner.codebook, kept)
    assert set(objective.state()) == {"table", "codebook.counts", "codebook.sums"}
    assert 1 <= objective.measures()["perplexity"] <= 16
    net.eval()
    kept = net.decoder.conditioner.codebook.clone()
    objective.refresh(step_generator(0, 2))
    objective.costs(source.draw(rows, step_generator(0, 0)), rows, step_generator(0, 1))
    assert torch.equal(net.decoder.conditioner.codebook, kept)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError, match="multiple of code_features"):
        ACNVQConfig(latent_dim=10, code_features=4)
    with pytest.raises(ModelError, match="2 vectors or more"):
        ACNVQConfig(codes=1)
    with pytest.raises(ModelError, match="where no latent does"):
        with_tensor(MODEL, "decoder.conditioner.codebook", 8192)
