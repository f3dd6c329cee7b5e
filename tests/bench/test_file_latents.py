"""The latents of a file are those of its images' codes, or it is said that they are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from file_latents import there_and_back
from numpy.typing import NDArray
from tiny import blobs, copying_network, frozen
from tiny_codes import tiny_vqvae

from acncodec.errors import ModelError
from acncodec.images import DataSet, load_dataset
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    path = tmp_path_factory.mktemp("data") / "x.npy"
    np.save(path, blobs(30, 1)[:, 0])
    return load_dataset(path)


def codes_of(model: FrozenModel, data: DataSet) -> NDArray[np.int64]:
    with Workers(1, 256) as workers:
        return encode_images(model, data.pixels, workers, data.levels)


def test_latents_of_maps_are_the_codes(data: DataSet) -> None:
    model = tiny_vqvae(1, height=8, width=8, binary=True)
    codes = codes_of(model, data)
    found = there_and_back(data, model, codes, 1).latents
    assert found is not None and found.own == 0.0 < found.other
    with pytest.raises(SystemExit, match="the file holds other codes"):
        there_and_back(data, model, (codes + 1) % len(model.latents.codebook), 1)


def test_latents_are_drawn_around_the_codes(data: DataSet) -> None:
    model = frozen(1, network=copying_network)
    codes = codes_of(model, data)
    written = there_and_back(data, model, codes, 1)
    assert written.latents is not None and 0.8 < written.latents.own < written.latents.other / 3
    few = replace(data, pixels=data.pixels[:10])
    assert there_and_back(few, model, codes[:10], 1).nbytes < written.nbytes
    with pytest.raises(SystemExit, match="the file holds other codes"):
        there_and_back(data, model, codes + 9, 1)


def test_where_there_are_no_latents_there_is_nothing_to_compare(data: DataSet) -> None:
    model = frozen(1, "pixelcnn")
    assert there_and_back(data, model, codes_of(model, data), 1).latents is None


def test_images_without_a_price_make_no_file(data: DataSet) -> None:
    model = frozen(1, "autoencoder")
    with pytest.raises(ModelError, match="no likelihood"):
        there_and_back(data, model, codes_of(model, data), 1)
