from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.errors import DataError
from acncodec.images.formats.npy import raw_view, read_npy, write_npy


def packed(array: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    write_npy(file, array)
    return file.getvalue()


def unpacked(data: bytes, **caps: Any) -> np.ndarray[Any, Any]:
    return read_npy(io.BytesIO(data), len(data), **caps)


def with_header(header: str, body: bytes = b"", version: bytes = b"\1\0") -> bytes:
    raw = header.encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(raw)) + raw + body


NANS = np.array([0x7FF8_0000_0000_0001, 0xFFF0_0000_DEAD_BEEF], dtype=np.uint64).view(np.float64)
ARRAYS = [
    NANS,
    np.arange(6, dtype=">i4").reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(24)[::3],
    np.array([b"ab", b"c"]),
    np.array(["åb", "c", ""]),
    np.array(["2020-01-01", "NaT"], dtype="datetime64[s]"),
    np.array([1 + 2j, complex("nan")]),
    np.array([(1, 2.5), (3, np.nan)], dtype=[("a", ">i2"), ("b", "<f8")]),
    np.zeros(2, dtype=np.dtype([("a", "i1"), ("b", "<f8")], align=True)),
    np.zeros(2, dtype=[("åäö漢", "i1")]),
    np.zeros(1, dtype=[(f"field{i}", "i1") for i in range(400)]),
    np.array(7),
    np.zeros((0, 5), dtype=np.int16),
    np.ndarray((3,), dtype="S0"),
    np.ndarray((3,), dtype="U0"),
    np.array([b"raw"], dtype="V3"),
    np.array([True, False]),
    np.array([1, np.inf], dtype=np.float16),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.str}{array.shape}")
def test_every_dtype_comes_back_byte_for_byte(array: np.ndarray[Any, Any]) -> None:
    back = read_npy(io.BytesIO(packed(array)), len(packed(array)), max_header_bytes=1 << 16)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable
    assert back.flags.f_contiguous == array.flags.f_contiguous or not array.flags.c_contiguous


@pytest.mark.parametrize("array", ARRAYS[:9])
def test_numpy_reads_and_writes_the_same(array: np.ndarray[Any, Any]) -> None:
    assert np.load(io.BytesIO(packed(array))).tobytes() == array.tobytes()
    file = io.BytesIO()
    np.save(file, array)
    assert file.getvalue() == packed(array)


def test_python_2_headers() -> None:
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 1L)}"
    assert unpacked(with_header(header, b"\1\2")).tolist() == [[1], [2]]


def test_objects_are_never_unpickled() -> None:
    file = io.BytesIO()
    np.save(file, np.array([None, 1], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="nothing is ever unpickled"):
        unpacked(file.getvalue())
    with pytest.raises(DataError, match="nothing is ever pickled"):
        packed(np.array([None]))
    nested = "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,)}"
    with pytest.raises(DataError, match="nothing is ever unpickled"):
        unpacked(with_header(nested, bytes(8)))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "[]",
        "{}",
        "{'descr': '|u1', 'fortran_order': False}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': [2]}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (True,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': 'nonsense', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': 7, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [1, 2], 'fortran_order': False, 'shape': (2,)}",
        "{'descr': 'T', 'fortran_order': False, 'shape': (0,)}",
        "{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (0,)}",
        "__import__('os').getcwd()",
        "(" * 5000,
        "-" * 5000 + "1",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0" + ", 1" * 100 + ")}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 99999999999999999999)}",
        "{'descr': '|S0', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    ],
)
def test_malformed_headers(header: str) -> None:
    with pytest.raises(DataError):
        unpacked(with_header(header))


def test_every_truncation_and_what_follows() -> None:
    data = packed(np.arange(5))
    for length in range(len(data)):
        with pytest.raises(DataError):
            unpacked(data[:length])
        with pytest.raises(DataError):  # a size that is a lie
            read_npy(io.BytesIO(data[:length]), len(data))
    with pytest.raises(DataError, match="takes 40 bytes, but 41"):
        unpacked(data + b"\0")


def test_caps() -> None:
    data = packed(np.zeros(1000))
    with pytest.raises(DataError, match="limit of 7999"):
        unpacked(data, max_bytes=7999)
    with pytest.raises(DataError, match="header takes"):
        unpacked(data, max_header_bytes=20)
    with pytest.raises(DataError, match=r"unknown \.npy version 9\.0"):
        unpacked(with_header("{}", version=b"\x09\0"))
    with pytest.raises(DataError, match=r"not a \.npy"):
        unpacked(b"PK\3\4")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_array_is_an_array_or_an_error(data: st.DataObject) -> None:
    raw = bytearray(packed(np.arange(3, dtype=np.int16)))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        array = unpacked(bytes(raw))
    except DataError:
        return
    assert array.nbytes <= len(raw)


@pytest.mark.parametrize("order", ["C", "F", "strided"])
def test_the_bytes_between_the_fields_of_a_structure_come_back(order: str) -> None:
    """NumPy copies a structure field by field; what it leaves between them is somebody's memory."""
    gaps = np.dtype({"names": ["a", "b"], "formats": ["u1", "<i4"], "offsets": [0, 4]})
    array = np.frombuffer(bytes(range(96)), gaps).reshape(3, 4)
    if order == "F":
        array = np.frombuffer(bytes(range(96)), gaps).reshape(4, 3).T
    if order == "strided":
        array = array[:, ::2]
    back = unpacked(packed(array))
    assert back.dtype == array.dtype and back.flags.f_contiguous == array.flags.f_contiguous
    assert raw_view(back).tobytes() == raw_view(array).tobytes()
    assert packed(array) == packed(back)


def test_entries_without_bytes_are_counted() -> None:
    header = "{{'descr': '|V0', 'fortran_order': False, 'shape': ({},)}}"
    assert unpacked(with_header(header.format(1 << 24))).shape == (1 << 24,)
    with pytest.raises(DataError, match="16777217 entries of no bytes"):
        unpacked(with_header(header.format((1 << 24) + 1)))
