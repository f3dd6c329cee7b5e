"""How many members a zip or a tar has, told before any of them is looked at.

A file of some megabytes may name millions, and the libraries that read such files take seconds for
their names alone. So the few fields that tell how many there are, are read here, and no others.
"""

from __future__ import annotations

import os
import struct
from typing import IO, Final

_MEMBER: Final = b"PK\1\2"
_END: Final = struct.Struct("<4s4H2LH")
"""The end of a zip's directory: its signature, numbers, and as the sixth the directory's bytes."""
_END64: Final = struct.Struct("<4sQ2H2L4Q")
"""The same of a large zip, where these are the ninth."""
_LOCATOR: Final = struct.Struct("<4sLQL")
"""What stands between the two."""
_TAIL: Final = (1 << 16) - 1 + _END.size + _LOCATOR.size + _END64.size
"""All of them, and the longest comment, end a zip."""
_CHUNK: Final = 1 << 20

_BLOCK: Final = 512
_BLOCKS: Final = _BLOCK << 7
_USTAR: Final = slice(257, 262)
_KIND: Final = slice(156, 157)
_SIZE: Final = slice(124, 136)
_FILES: Final = frozenset({b"0", b"\0", b"7"})
_EMPTY: Final = frozenset(b"%d" % kind for kind in range(1, 7))
"""Links, devices, folders: no content follows, whatever size they state."""
_OF_THE_NEXT: Final = frozenset({b"x", b"g", b"L", b"K", b"X"})
"""Names and times of the members that follow."""
_KINDS: Final = _FILES | _EMPTY | _OF_THE_NEXT


def count_in_zip(file: IO[bytes], most: int) -> int:
    """How many members the directory of a zip has, or more than `most` if there are more; 0 where
    there is no directory.

    A name or a comment with the signature of a member in it counts as one. file: seekable; it is
    left anywhere.
    """
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - _TAIL)
    file.seek(start)
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        return 0
    left = int(_END.unpack_from(tail, at)[5])
    wide = at - _LOCATOR.size - _END64.size
    if wide >= 0 and tail.startswith(b"PK\6\6", wide) and tail.startswith(b"PK\6\7", wide + 56):
        at, left = wide, int(_END64.unpack_from(tail, wide)[8])
    if left > start + at:
        return 0
    file.seek(start + at - left)
    count, before = 0, b""
    while left and count <= most:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            break
        left -= len(chunk)
        count += (before + chunk).count(_MEMBER)
        before = chunk[1 - len(_MEMBER) :]
    return count


def count_in_tar(stream: IO[bytes], most: int, nbytes: float = float("inf")) -> int:
    """How many members a tar has, folders among them, or more than `most` if there are more.

    Those in the first `nbytes` are counted, and none behind one that is not understood.

    stream: seekable, at its start; it is left anywhere. Raises what its `read` and `seek` raise.
    """
    count = at = step = 0
    blocks, first = b"", 0
    while count <= most and at < nbytes:
        if not first <= at <= first + len(blocks) - _BLOCK:
            # Small members stand close together, and one request brings many of their heads.
            stream.seek(at)
            blocks, first = stream.read(_BLOCK if step > _BLOCKS else _BLOCKS), at
        head = blocks[at - first : at - first + _BLOCK]
        kind = head[_KIND]
        if head[_USTAR] != b"ustar" or kind not in _KINDS:
            break
        count += kind not in _OF_THE_NEXT
        try:
            size = 0 if kind in _EMPTY else int(head[_SIZE].strip(b" \0") or b"0", 8)
        except ValueError:  # of 8 GiB and more
            break
        if size < 0:
            break
        step = _BLOCK + size + -size % _BLOCK
        at += step
    return count
