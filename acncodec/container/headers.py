"""The header of an archive, of whichever kind: of a set of one shape, or of a mixed set."""

from __future__ import annotations

from acncodec.container.head import unpack_head
from acncodec.container.header import Header
from acncodec.container.mixed_header import MIXED_VERSION, MixedHeader
from acncodec.errors import FormatError

AnyHeader = Header | MixedHeader


def header_from_bytes(data: bytes) -> AnyHeader:
    """Read the head of a file; classes of images are what a mixed set has and no other.

    Raises:
        FormatError: malformed, truncated, or of an unknown version.
        CorruptionError: the CRC does not match.
    """
    head = unpack_head(data)
    mixed = "k" in head.fields and head.version >= MIXED_VERSION
    return MixedHeader.from_head(head) if mixed else Header.from_head(head)


def uniform_header(header: AnyHeader) -> Header:
    """The same, of a set of one shape. Raises `FormatError` for that of a mixed set."""
    if isinstance(header, MixedHeader):
        raise FormatError("the archive has several kinds of images, or stored ones")
    return header
