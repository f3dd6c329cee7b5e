"""Tables of text: CSV and its kin, with or without a line of names, and rows of numbers with blanks
between.

NumPy reads the numbers, and refuses what is none, rather than making one of it: an empty field, 1.5
among integers, a row that is shorter than the others.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.reading import MAX_BYTES, check_total

_LINES: Final = 1000
"""So many lines are read at once."""
_MAX_LINE: Final = 1 << 24
"""Characters of a line: 4 million entries of three digits."""
_DELIMITERS: Final = ",;\t"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_MAX_WHOLE = 1 << 53
"""Floats hold each whole number up to it."""
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """How a table is written.

    Attributes:
        delimiter: between the fields of a line; None for blanks.
        names: of the columns, from the first line; None where it is one of numbers.
        columns: how many there are.
    """

    delimiter: str | None
    names: tuple[str, ...] | None
    columns: int


def read_sheet(file: IO[bytes]) -> Sheet:
    """Look at the first line of a table. Raises `DataError` where it is no text, or empty."""
    line = next(_lines(file), "")
    delimiter = next((one for one in _DELIMITERS if one in line), None)
    if delimiter is None:
        fields = [field.strip('"') for field in line.split()]
    else:
        fields = next(csv.reader([line], delimiter=delimiter))
    if not fields:
        raise DataError("the table is empty (offset 0)")
    if not _are_names(fields):
        return Sheet(delimiter, None, len(fields))
    names = tuple(field.strip() for field in fields)
    if len(set(names)) < len(names):
        raise DataError("two columns of the table have the same name")
    return Sheet(delimiter, names, len(names))


def read_columns(
    file: IO[bytes], sheet: Sheet, numbers: Sequence[int], *, max_bytes: int = MAX_BYTES
) -> tuple[NDArray[Any], list[NDArray[Any]]]:
    """Read a table.

    Args:
        file: stands at its start.
        sheet: what `read_sheet` said of it.
        numbers: the columns that are numbers of one array.
        max_bytes: the most that they may take.

    Returns:
        These columns, (N, len(numbers)), of the smallest of uint8, uint16 and int64 that has them,
        or float64; and all other columns in turn, int64 or float64 (N,) where they are all
        numbers and nothing is lost by it, else text.

    Raises:
        DataError: a row has another length, or a field that is no number where one must be, or
            `numbers` beside fractions are so large that floats round them.
    """
    others = [column for column in range(sheet.columns) if column not in set(numbers)]
    parts: list[NDArray[Any]] = []
    texts: list[NDArray[Any]] = []
    lines = _lines(file)
    at = 1
    if sheet.names is not None:
        next(lines)
        at = 2
    total = 0
    while chunk := list(itertools.islice(lines, _LINES)):
        try:
            if any(chunk):
                if numbers:
                    parts.append(_numbers(chunk, sheet, numbers))
                    total += parts[-1].nbytes
                    check_total(total, max_bytes)
                if others:
                    texts.append(_read(chunk, sheet, others, str))
        except ValueError as error:
            raise DataError(f"line {at} and on: {error}") from error
        at += len(chunk)
    count = sum(map(len, texts or parts))
    whole = np.zeros((count, 0), np.uint8)
    if numbers:
        whole = np.concatenate([np.zeros((0, len(numbers)), np.uint8), *parts])
        _check_whole(whole)
    text = np.concatenate([np.zeros((0, len(others)), "U1"), *texts])
    return whole, [_column(text[:, place]) for place in range(len(others))]


def _numbers(chunk: list[str], sheet: Sheet, columns: Sequence[int]) -> NDArray[Any]:
    try:
        found = _read(chunk, sheet, columns, np.int64)
    except ValueError:
        return _read(chunk, sheet, columns, np.float64)
    low, high = (int(found.min()), int(found.max())) if found.size else (0, 0)
    fitting = (one for one in (np.uint8, np.uint16) if low >= 0 and high <= np.iinfo(one).max)
    return found.astype(next(fitting, np.int64))


def _check_whole(found: NDArray[Any]) -> None:
    """Refuse floats so large that there is none for each whole number."""
    if found.dtype != np.float64:
        return
    for rows in np.array_split(found, -(-len(found) // _LINES) or 1):
        if (np.isfinite(rows) & (np.abs(rows) >= _MAX_WHOLE)).any():
            raise DataError(
                f"numbers of {_MAX_WHOLE} and more, which floats would round, among the pixels of"
                " the table"
            )


def _read(chunk: list[str], sheet: Sheet, columns: Sequence[int], dtype: type[Any]) -> NDArray[Any]:
    # A row that is too long would go unnoticed where its last fields are not asked for.
    last = sheet.columns - 1
    if sheet.delimiter is not None:
        for at, line in enumerate(chunk):
            if line and '"' not in line and line.count(sheet.delimiter) != last:
                raise ValueError(f"row {at} of these has not {sheet.columns} fields")
    else:
        for at, line in enumerate(chunk):
            if line and len(line.split()) != sheet.columns:
                raise ValueError(f"row {at} of these has not {sheet.columns} fields")
    found: NDArray[Any] = np.loadtxt(
        chunk, dtype=dtype, delimiter=sheet.delimiter, usecols=columns, ndmin=2, comments=None,
        quotechar='"',
    )  # fmt: skip
    return found


def _column(text: NDArray[Any]) -> NDArray[Any]:
    """As numbers, where the text is not more than they are."""
    values = text.tolist()
    if values and all(_INTEGER.fullmatch(value) and value != "-0" for value in values):
        return np.array([int(value) for value in values], np.int64)
    if values and all(map(_is_float, values)):
        return np.array([float(value) for value in values])
    return np.ascontiguousarray(text)


def _is_float(value: str) -> bool:
    """Whether a float says as much: written with as many digits, it is the same number."""
    if not _is_number(value) or _LEADING_ZERO.match(value):
        return False
    nearest = float(value)
    if not math.isfinite(nearest):
        return re.search(r"[0-9]", value) is None
    try:
        number = Decimal(value)
    except InvalidOperation:  # an exponent beyond any
        return False
    digits = len(number.as_tuple().digits)
    return number.is_zero() or Context(prec=digits).plus(Decimal(nearest)) == number


def _are_names(fields: Sequence[str]) -> bool:
    """Whether a first line names the columns: no field is a number, or those that are count up
    from 0 or 1, as a library numbers columns, beside one that is none."""
    numbers = [field for field in fields if _is_number(field)]
    if len(numbers) in (0, len(fields)):
        return not numbers
    counted = [[str(start + at) for at in range(len(numbers))] for start in (0, 1)]
    return len(numbers) > 1 and numbers in counted


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _lines(file: IO[bytes]) -> Iterator[str]:
    """The lines without their ends; a line of blanks alone is empty."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline=None)
    try:
        while line := text.readline(_MAX_LINE):
            if len(line) == _MAX_LINE:
                raise DataError("a line of the table is too long")
            yield line.strip("\r\n") if line.strip() else ""
    except UnicodeDecodeError as error:
        raise DataError(f"the table is no UTF-8 text (offset {error.start})") from error
    finally:
        text.detach()
