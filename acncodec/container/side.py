"""Side data: everything of the data set that is not the images, byte for byte.

    u64 raw length | SHA-256 of raw | u8 form: 0 stored, 1 xz | raw, in that form

and raw is, for each array,

    u16 name length | name, UTF-8 | u8 flags: 1 aligned | u64 .npy length | .npy

All integers are little-endian.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
from collections.abc import Sequence
from typing import Any, Final

from acncodec.errors import CorruptionError, DataError, FormatError
from acncodec.images import MAX_BYTES, SideArray, read_npy, write_npy
from acncodec.run.memory import check_fits

STORED: Final = 0
XZ: Final = 1

_HEAD = struct.Struct("<Q32sB")
_NAME = struct.Struct("<H")
_ARRAY = struct.Struct("<BQ")
_ALIGNED = 1

# A header that was accepted on the way in grows a little where NumPy pads it.
_MAX_NPY_HEADER = 1 << 16
_MIN_DICTIONARY = 1 << 12
_MAX_DICTIONARY = 1 << 26
_MEMORY_LIMIT = 1 << 27  # decoding needs the dictionary and little more
_CHUNK_BYTES = 1 << 20


def pack_side(arrays: Sequence[SideArray]) -> bytes:
    """Pack side arrays, their order kept.

    Raises:
        DataError: an array has no .npy form.
    """
    raw = b"".join(_pack_array(side) for side in arrays)
    packed = lzma.compress(raw, lzma.FORMAT_XZ, lzma.CHECK_NONE, filters=_filters(len(raw)))
    form, body = (XZ, packed) if len(packed) < len(raw) else (STORED, raw)
    return _HEAD.pack(len(raw), hashlib.sha256(raw).digest(), form) + body


def unpack_side(payload: bytes, count: int, *, max_bytes: int = MAX_BYTES) -> tuple[SideArray, ...]:
    """Undo `pack_side`.

    Args:
        payload: what `pack_side` gave.
        count: the number of images, the length of every aligned array.
        max_bytes: the most the arrays may take in all.

    Raises:
        FormatError: malformed, truncated, followed by more, or too large.
        TooLargeError: larger than the machine's memory.
        CorruptionError: not what was packed.
    """
    if len(payload) < _HEAD.size:
        raise FormatError(f"the side data is truncated (offset {len(payload)})")
    length, digest, form = _HEAD.unpack_from(payload)
    if length > max_bytes:
        raise FormatError(f"the side data takes {length} bytes, more than {max_bytes} (offset 0)")
    body = memoryview(payload)[_HEAD.size :]
    if form == STORED:
        raw = bytes(body)
    elif form == XZ:
        raw = _decompress(body, length)
    else:
        raise FormatError(f"unknown form {form} of the side data (offset {_HEAD.size - 1})")
    if len(raw) != length:
        raise FormatError(f"the side data holds {len(raw)} bytes, not {length} (offset 0)")
    if hashlib.sha256(raw).digest() != digest:
        raise CorruptionError("the side data's SHA-256 does not match (offset 8)")
    return _unpack_arrays(raw, count)


def _filters(length: int) -> list[dict[str, Any]]:
    """LZMA2 at its best; but a dictionary larger than the data only costs memory."""
    dictionary = min(max(_MIN_DICTIONARY, 1 << length.bit_length()), _MAX_DICTIONARY)
    preset = 9 | lzma.PRESET_EXTREME
    return [{"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": dictionary}]


def _decompress(body: memoryview, length: int) -> bytes:
    """Give at most `length` bytes, piece by piece: memory follows what really comes out."""
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_LIMIT)
    pieces, total, piece = [], 0, body
    try:
        while not decompressor.eof:
            out = decompressor.decompress(piece, min(_CHUNK_BYTES, length + 1 - total))
            piece = body[:0]
            pieces.append(out)
            total += len(out)
            check_fits(2 * total, "the arrays beside the images")  # together, then each by itself
            if total > length:
                raise FormatError(f"the side data holds more than {length} bytes")
            if decompressor.needs_input:
                raise FormatError("the side data's xz stream is truncated")
    except lzma.LZMAError as error:
        raise FormatError(f"the side data's xz stream is corrupt: {error}") from error
    if decompressor.unused_data:
        raise FormatError("bytes after the side data's xz stream")
    return b"".join(pieces)


def _pack_array(side: SideArray) -> bytes:
    name = side.name.encode("utf-8")
    npy = io.BytesIO()
    write_npy(npy, side.array)
    data = npy.getvalue()
    flags = _ALIGNED if side.aligned else 0
    return _NAME.pack(len(name)) + name + _ARRAY.pack(flags, len(data)) + data


def _unpack_arrays(raw: bytes, count: int) -> tuple[SideArray, ...]:
    stream = io.BytesIO(raw)
    arrays: dict[str, SideArray] = {}
    while stream.tell() < len(raw):
        offset = stream.tell()
        try:
            side = _unpack_array(stream, len(raw))
        except (DataError, UnicodeDecodeError) as error:
            raise FormatError(f"side data: {error} (raw offset {offset})") from error
        if side.name in arrays:
            raise FormatError(f"side data: {side.name!r} is there twice (raw offset {offset})")
        if side.aligned and len(side.array) != count:
            raise FormatError(
                f"side data: {side.name!r} of length {len(side.array)} cannot follow {count}"
                f" images (raw offset {offset})"
            )
        arrays[side.name] = side
    return tuple(arrays.values())


def _unpack_array(stream: io.BytesIO, size: int) -> SideArray:
    (name_length,) = _NAME.unpack(_take(stream, _NAME.size, size))
    name = _take(stream, name_length, size).decode("utf-8")
    flags, length = _ARRAY.unpack(_take(stream, _ARRAY.size, size))
    if flags not in (0, _ALIGNED):
        raise FormatError(f"side data: unknown flags {flags} of {name!r}")
    if length > size - stream.tell():
        raise FormatError(f"side data: {name!r} is truncated (raw offset {size})")
    array = read_npy(stream, length, repr(name), max_header_bytes=_MAX_NPY_HEADER)
    return SideArray(name, array, bool(flags))


def _take(stream: io.BytesIO, length: int, size: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise FormatError(f"side data: truncated (raw offset {size})")
    return data
