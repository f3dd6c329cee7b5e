from __future__ import annotations

import gzip
import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.idx import load_idx, load_idx_labels

X = np.random.default_rng(3).integers(0, 256, (6, 4, 5), dtype=np.uint8)


def idx(array: NDArray[Any], code: int = 8) -> bytes:
    head = bytes([0, 0, code, array.ndim])
    return head + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def load(data: bytes, **caps: int) -> NDArray[Any]:
    return load_idx(io.BytesIO(data), len(data), **caps)


@pytest.mark.parametrize("array", [X, X[:0], X[:1, :1, :1]])
def test_plain_and_gzipped(array: NDArray[Any]) -> None:
    for data in (idx(array), gzip.compress(idx(array))):
        assert np.array_equal(load(data), array)


def test_four_axes_come_as_they_are() -> None:
    colours = np.random.default_rng(4).integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
    for array in (colours, colours.transpose(0, 3, 1, 2).copy(), colours[:, None, :, :, 0]):
        for data in (idx(array), gzip.compress(idx(array))):
            assert np.array_equal(load(data), array)


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(8, "u1"), (9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")],
)
def test_every_type_comes_as_it_is(code: int, dtype: str) -> None:
    for array in (X.astype(dtype), X.reshape(6, 20).astype(dtype)):
        for data in (idx(array, code), gzip.compress(idx(array, code))):
            found = load(data)
            assert found.dtype == np.dtype(dtype) and np.array_equal(found, array)
    labels = X[:, 0].astype(dtype)
    found = load_idx_labels(io.BytesIO(idx(labels, code)), len(idx(labels, code)))
    assert found.dtype == np.dtype(dtype) and np.array_equal(found, labels)


def test_several_gzip_members_are_one_file() -> None:
    data = idx(X)
    assert np.array_equal(load(gzip.compress(data[:50]) + gzip.compress(data[50:])), X)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (idx(X[:, 0, 0]), r"1 dimensions \(labels\? --labels FILE.*; images have 2 or 3 or 4"),
        (idx(X[..., None, None]), "5 dimensions"),
        (idx(X, 13), "6 x 4 x 5 >f4 takes 496 bytes"),
        (idx(X) + b"\0", "takes 136 bytes, but the file has 137"),
        (idx(X)[:-1], "the file has 135"),
        (idx(X)[:15], "truncated IDX header"),
        (b"hello, world, here", "not IDX"),
        (gzip.compress(b"hello, world, here", mtime=0), "gzipped file is not IDX"),
        (gzip.compress(idx(X) + b"\0", mtime=0), "bytes after the images"),
        (gzip.compress(idx(X)[:-1], mtime=0), "truncated"),
    ],
)
def test_malformed(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(data)


def test_truncated_and_damaged_gzip() -> None:
    data = gzip.compress(idx(X))
    for length in range(2, len(data)):
        with pytest.raises(DataError):
            load(data[:length])
    damaged = bytearray(data)
    damaged[-6] ^= 1  # in the CRC
    with pytest.raises(DataError, match="gzip"):
        load(bytes(damaged))


def test_claims_are_checked_before_memory_is_taken() -> None:
    head = bytes([0, 0, 8, 3]) + struct.pack(">3I", 1 << 31, 1 << 31, 1 << 31)
    with pytest.raises(DataError, match="the file has 16"):
        load(head)
    with pytest.raises(DataError, match="cannot hold"):
        load(gzip.compress(head))
    with pytest.raises(DataError, match="limit of 100"):
        load(idx(X), max_bytes=100)


@pytest.mark.parametrize("count", [0, 1, 6])
def test_labels_plain_and_gzipped(count: int) -> None:
    labels = X[:count, 0, 0]
    for data in (idx(labels), gzip.compress(idx(labels))):
        assert np.array_equal(load_idx_labels(io.BytesIO(data), len(data)), labels)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (idx(X), r"3 dimensions \(images\?\); labels have 1 or 2"),
        (idx(X[:, 0, 0])[:-1], "takes 14 bytes, but the file has 13"),
        (gzip.compress(idx(X[:, 0, 0]) + b"0", mtime=0), "bytes after the labels"),
        (idx(X[:, 0, 0])[:7], "truncated IDX header"),
    ],
)
def test_what_is_not_labels(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_idx_labels(io.BytesIO(data), len(data))
