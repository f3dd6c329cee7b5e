"""Part of `second_reader`: side data (5)."""

from __future__ import annotations

import hashlib
import io
import lzma
from tokenize import TokenError
from typing import NamedTuple

import numpy as np

from second_reader.fields import Malformed, check_name, need
from second_reader.packed import Bytes, unpack


class Side(NamedTuple):
    """One array beside the images."""

    name: str
    array: np.ndarray
    aligned: bool


def side_arrays(payload: bytes, total: int) -> list[Side]:
    head = Bytes(payload)
    length, digest, form, data = head.number(8), head.take(32), head.number(1), head.rest()
    need(length <= 2**36 and form <= 1, "side data: length or form")
    if form == 1:
        engine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2**27)
        data = unpack(engine, data, length)
    need(len(data) == length, "side data: length")
    need(hashlib.sha256(data).digest() == digest, "side data: SHA-256")
    raw = Bytes(data)
    arrays = []
    while raw.at < length:
        try:
            name = raw.take(raw.number(2)).decode()
            flags = raw.number(1)
            file = io.BytesIO(raw.take(raw.number(8)))
            array = np.lib.format.read_array(file, allow_pickle=False, max_header_size=length)
        except (ValueError, TypeError, OverflowError, SyntaxError, TokenError) as error:
            raise Malformed(f"side data: {error}") from error
        check_name(name)
        need(not file.read(1), "side data: bytes after an array")
        need(flags <= 1, "side data: flags")
        need(flags == 0 or array.shape[:1] == (total,), "side data: rows of an aligned array")
        arrays.append(Side(name, array, flags == 1))
    return arrays
