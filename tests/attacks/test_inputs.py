"""Hostile data sets: .npz, .npy, IDX and folders of images that lie about themselves."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from capped import Capped
from forge import npy

pytestmark = pytest.mark.timeout(120)

GIB = 1 << 30
X = npy("|u1", (2, 3, 3), bytes(range(2)) * 9)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with right sizes and checksums."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def lying_zip(content: bytes, claimed: int, method: int) -> bytes:
    """A member of which both its header and the directory claim `claimed` bytes."""
    data = bytearray(zipped({"x.npy": content}, method))
    struct.pack_into("<I", data, 22, claimed)
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, claimed)
    return bytes(data)


def overlapping_zip(count: int) -> bytes:
    """Many names in the directory for the same member."""
    one = zipped({"x00000.npy": X})
    start = one.index(b"PK\1\2")
    entry, end = one[start : one.index(b"PK\5\6")], bytearray(one[one.index(b"PK\5\6") :])
    entries = b"".join(entry.replace(b"x00000", f"x{index:05}".encode()) for index in range(count))
    struct.pack_into("<HHI", end, 8, count, count, len(entries))
    return one[:start] + entries + bytes(end)


def npz_of_zeros(nbytes: int) -> bytes:
    """An honest .npz of a large array of zeros: a thousandth of it, packed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x.npy", npy("|u1", (nbytes >> 6, 8, 8), bytes(nbytes)))
    return file.getvalue()


def hungry_lzma_zip() -> bytes:
    """An LZMA member whose dictionary takes 1.5 GiB, and which claims to be that large."""
    content = npy("|u1", (4, 8, 8), bytes(256))
    data = bytearray(zipped({"x.npy": content}, zipfile.ZIP_LZMA))
    at = 30 + len("x.npy") + 4  # after version and size of the properties
    assert data[at] == 93  # lc 3, lp 0, pb 2
    struct.pack_into("<I", data, at + 1, 3 << 29)
    return bytes(data)


def idx(shape: tuple[int, ...], body: bytes = b"", kind: int = 8) -> bytes:
    """An IDX file whose head says what it is told to."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + body


def png(width: int, height: int, body: bytes, *, bits: int = 8, colour: int = 0) -> bytes:
    """A PNG whose head says what it is told to."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def tiff_in_a_circle() -> bytes:
    """A TIFF whose directories follow one another in a circle."""
    return b"II*\0" + struct.pack("<IH", 8, 0) + struct.pack("<I", 8)


FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "npz: no directory": (lambda: b"PK\3\4" + bytes(100), "DataError", "not a zip file"),
    "npz: a size that lies, stored": (
        lambda: lying_zip(X, GIB, zipfile.ZIP_STORED), "DataError", "claims 1073741824",
    ),
    "npz: a size that lies, deflated": (
        lambda: lying_zip(X, GIB, zipfile.ZIP_DEFLATED), "DataError", "claims 1073741824",
    ),
    "npz: a size that lies, bzip2": (
        lambda: lying_zip(npy("|u1", (GIB,)), GIB + len(npy("|u1", (GIB,))), zipfile.ZIP_BZIP2),
        "DataError", "memory",
    ),
    "npz: a size that lies, LZMA": (
        lambda: lying_zip(npy("|u1", (GIB,)), GIB + len(npy("|u1", (GIB,))), zipfile.ZIP_LZMA),
        "DataError", "memory",
    ),
    "npz: a dictionary of 1.5 GiB": (hungry_lzma_zip, "TooLargeError", "memory"),
    "npz: an honest bomb": (lambda: npz_of_zeros(288 << 20), "DataError", "memory"),
    "npz: members that overlap": (lambda: overlapping_zip(5000), "DataError", ""),
    "npz: a million levels of folders": (
        lambda: zipped({"a/" * 30_000 + "x.npy": X}), "", "2 images",
    ),
    "npz: an array in an .npz in an .npz": (
        lambda: zipped({"x.npy": zipped({"x.npy": X})}), "DataError", "is not a .npy array",
    ),
    "npz: a pickle": (lambda: zipped({"x.npy": b"\x80\x04]\x94."}), "DataError", "not a .npy"),
    "npz: objects beside the images": (
        lambda: zipped({"x.npy": X, "y.npy": npy("|O", (1,), b"\x80\x04N.")}),
        "SkippableError", "ever unpickled",
    ),
    "npz: a structure that hides objects": (
        lambda: zipped({"x.npy": X, "y.npy": npy([("a", "<i4"), ("b", "|O")], (1,), bytes(12))}),
        "SkippableError", "ever unpickled",
    ),
    "npz: a shape of 2^200": (
        lambda: zipped({"x.npy": npy("|u1", (1 << 100, 1 << 100, 1))}), "DataError", "but 0 are",
    ),
    "npz: a shape with a zero and 2^63": (
        lambda: zipped({"x.npy": npy("|u1", (0, 1 << 63, 1))}), "DataError", "cannot hold",
    ),
    "npz: a thousand axes": (
        lambda: zipped({"x.npy": npy("|u1", (1,) * 1000, b"a")}), "DataError", "cannot hold",
    ),
    "npz: a negative axis": (
        lambda: zipped({"x.npy": npy("|u1", (-1, -1, 1), b"a")}), "DataError", "malformed shape",
    ),
    "npz: an axis that is a bool": (
        lambda: zipped({"x.npy": npy("|u1", (True, 1, 1), b"a")}), "DataError", "malformed shape",
    ),
    "npz: 2^60 entries of no bytes": (
        lambda: zipped({"x.npy": X, "y.npy": npy("|V0", (1 << 60,))}), "DataError", "of no bytes",
    ),
    "npz: an entry of 2 GiB": (
        lambda: zipped({"x.npy": X, "y.npy": npy("|S2147483647", (1,))}), "DataError", "but 0 are",
    ),
    "npy: a header of 4 GiB": (
        lambda: b"\x93NUMPY\2\0" + struct.pack("<I", (1 << 32) - 1), "DataError", "over 10000",
    ),
    "npy: a version of the future": (
        lambda: b"\x93NUMPY\4\0" + X[8:], "DataError", "unknown .npy version 4.0",
    ),
    "npy: a header that calls": (
        lambda: npy("", (), text="{'descr': exit(), 'fortran_order': 0, 'shape': ()}"),
        "DataError", "malformed",
    ),
    "npy: a header as deep as it goes": (
        lambda: npy("", (), text="(" * 9000), "DataError", "malformed",
    ),
    "npy: minus minus minus": (
        lambda: npy("", (), text="-" * 9000 + "1"), "DataError", "malformed",
    ),
    "npy: a number of 9,000 digits": (
        lambda: npy("", (), text="9" * 9000), "DataError", "malformed",
    ),
    "npy: a structure as deep as it goes": (
        lambda: npy("", (), text=repr({"fortran_order": False, "shape": ()})[:-1] + ",'descr':"
                    + "[('a'," * 40 + "'|u1'" + ")]" * 40 + "}"),
        "DataError", "but 0 are there",
    ),
    "npy: more than the file has": (
        lambda: npy("|u1", (GIB, 64, 64)), "DataError", "but 0 are there",
    ),
    "npy: less than the file has": (lambda: X + b"\0", "DataError", "but 19 are there"),
    "npy: complex": (lambda: npy("<c8", (1, 1, 1), bytes(8)), "DataError", "no array looks like"),
    "npy: not a number": (
        lambda: npy("<f8", (1, 1, 1), b"\xff" * 8), "DataError", "no finite numbers",
    ),
    "idx: 2^96 bytes": (
        lambda: idx(((1 << 32) - 1,) * 3), "DataError", "but the file has 16",
    ),
    "idx: gzipped, 2^96 bytes": (
        lambda: gzip.compress(idx(((1 << 32) - 1,) * 3)), "DataError", "cannot hold",
    ),
    "idx: gzipped, a size within reach": (
        lambda: gzip.compress(idx((1 << 14, 8, 8)) + bytes(2000)), "DataError", "cannot hold",
    ),
    "idx: gzipped, half": (
        lambda: gzip.compress(idx((4, 8, 8)) + bytes(256))[:-9], "DataError", "gzip",
    ),
    "idx: gzipped, a wrong CRC": (
        lambda: gzip.compress(idx((4, 8, 8)) + bytes(256))[:-8] + bytes(8), "DataError", "gzip",
    ),
    "idx: gzipped, a bomb behind the images": (
        lambda: gzip.compress(idx((1, 8, 8), bytes(64)) + bytes(64 << 20), 1),
        "DataError", "bytes after the images",
    ),
    "idx: gzipped, an honest bomb": (
        lambda: gzip.compress(idx((288 << 14, 8, 8), bytes(288 << 20)), 1), "DataError", "memory",
    ),
    "idx: 255 axes": (lambda: idx((1,) * 255, b"a"), "DataError", "255 dimensions"),
    "idx: floats that are cut off": (
        lambda: idx((1, 1, 1), bytes(3), 13), "DataError", "1 x 1 x 1 >f4 takes 20 bytes",
    ),
    "a table: rows of other lengths": (
        lambda: b"1,2,3,4\n1,2\n", "DataError", "has not 4 fields",
    ),
    "a table: a field that is empty": (lambda: b"1,2\n1,\n", "DataError", "could not convert"),
    "a table: a number beyond all": (
        lambda: b"1 " * 15 + b"1e999\n", "DataError", "no finite numbers",
    ),
    "a table: two names": (lambda: b"a1,a1\n1,2\n", "DataError", "same name"),
    "idx: a byte too many": (lambda: idx((1, 8, 8), bytes(65)), "DataError", "has 81"),
    "nothing": (lambda: b"", "DataError", "empty"),
    "noise": (lambda: bytes(range(256)) * 10, "DataError", "unknown content"),
    "an .xz": (lambda: lzma.compress(X), "DataError", "unknown content"),
}  # fmt: skip

WHITE = png(8, 8, (b"\0" + b"\xff" * 8) * 8)

FOLDERS: dict[str, tuple[Callable[[], dict[str, bytes]], str]] = {
    "a picture of 2^31 by 2^31": (
        lambda: {"a.png": png((1 << 31) - 1, (1 << 31) - 1, b"")}, "a.png",
    ),
    "a picture of 12,000 by 12,000 without a pixel": (
        lambda: {"a.png": png(12_000, 12_000, b"")}, "a.png",
    ),
    "a picture of 4 GiB": (lambda: {"a.png": png(65_535, 65_535, bytes(1 << 20))}, "a.png"),
    "a picture of no width": (lambda: {"a.png": png(0, 8, b"")}, "a.png"),
    "half a picture": (lambda: {"a.png": WHITE[:50]}, "a.png"),
    "a picture of 16 bits beside one of 8": (
        lambda: {"a.png": png(1, 1, b"\0\1\2", bits=16), "b.png": png(1, 1, b"\0\1")},
        "size and mode",
    ),
    "colours with an alpha beside grey": (
        lambda: {"a.png": png(1, 1, b"\0abcd", colour=6), "b.png": png(1, 1, b"\0\1")}, "RGBA",
    ),
    "16-bit colours of 4 GiB": (
        lambda: {"a.png": png(30_000, 30_000, bytes(1 << 20), bits=16, colour=2)}, "cannot hold",
    ),
    "a palette longer than may be": (
        lambda: {"a.gif": b"GIF89a\xff\xff\xff\xff\x87\0\0" + bytes(90)}, "a.gif",
    ),
    "a PGM of text that never ends": (lambda: {"a.pgm": b"P2 8 8 9\n" + b"#" * (1 << 20)}, "a.pgm"),
    "a second picture of another size": (
        lambda: {"a.png": WHITE, "b.png": png(1, 1, b"\0a")}, "of one size",
    ),
    "a second picture that is none": (lambda: {"a.png": WHITE, "b.png": b"PNG"}, "b.png"),
    "an empty picture": (lambda: {"a.png": b""}, "a.png"),
    "a PostScript called .png": (lambda: {"a.png": b"%!PS-Adobe-3.0 EPSF-3.0\n"}, "a.png"),
    "a TIFF in a circle": (lambda: {"a.tif": tiff_in_a_circle()}, "a.tif"),
    "a PGM of 2^60 pixels": (lambda: {"a.pgm": b"P5 1073741824 1073741824 255\n"}, "a.pgm"),
    "a BMP of 2^31 rows": (
        lambda: {"a.bmp": b"BM" + struct.pack("<IIIIiiHHIIIIII", 60, 0, 54, 40, 8, -(1 << 31), 1, 8,
                                              0, 0, 0, 0, 0, 0)},
        "a.bmp",
    ),
    "no picture": (lambda: {"a.txt": b"hello"}, "no image"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_data_set_is_refused(name: str, victim: Capped) -> None:
    build, error, words = FILES[name]
    outcome = victim.open("data", build())
    assert outcome.error == error, outcome.text
    assert words in outcome.text


@pytest.mark.parametrize("name", FOLDERS)
def test_a_hostile_folder_is_refused(name: str, victim: Capped) -> None:
    build, words = FOLDERS[name]
    outcome = victim.open("folder", build())
    several = "of one size and mode" in outcome.text
    assert outcome.error == ("SeveralShapesError" if several else "DataError"), outcome.text
    assert words in outcome.text


def test_what_the_attacks_are_made_of_is_right(victim: Capped) -> None:
    for data in (
        X,
        zipped({"x.npy": X}),
        idx((2, 3, 3), bytes(18)),
        gzip.compress(idx((2, 1, 9), bytes(18))),
    ):
        assert victim.open("data", data).text == "2 images"
    assert victim.open("folder", {"a.png": WHITE, "b.png": WHITE}).text == "2 images"
    assert np.load(io.BytesIO(X)).shape == (2, 3, 3)
