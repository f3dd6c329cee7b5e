from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.entries import ENTRY_DTYPES, Entries, entry_dtype

NUMBERS = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)


def bits_of(array: NDArray[Any]) -> tuple[str, tuple[int, ...], bytes]:
    return array.dtype.str, array.shape, array.tobytes()


def test_little_and_big_endian_types_have_names() -> None:
    assert entry_dtype(np.dtype("<f4")) == "float32" and entry_dtype(np.dtype(">f4")) == ">f4"
    assert entry_dtype(np.dtype("<i8")) == "int64" and entry_dtype(np.dtype("int8")) == "int8"
    for known in ("uint8", "bool", "uint16", ">u2", "complex64", "U3", "longdouble"):
        assert entry_dtype(np.dtype(known)) == ""
    assert len(ENTRY_DTYPES) == 17


@pytest.mark.parametrize("dtype", ENTRY_DTYPES)
def test_numbers_and_entries_invert_each_other(dtype: str) -> None:
    signed = Entries(dtype, base=-128) if "i" in dtype and "u" not in dtype else Entries(dtype)
    for entries in (signed, *([Entries(dtype, 255)] if signed.is_float else [])):
        array = entries.restore(NUMBERS)
        assert array.dtype == entries.storage and array.shape == NUMBERS.shape
        assert np.array_equal(entries.numbers(array), NUMBERS)
        assert Entries.from_json(entries.to_json()) == entries


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_quotients_are_those_of_the_type_itself(dtype: str) -> None:
    kind = np.dtype(dtype).type
    for divisor in (1, 3, 255, 65_535):
        if dtype == "float16" and divisor > 2048:
            continue  # Division is correctly rounded where both numbers are of the type.
        wanted = NUMBERS.astype(dtype) / kind(divisor)
        assert bits_of(Entries(dtype, divisor).restore(NUMBERS)) == bits_of(wanted)


def test_a_quotient_is_rounded_once() -> None:
    from fractions import Fraction

    for dtype in ("float16", "float32"):
        info = np.finfo(dtype)
        found = Entries(dtype, 65_535).restore(np.arange(0, 65_536, 97, dtype=np.uint16))
        for k, entry in zip(range(0, 65_536, 97), found, strict=True):
            step = Fraction(float(np.spacing(entry))) if entry else Fraction(float(info.tiny))
            assert abs(Fraction(float(entry)) - Fraction(k, 65_535)) <= step / 2


def test_a_table_keeps_the_bits() -> None:
    array = np.array([[-0.0, 0.0, 2.5, -1e30]], np.float32)
    bits = array.view(np.uint32)[0].tolist()
    entries = Entries("float32", table=(bits[3], bits[1], bits[0], bits[2]))
    numbers = entries.numbers(array)
    assert numbers.tolist() == [[2, 1, 3, 0]]
    assert bits_of(entries.restore(numbers)) == bits_of(array)
    assert Entries.from_json(entries.to_json()) == entries


@pytest.mark.parametrize(
    ("entries", "array"),
    [
        (Entries("float32", 255), np.array([np.float32(0.1)])),
        (Entries("float32", 255), np.array([np.nextafter(np.float32(1), np.float32(0))])),
        (Entries("float32"), np.array([-0.0], np.float32)),
        (Entries("float32"), np.array([np.nan], np.float32)),
        (Entries("float64"), np.array([1e308])),
        (Entries("int64"), np.array([65_536])),
        (Entries("int64"), np.array([-1])),
        (Entries("uint64", base=5), np.array([4], np.uint64)),
        (Entries("int16", table=(0, 7)), np.array([3], np.int16)),
    ],
)
def test_another_entry_has_no_number(entries: Entries, array: NDArray[Any]) -> None:
    assert not entries.holds(array)
    with pytest.raises(DataError, match="none of those"):
        entries.numbers(array)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"d": "uint8"}, "unknown type"),
        ({"d": "complex64"}, "unknown type"),
        ({}, "unknown type"),
        ({"d": ["float32"]}, "unknown type"),
        ({"d": "int32", "q": 255}, "cannot be divided"),
        ({"d": "float32", "q": 0}, "cannot be divided"),
        ({"d": "float32", "q": 65_536}, "cannot be divided"),
        ({"d": "float32", "q": 2.0}, "must be integers"),
        ({"d": "float32", "b": True}, "must be integers"),
        ({"d": "float32", "b": 65_537}, "base"),
        ({"d": "float32", "v": []}, "list"),
        ({"d": "float32", "v": 3}, "list"),
        ({"d": "float32", "v": [0]}, "2 to 65536 entries"),
        ({"d": "float32", "v": [0, 0]}, "ascend"),
        ({"d": "float32", "v": [1065353216, 0]}, "ascend"),
        ({"d": "float32", "v": [0, 2139095040]}, "no finite number"),
        ({"d": "float32", "v": [0, 1 << 32]}, "none of float32"),
        ({"d": "float32", "v": [0, -1]}, "none of float32"),
        ({"d": "float32", "v": [0, 5], "b": 1}, "neither divisor nor base"),
        ({"d": "int64", "z": 1}, "unknown field 'z'"),
    ],
)
def test_malformed_fields(fields: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Entries.from_json(fields)


@pytest.mark.parametrize(
    ("entries", "highest", "message"),
    [
        (Entries("int8"), 128, "has not all of"),
        (Entries("int64", base=(1 << 63) - 3), 3, "has not all of"),
        (Entries("float16"), 65_535, "no finite float16"),
        (Entries("float32", table=(0, 5)), 2, "none of the 2 entries"),
    ],
)
def test_numbers_beyond_the_type(entries: Entries, highest: int, message: str) -> None:
    entries.check(highest - 1 if "none of" in message else highest - 32)
    with pytest.raises(DataError, match=message):
        entries.check(highest)
