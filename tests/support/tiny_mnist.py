"""Four small IDX files named like MNIST's, and a catalogue entry with their digests."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from acncodec.data.catalogue import MNIST, DataSource

FILES = tuple(file.name for file in MNIST.files)
TRAIN, TEST = 12, 5


def write_files(folder: Path) -> None:
    """Write them, gzipped."""
    rng = np.random.default_rng(0)
    for name in FILES:
        count = TRAIN if name.startswith("train") else TEST
        shape = (count, 4, 4) if "images" in name else (count,)
        array = rng.integers(0, 256, shape, np.uint8)
        head = struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape)
        (folder / name).write_bytes(gzip.compress(head + array.tobytes(), mtime=0))


def shrink(folder: Path) -> DataSource:
    """MNIST's entry, with the digests and sizes of the files in `folder`."""
    files = []
    for file in MNIST.files:
        content = gzip.decompress((folder / file.name).read_bytes())
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files.append(replace(file, digest=f"md5:{digest}", content_bytes=len(content)))
    return replace(MNIST, files=tuple(files))
