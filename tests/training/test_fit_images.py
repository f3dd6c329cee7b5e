"""Which images a fit is of, what is drawn of them, and which network suits those that are left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array

from acncodec.images import load_any, load_dataset
from acncodec.learning.source import step_generator
from acncodec.training.chosen import weights_of
from acncodec.training.fit_images import TAKEN_WORTH, FitImages
from acncodec.training.xz import xz_bytes


def of_array(values: np.ndarray, folder: Path) -> FitImages:
    path = folder / "a.npy"
    np.save(path, values)
    return FitImages.of(load_dataset(path))


def folder_of(kinds: dict[str, int], folder: Path) -> Path:
    Image = pytest.importorskip("PIL.Image")
    for side, (kind, count) in enumerate(kinds.items(), 6):
        (folder / kind).mkdir(parents=True)
        for number, image in enumerate(level_array(kind, count, side, side, side)):
            Image.fromarray(image).save(folder / kind / f"{number}.png")
    return folder


def test_an_image_that_is_there_twice_is_learned_once(tmp_path: Path) -> None:
    values = level_array("grey", 9, 1, 12, 12)
    found = of_array(np.concatenate([values, values[3:5]]), tmp_path)
    assert len(found.images) == 9 and found.alike and found.kinds == [((1, 12, 12), 256)]
    source = found.source()
    drawn = source.draw(torch.arange(len(source)), step_generator(1, 0, 3))
    assert sorted(map(bytes, drawn[:, 0].numpy().astype(np.uint8))) == sorted(map(bytes, values))


def test_of_a_folder_it_is_those_of_most_samples(tmp_path: Path) -> None:
    found = FitImages.of(load_any(folder_of({"rgb": 4, "grey": 20}, tmp_path / "in")))
    assert not found.alike and len(found.images) == 20
    assert {shape[0] for shape, _ in found.kinds} == {1}


def test_bits_are_those_of_xz(tmp_path: Path) -> None:
    values = level_array("grey", 9, 1, 12, 12)
    found = of_array(values, tmp_path)
    assert found.by_xz == xz_bytes([np.ascontiguousarray(values[:, None])])
    assert found.xz_bits == 8 * found.by_xz / values.size


def test_those_that_are_left_may_have_a_larger_network(tmp_path: Path) -> None:
    """What is stored beside them could be taken too by a better one."""
    found = of_array(level_array("grey", 400, 1, 12, 12), tmp_path)
    left = found.only(np.arange(400) % 2 == 0)
    assert len(left.images) == 200 and left.taken and not found.taken
    whole, half = (one.choose(60.0, "slow") for one in (found, left))
    assert TAKEN_WORTH == 2 and half.why != whole.why
    assert weights_of(half.family, half.config) >= 0.9 * weights_of(whole.family, whole.config)
