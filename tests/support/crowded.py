"""Zips and tars of as many members as one likes, made in no time."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile


def crowded_zip(count: int, *, wide: bool = False, name: str = "a.png") -> bytes:
    """A zip of nothing but a directory, in which one member stands `count` times; `wide`: with the
    fields of large zips."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"")
    one = out.getvalue()
    entries = one[one.index(b"PK\1\2") : one.index(b"PK\5\6")] * count
    end, wider = bytearray(one[one.index(b"PK\5\6") :]), b""
    struct.pack_into("<HHII", end, 8, 0xFFFF, 0xFFFF, len(entries), 0)
    if wide:
        struct.pack_into("<I", end, 12, 0xFFFFFFFF)
        sizes = (44, 45, 45, 0, 0, count, count, len(entries), 0)
        wider = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *sizes)
        wider += struct.pack("<4sLQL", b"PK\6\7", 0, len(entries), 1)
    return entries + wider + bytes(end)


def crowded_tar(count: int) -> bytes:
    """A tar of `count` empty files."""
    info = tarfile.TarInfo("a.png")
    return info.tobuf(tarfile.USTAR_FORMAT) * count + bytes(1024)
