"""Archives whose shards come one after the other: written to an .npz, checked, or compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import Shards
from acncodec.codec.decompress import (
    check_memory,
    decompress_archive,
    opened,
    pop_shards,
    side_alone,
)
from acncodec.compare import same_entries, same_types
from acncodec.container import Header, read_header
from acncodec.images import DataSource, SideArray, save_in_parts
from acncodec.memory import memory_errors
from acncodec.models.frozen import FrozenModel
from acncodec.parallel import Lanes

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Contents:
    """What an archive holds: how many images, their shape (C, H, W), or None where there are
    several, how many other arrays, and how many shapes."""

    images: int
    shape: tuple[int, int, int] | None
    arrays: int
    shapes: int = 1


@dataclass(frozen=True, eq=False)
class Decoding:
    """An archive that is being decoded: `parts` are the images of one shard after the other,
    (n, C, H, W), each checked by its digest."""

    header: Header
    side: tuple[SideArray, ...]
    parts: Iterator[NDArray[Any]]

    @property
    def contents(self) -> Contents:
        """What is in it."""
        return Contents(self.header.count, self.header.shape, len(self.side))


@contextmanager
def decoding(
    path: Path, model: FrozenModel, threads: int, batch: int, progress: Progress | None,
    device: str, allow_large: bool,
) -> Iterator[Decoding]:  # fmt: skip
    """Decode shard by shard.

    Labels that are coded given all images need all images in memory, and come as one part;
    `compress` writes such only with a single shard. Raises as `decompress_archive` does.
    """
    with memory_errors():
        header = read_header(path).uniform
        if header.labels:
            data = decompress_archive(path, model, threads, batch, progress, device, allow_large)
            yield Decoding(header, data.side, iter([data.pixels]))
            return
        with opened(path, model, threads, allow_large=allow_large) as archive:
            header = archive.uniform
            check_memory(header, max(shard.count for shard in header.shards))
            side = side_alone(archive)
            with Lanes(threads, batch, len(header.shards), device) as lanes:
                yield Decoding(header, side, pop_shards(archive, model, lanes, progress))


def decompress_to_npz(
    path: Path,
    model: FrozenModel,
    file: BinaryIO,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
    allow_large: bool = False,
) -> Contents:
    """As `decompress_archive`, but write the .npz to `file`, each shard when it is decoded.

    When this raises, `file` may hold a part: the caller throws it away (see `atomic_output`).
    """
    with decoding(path, model, threads, batch, progress, device, allow_large) as found:
        save_in_parts(file, found.header.spec, found.side, found.header.count, found.parts)
    return found.contents


def verify_archive(
    path: Path,
    model: FrozenModel,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
    allow_large: bool = False,
) -> Contents:
    """Decode the archive at `path` and check all digests; keep nothing.

    Raises as `decompress_archive` does.
    """
    with decoding(path, model, threads, batch, progress, device, allow_large) as found:
        for _part in found.parts:
            pass
    return found.contents


def holds(
    path: Path,
    data: DataSource,
    model: FrozenModel,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
    allow_large: bool = False,
) -> bool:
    """Whether the archive at `path` gives `data` back: every array, its name, type, shape and
    bytes; in the order `any` in canonical order, aligned rows with their images.

    Reads `data` once more, as far as it is not in memory. Raises as `decompress_archive` does, and
    `DataError` when the images cannot be read or have changed.
    """
    with decoding(path, model, threads, batch, progress, device, allow_large) as found:
        header = found.header
        theirs = header.spec, header.shape, header.count
        # Types and shapes as they are given: what sorts the rows might change both alike.
        if theirs != (data.spec, data.shape, data.count) or not same_types(data.side, found.side):
            return False
        shards, start = Shards(data, header.order == "keep", None), 0
        for part in found.parts:
            if not np.array_equal(part, shards.images(start, start + len(part))):
                return False
            start += len(part)
        return same_entries(shards.side, found.side)
