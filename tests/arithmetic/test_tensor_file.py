"""Safetensors files: the same content gives the same bytes, and strides do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from forge import open_safetensors
from numpy.typing import NDArray
from safetensors.numpy import load

from acncodec.arithmetic.tensor_file import tensor_bytes

METADATA = {"z": "1", "a": 'two "words"', "m": "ä", "b": "", "k": "x" * 99}
TENSORS: dict[str, NDArray[np.generic]] = {
    "weight": np.arange(12, dtype=np.float32).reshape(3, 4),
    "number": np.array(7, np.int64),
    "bytes": np.arange(3, dtype=np.uint8),
    "nothing": np.zeros((2, 0), np.int16),
}


def test_the_same_content_gives_the_same_bytes() -> None:
    backwards = dict(reversed(METADATA.items())), dict(reversed(TENSORS.items()))
    one = tensor_bytes(TENSORS, METADATA)
    assert {tensor_bytes(TENSORS, METADATA) for _ in range(20)} == {one}
    assert tensor_bytes(backwards[1], backwards[0]) == one


@pytest.mark.parametrize("metadata", [METADATA, {}, None])
def test_what_is_written_is_a_safetensors_file(metadata: dict[str, str] | None) -> None:
    data = tensor_bytes(TENSORS, metadata)
    back = load(data)
    assert {name: value.dtype for name, value in back.items()} == {
        name: value.dtype for name, value in TENSORS.items()
    }
    assert all(np.array_equal(back[name], value) for name, value in TENSORS.items())
    assert open_safetensors(data)[1] == (metadata or {})
    assert int.from_bytes(data[:8], "little") % 8 == 0


@pytest.mark.parametrize(
    "strided",
    [TENSORS["weight"].T, TENSORS["weight"][:, ::2], np.broadcast_to(np.float32(3), (2, 2))],
)
def test_arrays_with_strides_are_stored_as_they_read(strided: NDArray[np.float32]) -> None:
    assert np.array_equal(load(tensor_bytes({"a": strided}))["a"], strided)
