"""Small payloads as small as can be: stored, deflated or LZMA, whichever is shortest."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from typing import Any, Final

from acncodec.container.strict import deflate, inflate
from acncodec.errors import FormatError

STORED: Final = 0
DEFLATE: Final = 1
LZMA: Final = 2

LZMA_DICT: Final = 1 << 20
"""The dictionary, bytes; the stream does not say it, so that the decoder must know."""

LZMA_FILTERS: Final[list[dict[str, Any]]] = [
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": LZMA_DICT}
]
"""Raw LZMA2, lc 3, lp 0, pb 2, which the stream does say."""


def squeeze(raw: bytes) -> bytes:
    """Compress to a flag byte and the shortest of three forms; the lower flag wins a tie."""
    forms = (raw, deflate(raw), lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS))
    flag = min(range(len(forms)), key=lambda index: len(forms[index]))
    return bytes([flag]) + forms[flag]


def unsqueeze(payload: bytes, length: int) -> bytes:
    """Undo `squeeze` where the raw length is known: not a byte more is ever produced.

    Raises:
        FormatError: an unknown flag, a malformed stream, or another length.
    """
    if not payload:
        raise FormatError("the payload is empty")
    unpack = UNPACK.get(payload[0])
    if unpack is None:
        raise FormatError(f"unknown compression flag {payload[0]}")
    raw = unpack(payload[1:], length)
    if len(raw) != length:
        raise FormatError(f"the payload holds {len(raw)} bytes, not {length}")
    return raw


def unlzma(packed: bytes, length: int, dict_size: int = LZMA_DICT) -> bytes:
    """Undo raw LZMA2 of a dictionary; not more than `length` bytes are ever produced.

    Raises:
        FormatError: not one whole stream and nothing more, more bytes, or one that looks back
            further than the dictionary.
    """
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": dict_size}]
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    try:
        raw = decompressor.decompress(packed, length + 1)
    except lzma.LZMAError as error:
        raise FormatError(f"corrupt LZMA stream: {error}") from error
    if len(raw) > length:
        raise FormatError(f"the payload holds more than {length} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise FormatError("the LZMA stream does not end where it should")
    return raw


UNPACK: Final[dict[int, Callable[[bytes, int], bytes]]] = {
    STORED: lambda packed, _most: packed,
    DEFLATE: inflate,
    LZMA: unlzma,
}
"""By flag, what undoes a form: its bytes, and the most that may come of them."""
