"""Images at an address are read shard by shard, and compressed as if they lay here."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.images.excerpt import Excerpt
from acncodec.images.load import load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.remote.address import Address
from acncodec.remote.arrays import open_remote

COUNT, SHARD = 30, 10
AT = Address("memory://sets/a.npy")


def npy(images: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, images)
    return file.getvalue()


@pytest.fixture
def images(memory: Any) -> Any:
    found = blobs(COUNT, 3)[:, 0]
    memory.pipe_file("/sets/a.npy", npy(found))
    return found


def test_images_are_read_where_they_lie(images: Any) -> None:
    data = open_remote(AT)
    assert data is not None and not isinstance(data, DataSet)
    assert (data.count, data.shape, data.levels) == (COUNT, (1, 8, 8), 2)
    assert np.array_equal(data.take(slice(3, 9))[:, 0], images[3:9])
    rows = np.array([7, 8, 2, 29])
    assert np.array_equal(data.take(rows)[:, 0], images[rows])
    sent = pickle.dumps(Excerpt(data, rows).sent(carrying=False))
    assert np.array_equal(pickle.loads(sent).read()[:, 0], images[rows])  # noqa: S301


def test_rows_with_something_before_them_are_read_too(memory: Any) -> None:
    records = np.random.default_rng(1).integers(0, 256, (20, 3073)).astype(np.uint8)
    records[:, 0] %= 10
    memory.pipe_file("/sets/data_batch.bin", records.tobytes())
    data = open_remote(Address("memory://sets/data_batch.bin"))
    assert data is not None and data.count == 20
    due = records[:, 1:].reshape(20, 3, 32, 32)
    assert np.array_equal(data.take(slice(5, 8)), due[5:8])
    assert np.array_equal(data.side[0].array, records[:, 0])


def test_the_archive_is_the_same(
    images: Any, tiny_model: FrozenModel, tmp_path: Any, memory: Any
) -> None:
    np.save(tmp_path / "a.npy", images)
    options = CompressOptions(threads=1, shard_size=SHARD)
    files = []
    for data in (open_remote(AT), load_dataset(tmp_path / "a.npy")):
        assert data is not None
        file = io.BytesIO()
        compress_set(data, [tiny_model], options, file)
        files.append(file.getvalue())
    assert files[0] == files[1]


def test_what_cannot_be_read_in_pieces_is_left_to_others(memory: Any) -> None:
    file = io.BytesIO()
    np.savez(file, x=blobs(4, 1)[:, 0])
    memory.pipe_file("/sets/a.npz", file.getvalue())
    memory.pipe_file("/sets/a.txt", b"what is this?")
    memory.pipe_file("/sets/pictures/1.png", b"-")
    for name in ("a.npz", "a.txt", "pictures", "none.npy"):
        assert open_remote(Address(f"memory://sets/{name}")) is None


def test_images_that_change_meanwhile_are_refused(images: Any, memory: Any) -> None:
    data = open_remote(AT)
    assert data is not None
    memory.pipe_file("/sets/a.npy", npy(1 - images))
    with pytest.raises(DataError, match="has changed"):
        data.take(slice(0, 5))
    memory.pipe_file("/sets/a.npy", npy(images)[:-100])
    with pytest.raises(DataError, match="shorter"):
        data.take(slice(25, 30))
    memory.rm_file("/sets/a.npy")
    with pytest.raises(DataError, match="there is nothing there"):
        data.take(slice(0, 5))
