"""Latents of 64 dimensions through whole files: an image takes more than one digest has."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from reading import decoded
from tiny import blobs, frozen

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_archive
from acncodec.families.registry import find_preset
from acncodec.images import DataSet, ImageSpec
from acncodec.learning.networks import FloatNetworks
from acncodec.models.frozen import FrozenModel

DIMENSIONS = 64


def wide_network(seed: int) -> FloatNetworks:
    """An untrained tiny network with many latents."""
    torch.manual_seed(seed)
    family, preset = find_preset("tiny")
    return family.build(replace(preset.config.sized(8, 8), latent_dim=DIMENSIONS)).eval()


@pytest.fixture(scope="module")
def wide_model() -> FrozenModel:
    """Its frozen form."""
    return frozen(1, network=wide_network)


@pytest.mark.parametrize(
    ("order", "ordering"),
    [("keep", "iid"), ("keep", "tour"), ("any", "set"), ("any", "urn"), ("any", "auto")],
)
def test_they_come_back_with_as_much_seed_as_they_need(
    wide_model: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    pixels = blobs(60, 5)
    data, file = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1))), io.BytesIO()
    compress_dataset(data, wide_model, CompressOptions(order, ordering), file)
    path = tmp_path / "wide.acn"
    path.write_bytes(file.getvalue())
    (shard,) = read_archive(path).header.shards
    prices = wide_model.latents.prices()
    assert 256 < prices.taken_bits() + prices.spread_bits < 256 * shard.seed_blocks
    back = decoded(path, wide_model, threads=1, batch=7)
    assert same_data(data, back, order)
    assert np.array_equal(np.unique(back.pixels, axis=0), np.unique(pixels, axis=0))
