"""The format of a file of arrays is told by its first bytes, and CIFAR's by its size."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from pictures import GREY, png

from acncodec.errors import DataError
from acncodec.images.formats.array_files import find_rows, load_arrays

X = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), np.uint8)
IDX = struct.pack(">HBB4I", 0, 8, 4, *X.shape) + X.tobytes()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=X, y=np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "names", "in_pieces"),
    [
        (npz(), ["a", "y"], False),
        (npy(X), ["x"], True),
        (npy(np.asfortranarray(X)), ["x"], False),
        (IDX, ["x"], True),
        (gzip.compress(IDX, mtime=0), ["x"], False),
        (bytes(3073 * 2), ["x", "labels"], True),
        (bytes(3074 * 2), ["x", "coarse_labels", "fine_labels"], True),
    ],
)
def test_what_each_format_gives(
    tmp_path: Path, content: bytes, names: list[str], in_pieces: bool
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with path.open("rb") as file:
        arrays, _notes = load_arrays(file)
        assert list(arrays) == names
        file.seek(0)
        rows = find_rows(file)
    assert (rows is not None) == in_pieces
    if rows is not None:
        assert rows.shape == arrays["x"].shape and rows.dtype == arrays["x"].dtype
        assert list(rows.more) == names[1:]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"text", "unknown content: neither"),
        (b"\x0b" * 3073, "unknown content: neither"),
        (png(X[0, :, :, 0], 8, GREY), r"one picture \(PNG\); put it into a folder"),
        (b"\x80\x04." + bytes(3070), "pickle"),
        (gzip.compress(b"any.tar", mtime=0), "not IDX.*unpack it first"),
    ],
)
def test_what_is_none(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    for read in (load_arrays, find_rows):
        with path.open("rb") as file:
            if read is find_rows and content.startswith(b"\x1f\x8b"):
                continue  # what is packed cannot be read in pieces, whatever it is
            with pytest.raises(DataError, match=message):
                read(file)
