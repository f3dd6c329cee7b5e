"""What models of images of one size and any levels must show, whatever their networks are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from contracts.family import written
from invertibility import check_invertibility
from level_sets import level_array
from reading import decoded

from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.coding.ragged import RaggedSites
from acncodec.contracts.image_kind import ImageKind
from acncodec.engines.choice import VARIABLE
from acncodec.images import DataSet, mixed_from_arrays
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


def check_engines(
    data: DataSet, model: FrozenModel, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Products of float64 and of int16 give the same bytes, from which the images come back."""
    monkeypatch.setenv(VARIABLE, "float64")
    slow = written(data, model, path)
    monkeypatch.setenv(VARIABLE, "int16")
    assert model.decoder.engine_on("cpu") == "int16"
    assert slow == written(data, model, path)
    assert same_data(data, decoded(path, model), "keep")


def check_levels_side_by_side(model: FrozenModel) -> None:
    """Images of several numbers of levels, (3, 6, 5) each, are coded together, each at the price
    that it has alone."""
    rng = np.random.default_rng(4)
    levels = [256, 2, 300, 256, 2, 17, 65536, 256, 17]
    given = [
        rng.integers(0, most, (3, 6, 5)).astype(np.uint8 if most <= 256 else np.uint16)
        for most in levels
    ]
    kinds, z = [ImageKind.of((3, 6, 5), most) for most in levels], np.zeros((9, 0), np.int64)
    with Workers(2, 3) as workers:
        codec = model.likelihood.several(kinds, z, workers)
        assert isinstance(codec, RaggedSites)
        check_invertibility(codec, given, words=100)
        bits = codec.image_bits(given)
        for place, (kind, image) in enumerate(zip(kinds, given, strict=True)):
            alone = model.likelihood.of(kind).codec(z[:1], workers).bits(image[None])
            assert bits[place] == pytest.approx(alone)


def check_mixed_set(model: FrozenModel, path: Path) -> None:
    """Of a mixed set, a model of grey images of 6x5 takes those, and all come back."""
    images = [*level_array("grey", 20, 1), *level_array("two", 6, 2), *level_array("grey", 4, 3, 9)]
    data = mixed_from_arrays(images)
    with path.open("wb") as file:
        compress_set(data, [model], CompressOptions("keep"), file)
    assert same_data(data, decoded(path, [model]), "keep")
