"""Files that are given as data sets and lead elsewhere or ask for too much, by name: what is in
them, how they end, and words of the message that refuses them."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from crowded import crowded_tar, crowded_zip

MEMBERS = 1_000_000


def zip_of(name: str, mode: int = 0) -> bytes:
    """A zip of one member, of a Unix mode or of none."""
    out, info = io.BytesIO(), zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def tar_of(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A tar of one member, empty or a link."""
    out, info = io.BytesIO(), tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "" if kind == tarfile.REGTYPE else "/etc/passwd"
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(info)
    return out.getvalue()


def claiming_npy(shape: tuple[int, ...]) -> bytes:
    """An .npy whose header claims a shape, and nothing behind it."""
    out = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(out, header)
    return out.getvalue()


def claiming_png(side: int) -> bytes:
    """A zip of a PNG whose header claims rows and columns, and a few bytes of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", side, side, 8, 0, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.png", png)
    return out.getvalue()


def objects() -> bytes:
    """An .npz with a pickle in it."""
    out = io.BytesIO()
    boxes = np.empty(2, object)
    boxes[:] = [[1], [2, 3]]
    np.savez(out, x=np.zeros((2, 8, 8), np.uint8), boxes=boxes)
    return out.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a zip of a million members": (lambda: crowded_zip(MEMBERS), ".zip", "524,288 members"),
    "the same with the fields of large zips": (
        lambda: crowded_zip(MEMBERS, wide=True), ".zip", "524,288 members",
    ),
    "an .npz of a million members": (
        lambda: crowded_zip(MEMBERS, name="a.npy"), ".npz", "524,288 members",
    ),
    "a gzipped tar of a million members": (
        lambda: gzip.compress(crowded_tar(MEMBERS), 1), ".tar.gz", "262,144 members",
    ),
    "a zip with a name that climbs out": (lambda: zip_of("../a.png"), ".zip", "leads out"),
    "a zip with a name from the root": (lambda: zip_of("/a.png"), ".zip", "leads out"),
    "a tar with a name that climbs out": (lambda: tar_of("../a.png"), ".tar", "leads out"),
    "a zip with a link": (lambda: zip_of("a.png", 0o120777), ".zip", "is a link or a device"),
    "a tar with a link": (
        lambda: tar_of("a.png", tarfile.SYMTYPE), ".tar", "is a link or a device",
    ),
    "a tar with a hard link": (
        lambda: tar_of("a.png", tarfile.LNKTYPE), ".tar", "is a link or a device",
    ),
    "a tar with a device": (
        lambda: tar_of("a.png", tarfile.CHRTYPE), ".tar", "is a link or a device",
    ),
    "an .npy that claims a petabyte": (
        lambda: claiming_npy((10**9, 1000, 1000)), ".npy", "but 0 are there",
    ),
    "a picture that claims 2^32 pixels": (
        lambda: claiming_png(65_536), ".zip", "which 17 bytes cannot hold",
    ),
    "an array of pickled objects": (objects, ".npz", "nothing is ever unpickled"),
}  # fmt: skip
