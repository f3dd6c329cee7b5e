"""The worked examples of docs/FORMAT.md: a golden file byte by byte, what its stack gives first,
and an image's code and logits.

`python bench/annotate.py` prints them; `python bench/annotate.py --write` puts them between their
markers in the page. A test fails when the two differ.
"""

from __future__ import annotations

import argparse
import io
import lzma
import re
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from committed import ROOT
from vectors import Example, decoded, pops

from acncodec.container.head import DICTIONARY
from acncodec.container.sections import SectionType, section_name

PAGE = ROOT / "docs" / "FORMAT.md"
GOLDEN = ROOT / "tests" / "golden"
FILE = Example(GOLDEN / "v3" / "any-set-two.acn", GOLDEN / "v3" / "model-1.safetensors")
CODED = Example(GOLDEN / "v1" / "keep-iid.acn", GOLDEN / "v1" / "model.safetensors")
"""The one that is told byte by byte, and one whose images have codes."""
WIDTH = 16
"""Bytes a line."""
TEXT = 84
INTERVALS = 10


class Listing:
    """The bytes of a file, in order, and what they are."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.lines: list[str] = []

    def take(self, count: int, what: str) -> bytes:
        """Tell the next bytes."""
        content = self.data[self.at : self.at + count]
        for start in range(0, count, WIDTH):
            piece = content[start : start + WIDTH].hex(" ")
            line = f"{self.at + start:5}  {piece:<{3 * WIDTH - 1}}  {'' if start else what}"
            self.lines.append(line.rstrip())
        self.at += count
        return content

    def number(self, size: int, what: str) -> int:
        """Tell an integer."""
        value = int.from_bytes(self.data[self.at : self.at + size], "little")
        self.take(size, f"{what}: {value}")
        return value

    def crc(self, start: int) -> None:
        """Tell the CRC-32 of all bytes from `start` on, which must be right."""
        if struct.pack("<I", zlib.crc32(self.data[start : self.at])) != self.data[self.at :][:4]:
            raise SystemExit(f"the CRC-32 at {self.at} is wrong")
        self.take(4, f"CRC-32 of bytes {start} to {self.at - 1}")

    def note(self, text: str) -> None:
        """What the bytes above stand for."""
        lines = [""]
        for piece in re.findall(r"[^ ,]*[ ,]*", text):
            if len(lines[-1]) + len(piece.rstrip()) > TEXT:
                lines.append("")
            lines[-1] += piece
        starts = "       = ", *["         "] * (len(lines) - 1)
        self.lines += [start + line.rstrip() for start, line in zip(starts, lines, strict=True)]


def listed(data: bytes) -> str:
    """A file byte by byte: of the kinds of sections those that `FILE` has."""
    listing = Listing(data)
    listing.take(8, "signature")
    version = listing.number(2, "format version")
    length = listing.number(4, "L")
    listing.take(32, "model id")
    packed = listing.take(length - 32, "the header's JSON, raw deflate")
    dictionary = DICTIONARY if version > 1 else b""
    listing.note(zlib.decompressobj(-15, dictionary).decompress(packed).decode())
    listing.crc(0)
    while listing.at < len(data):
        start = listing.at
        kind = SectionType(data[start])
        shard = int.from_bytes(data[start + 1 : start + 3], "little")
        listing.lines.append("")
        listing.take(1, f"section type: {section_name(kind, shard)}")
        listing.number(2, "shard")
        size = listing.number(8, "n, bytes of the payload")
        SECTIONS[kind](listing, size)
        if listing.at != start + 11 + size:
            raise SystemExit(f"{section_name(kind, shard)} is not told whole")
        listing.crc(start)
    return "```\n" + "\n".join(listing.lines) + "\n```"


def tell_side(listing: Listing, size: int) -> None:
    """Side data (5)."""
    listing.number(8, "length of raw")
    listing.take(32, "SHA-256 of raw")
    form = listing.number(1, "form")
    body = listing.take(size - 41, "raw, as one .xz stream" if form else "raw")
    raw = io.BytesIO(lzma.decompress(body) if form else body)
    while head := raw.read(2):
        (length,) = struct.unpack("<H", head)
        name = raw.read(length).decode()
        flags, nbytes = struct.unpack("<BQ", raw.read(9))
        array = np.load(io.BytesIO(raw.read(nbytes)))
        listing.note(
            f"u16 {length}, name {name!r}, flags {flags}, u64 {nbytes}, an .npy file of"
            f" {nbytes} bytes: {array.dtype.str} {array.shape}, {array.tolist()}"
        )


def tell_duplicates(listing: Listing, size: int) -> None:
    """Duplicates (4)."""
    form = listing.number(1, "form")
    if form > 1:
        raise SystemExit("duplicates in LZMA2 are not told")
    body = listing.take(size - 1, "raw, as one deflate stream" if form else "raw")
    raw = zlib.decompress(body, -15) if form else body
    listing.note(f"raw, {len(raw)} bytes: {list(raw)}")


def tell_stack(listing: Listing, size: int) -> None:
    """A stack of words (6)."""
    for place in range(size // 4):
        end = " (bottom)" if not place else " (top)" if place == size // 4 - 1 else ""
        listing.number(4, f"word {place}{end}")


SECTIONS = {
    SectionType.SIDE: tell_side,
    SectionType.DUPLICATES: tell_duplicates,
    SectionType.STACK: tell_stack,
}


def intervals() -> str:
    """The first symbols of the file's stack."""
    lines = ["| | state before | quantile q | item, pixel | symbol | start F_k | frequency f_k |"]
    lines.append("|---|---|---|---|---|---|---|")
    found = decoded(FILE)
    for number, one in enumerate(pops(found, INTERVALS), 1):
        row, column = divmod(one.call, found.pixels.shape[3])
        lines.append(
            f"| {number} | `{one.state:016x}` | {one.quantile} | {one.item}, ({row}, {column})"
            f" | {one.symbol} | {one.start} | {one.frequency} |"
        )
    return "\n".join(lines)


def image() -> str:
    """The code and the first row of logits of image 0."""
    found = decoded(CODED)
    rows = {
        "component k": found.component,
        "latent z": found.latent,
        "code c": found.code,
        "symbols z - c + 64 that are pushed back": [
            z - c + 64 for z, c in zip(found.latent, found.code, strict=True)
        ],
        "logits of row 0": found.logits,
        "frequencies of level index 1 there": found.ones,
        "level indexes there": found.pixels[0, 0, 0].tolist(),
    }
    lines = ["| image 0 | |", "|---|---|"]
    lines += [f"| {name} | {_listed(value)} |" for name, value in rows.items()]
    return "\n".join(lines)


def _listed(value: int | list[int]) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


PARTS = {
    "annotated-file": lambda: listed(FILE.archive.read_bytes()),
    "annotated-intervals": intervals,
    "annotated-image": image,
}


def filled() -> str:
    """The page with each part between its markers replaced by a fresh one."""
    text = PAGE.read_text(encoding="utf-8")
    for name, render in PARTS.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise SystemExit(f"{PAGE.name} lacks the markers of {name!r}")
        text = f"{head}{begin}\n{render()}\n{end}{tail}"
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the parts, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/FORMAT.md")
    if parser.parse_args(arguments).write:
        PAGE.write_text(filled(), encoding="utf-8")
    else:
        print("\n\n".join(render() for render in PARTS.values()))


if __name__ == "__main__":
    main()
