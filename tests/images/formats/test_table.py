from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats import table
from acncodec.images.formats.table import Sheet, read_columns, read_sheet


def read(text: str, numbers: list[int]) -> tuple[Any, list[Any]]:
    file = io.BytesIO(text.encode())
    sheet = read_sheet(file)
    file.seek(0)
    return read_columns(file, sheet, numbers)


@pytest.mark.parametrize(
    ("line", "sheet"),
    [
        ("1,2,3", Sheet(",", None, 3)),
        ("1 2  3 ", Sheet(None, None, 3)),
        ("1\t2", Sheet("\t", None, 2)),
        ("a;b c", Sheet(";", ("a", "b c"), 2)),
        ('"a, b",c', Sheet(",", ("a, b", "c"), 2)),
        ("\ufefflabel,p1", Sheet(",", ("label", "p1"), 2)),
        ("1.5e0,nan", Sheet(",", None, 2)),
        ("7", Sheet(None, None, 1)),
        ("label,0,1,2", Sheet(",", ("label", "0", "1", "2"), 4)),
        ("cat,0,1,3", Sheet(",", None, 4)),
        ("cat,1", Sheet(",", None, 2)),
    ],
)
def test_the_first_line_says_how_a_table_is_written(line: str, sheet: Sheet) -> None:
    for end in ("", "\n1,2\n", "\r\n"):
        assert read_sheet(io.BytesIO((line + end).encode())) == sheet


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("0,255\n1,2\n", np.uint8),
        ("0,256\n", np.uint16),
        ("0,65536\n", np.int64),
        ("-1,0\n", np.int64),
        ("1.0,2\n", np.float64),
        ("a,b\n1,255\n\n3,4", np.uint8),
    ],
)
def test_numbers_take_the_smallest_type(text: str, dtype: type) -> None:
    numbers, others = read(text, [0, 1])
    rows = [line for line in text.splitlines() if line and not line.startswith("a")]
    assert numbers.dtype == dtype and others == []
    assert numbers.tolist() == [[float(field) for field in row.split(",")] for row in rows]


def test_pieces_of_other_types_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_LINES", 2)
    numbers, (others,) = read("1,a\n2,bcd\n300,e\n4,f\n", [0])
    assert numbers.dtype == np.uint16 and numbers.ravel().tolist() == [1, 2, 300, 4]
    assert others.tolist() == ["a", "bcd", "e", "f"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (["5", "-3"], np.array([5, -3])),
        (["5", "0.25"], np.array([5, 0.25])),
        (["05", "3"], np.array(["05", "3"])),
        (["00.5", "3"], np.array(["00.5", "3"])),
        (["x", "3"], np.array(["x", "3"])),
        (["1_0", "3"], np.array(["1_0", "3"])),
        (["9223372036854775813", "3"], np.array(["9223372036854775813", "3"])),
        (["12345678901234567", "0.5"], np.array(["12345678901234567", "0.5"])),
        (["0.1234567890123456789", "3"], np.array(["0.1234567890123456789", "3"])),
        (["1e400", "3"], np.array(["1e400", "3"])),
        (["1e-400", "3"], np.array(["1e-400", "3"])),
        (["1e-99999999999999999999", "3"], np.array(["1e-99999999999999999999", "3"])),
        (["1.000000000000000056e-01", "-0.00"], np.array([0.1, -0.0])),
        (["1e23", "5e-324"], np.array([1e23, 5e-324])),
        (["inf", "-inf"], np.array([np.inf, -np.inf])),
    ],
)
def test_other_columns_are_numbers_where_nothing_is_lost(fields: list[str], wanted: Any) -> None:
    _, (found,) = read("\n".join(f"1,{field}" for field in ["7", *fields]), [0])
    assert found.dtype.kind == wanted.dtype.kind and found.tolist()[1:] == wanted.tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n1,\n", r"line 1 and on: could not convert string ''"),
        ("1,2\n1,x\n", "could not convert string 'x'"),
        ("1,2\n1\n", "row 1 of these has not 2 fields"),
        ("1,2\n1,2,3\n", "row 1 of these has not 2 fields"),
        ("1 2\n1 2 3\n", "row 1 of these has not 2 fields"),
        ("a,a\n1,2\n", "same name"),
        ("9007199254740993,0.5\n", "which floats would round"),
        ("1,2\n-9223372036854775813,1\n", "which floats would round"),
        ("", "empty"),
        ("\n1,2", "empty"),
    ],
)
def test_malformed(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(text, [0, 1])


def test_what_is_no_text_and_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no UTF-8"):
        read_sheet(io.BytesIO(b"a,\xff\n"))
    monkeypatch.setattr(table, "_MAX_LINE", 10)
    with pytest.raises(DataError, match="too long"):
        read_sheet(io.BytesIO(b"1," * 20))
    with pytest.raises(DataError, match="limit of 3"):
        read_columns(io.BytesIO(b"1,2\n3,4\n"), Sheet(",", None, 2), [0, 1], max_bytes=3)
