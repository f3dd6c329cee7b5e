"""Items for a DataLoader: what they are, and that any process opens the archive for itself."""

from __future__ import annotations

import multiprocessing
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from told_archive import Begin
from torch.utils.data import DataLoader

from acncodec.codec.archive_dataset import ArchiveDataset
from acncodec.errors import DataError

COUNTS = (4, 4, 2)


@pytest.mark.parametrize("rows", [[10], [3, 25], [-11]])
def test_a_row_that_is_not_there_is_no_other_one(rows: list[int]) -> None:
    images = ArchiveDataset(Begin(), COUNTS)
    with pytest.raises(IndexError, match=f"image {rows[-1]} of 10"):
        images.__getitems__(rows)
    with pytest.raises(IndexError):
        images[rows[-1]]


def test_items_are_images_or_tuples() -> None:
    images = ArchiveDataset(Begin(), COUNTS)
    assert len(images) == 10
    assert np.array_equal(images[3], np.full((2, 3), 3)) and images[-1][0, 0] == 9
    assert [item[0, 0] for item in images.__getitems__([7, 0, -2])] == [7, 0, 8]
    for row in (10, -11):
        with pytest.raises(IndexError):
            images[row]
    arrays = {
        "y": np.arange(10, dtype=">i8") * 2, "name": np.array([f"n{at}" for at in range(10)]),
        "box": np.arange(20, dtype=">u2").reshape(10, 2),
    }  # fmt: skip
    image, y, name, box = ArchiveDataset(Begin(), COUNTS, arrays)[3]
    assert (image[0, 0], y, type(y), name) == (3, 6, int, "n3")
    assert box.tolist() == [6, 7] and box.dtype == np.int32 and box.flags.writeable
    with pytest.raises(DataError, match="'y' has no row for each of 10 images"):
        ArchiveDataset(Begin(), COUNTS, {"y": np.arange(9)})


@pytest.mark.parametrize(
    ("dtype", "tensor"),
    [
        ("uint8", torch.uint8), ("bool", torch.bool), ("uint16", torch.int32),
        (">u2", torch.int32), (">f4", torch.float32), (">i4", torch.int32),
    ],
)  # fmt: skip
def test_any_type_of_images_becomes_tensors(dtype: str, tensor: torch.dtype) -> None:
    (batch,) = DataLoader(ArchiveDataset(Begin(dtype), COUNTS), batch_size=10)
    assert (batch.dtype, batch.shape) == (tensor, (10, 2, 3))
    assert batch[:, 0, 0].tolist() == ([False] + [True] * 9 if dtype == "bool" else [*range(10)])


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")  # on one processor
@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_each_worker_opens_the_archive_for_itself(context: str) -> None:
    dataset = ArchiveDataset(Begin(), COUNTS, {"y": np.arange(10)})
    assert dataset[0][1] == 0  # and it is open here too
    loader = DataLoader(
        dataset, batch_sampler=dataset.batches(3, workers=2), num_workers=2,
        multiprocessing_context=multiprocessing.get_context(context),
    )  # fmt: skip
    found: list[Any] = [(images[:, 0, 0].tolist(), labels.tolist()) for images, labels in loader]
    assert all(images == labels for images, labels in found)
    assert sorted(row for images, _ in found for row in images) == [*range(10)]


def test_what_was_closed_is_opened_again() -> None:
    dataset = ArchiveDataset(Begin(), COUNTS)
    dataset.close()  # nothing is open
    first, image = dataset.archive, dataset[3]
    assert dataset.archive is first
    dataset.close()
    assert np.array_equal(dataset[3], image) and dataset.archive is not first


def test_what_is_open_is_not_pickled() -> None:
    dataset = ArchiveDataset(Begin(), COUNTS)
    assert dataset[1][0, 0] == 1
    again = pickle.loads(pickle.dumps(dataset))  # noqa: S301  our own
    assert again._opened is None and again[1][0, 0] == 1
