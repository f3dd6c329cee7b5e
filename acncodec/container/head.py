r"""The head of an .acn file: signature, format version, model id, and JSON that says all the rest.

    0   8  signature \x89 A C N \r \n \x1a \n
    8   2  u16  format version
    10  4  u32  length L of the body
    14  32 model id: SHA-256 of the tensors that decide the bits
    46  L-32  raw deflate of compact JSON, since version 2 with `DICTIONARY` before it
    14+L  4  u32  CRC-32 of everything before it

All integers are little-endian. docs/FORMAT.md lists the JSON's fields.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from acncodec.container.strict import deflate, inflate, parse_object
from acncodec.container.versions import FORMAT_VERSION
from acncodec.errors import CorruptionError, FormatError

SIGNATURE: Final = b"\x89ACN\r\n\x1a\n"
PREFIX_BYTES: Final = 14
"""Bytes from which the length of the whole head is known."""

MODEL_ID_BYTES: Final = 32
MAX_PACKED_JSON: Final = 1 << 20
MAX_JSON: Final = 4 << 20

DICTIONARY: Final = (
    b'"v":256,"a":1,"y":[0],[1,32,32],"l":"nchw","l":"nhwc","d":"bool","t":"tour","t":"iid",'
    b'"t":"urn","w":1000,"p":true,"z":[{"m":"mnist","p":"int15","c":"ans","o":"keep","n":"images",'
    b'"o":"any","n":"x","d":"uint8","l":"nhw","s":[1,28,28],"h":[{"n":10000,"t":"set","z":['
)
"""What stands in deflate's window before the JSON, since version 2: most of a usual header."""

_CRC_BYTES = 4
_MODEL_FILE = b'{"'
"""What stands after the first eight bytes of a safetensors file, which are a length."""
BODY_OFFSET: Final = PREFIX_BYTES + MODEL_ID_BYTES
"""Where the packed JSON begins."""


@dataclass(frozen=True)
class Head:
    """version: of the format; model_id: 32 bytes; fields: the JSON's."""

    version: int
    model_id: bytes
    fields: dict[str, object]


def pack_head(head: Head) -> bytes:
    """The head of the file, from the signature to the CRC.

    Raises:
        FormatError: it is larger than a header may be.
    """
    text = json.dumps(head.fields, separators=(",", ":"), ensure_ascii=False).encode()
    packed = deflate(text, _dictionary(head.version))
    if len(text) > MAX_JSON or len(packed) > MAX_PACKED_JSON:
        raise FormatError(f"the header takes {len(text)} bytes of JSON, more than it may")
    length = MODEL_ID_BYTES + len(packed)
    data = SIGNATURE + struct.pack("<HI", head.version, length)
    data += head.model_id + packed
    return data + struct.pack("<I", zlib.crc32(data))


def unpack_head(data: bytes) -> Head:
    """Undo `pack_head`.

    Raises:
        FormatError: malformed, truncated, or of an unknown version.
        CorruptionError: the CRC does not match.
    """
    length = header_bytes(data[:PREFIX_BYTES])
    if len(data) != length:
        what = "truncated" if len(data) < length else "followed by other bytes"
        raise FormatError(f"the header is {what} (offset {min(len(data), length)})")
    crc_offset = length - _CRC_BYTES
    (crc,) = struct.unpack_from("<I", data, crc_offset)
    if zlib.crc32(data[:crc_offset]) != crc:
        raise CorruptionError(f"the header's CRC-32 does not match (offset {crc_offset})")
    version = int.from_bytes(data[8:10], "little")
    try:
        text = inflate(data[BODY_OFFSET:crc_offset], MAX_JSON, _dictionary(version))
        return Head(version, data[PREFIX_BYTES:BODY_OFFSET], parse_object(text))
    except FormatError as error:
        raise FormatError(f"header: {error} (offset {BODY_OFFSET})") from error


def header_bytes(prefix: bytes) -> int:
    """Tell the length of the whole header, CRC included, from its first `PREFIX_BYTES` bytes.

    Raises:
        FormatError: no .acn file, an unknown version, truncated, or a length out of range.
    """
    if not prefix:
        raise FormatError("the file is empty (offset 0)")
    if not prefix.startswith(SIGNATURE[: len(prefix)]):
        if prefix[8:10] == _MODEL_FILE:
            raise FormatError(
                "not an .acn archive, but, it seems, a model file, of which `acncodec models show` "
                "tells"
            )
        raise FormatError("not an .acn archive: wrong signature (offset 0)")
    if len(prefix) >= len(SIGNATURE) + 2:
        version = int.from_bytes(prefix[8:10], "little")
        if not 1 <= version <= FORMAT_VERSION:
            raise FormatError(f"unknown format version {version} (offset 8)")
    if len(prefix) < PREFIX_BYTES:
        raise FormatError(f"the header is truncated (offset {len(prefix)})")
    length = int.from_bytes(prefix[10:PREFIX_BYTES], "little")
    if not MODEL_ID_BYTES < length <= MODEL_ID_BYTES + MAX_PACKED_JSON:
        raise FormatError(f"the header's length {length} is out of range (offset 10)")
    return PREFIX_BYTES + length + _CRC_BYTES


def _dictionary(version: int) -> bytes:
    return b"" if version == 1 else DICTIONARY
