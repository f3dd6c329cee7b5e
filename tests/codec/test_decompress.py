"""A whole archive in one call, here and in a process of its own."""

from __future__ import annotations

import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tiny import blobs, frozen

from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.errors import ModelError
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel


@pytest.fixture(scope="module")
def model() -> FrozenModel:
    return frozen(6)


@pytest.fixture(scope="module")
def path(model: FrozenModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "a.acn"
    with path.open("wb") as file:
        compress_dataset(recognise({"x": blobs(12, 1)[:, 0]}), model, CompressOptions(), file)
    return path


def test_the_data_set_comes_back(path: Path, model: FrozenModel) -> None:
    for models in (model, [frozen(7), model], lambda _: [model]):
        for source in (path, str(path), io.BytesIO(path.read_bytes())):
            back = decompress_archive(source, models)
            assert np.array_equal(back.pixels, blobs(12, 1))


def test_a_model_that_is_missing_is_named(path: Path, model: FrozenModel) -> None:
    with pytest.raises(ModelError, match=model.model_id.hex()):
        decompress_archive(path)


def test_it_goes_to_another_process_with_its_model(path: Path, model: FrozenModel) -> None:
    decompress_archive(path, model)  # what was used is sent like what was not
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        back = pool.submit(decompress_archive, path, model).result()
    assert back.count == 12
