"""An archive that is read: all of it, some of its images, or what is whole of a damaged one.

with Reader(path, [model], Run(threads=4)) as archive:
    data = archive.read()                       everything, as a data set
    archive[7], archive[10:20]                  some images, as they were given
    archive.dataset("labels")                   items for a DataLoader of torch
    archive.verify()                            everything, thrown away
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.archive_dataset import ArchiveDataset
from acncodec.codec.array_file import save_arrays_in_parts
from acncodec.codec.contents import Contents, Decoding, MixedDecoding, ShardPart
from acncodec.codec.data_sets import each_shard, read_all, read_range
from acncodec.codec.decoder import Decoder, Find, installed
from acncodec.codec.folders import check_folder, save_folder, save_folder_in_parts
from acncodec.codec.needed import wanted_models
from acncodec.codec.random_access import RandomAccess
from acncodec.codec.salvage import Loss, salvaged
from acncodec.codec.shard_cache import MAX_BYTES, CacheInfo
from acncodec.codec.side import side_of
from acncodec.codec.written import Data, Ints
from acncodec.container import AnyHeader, ArchiveFile, ModelName, NewFolder
from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, SideArray, save_npz
from acncodec.models.frozen import FrozenModel
from acncodec.run.progress import silent
from acncodec.run.settings import USUAL, Run

Image = NDArray[Any]


class Reader(AbstractContextManager["Reader"]):
    """An open .acn archive.

    Its header is read at once; sections are read, and models are looked for, when something is to
    be decoded. `len(archive)` is its number of images, `archive[3]` one of them as it was given,
    `archive[3:7]` several: an array (n, ...), or a list of arrays where those of the set differ in
    shape. For one thread at a time.

    Args:
        source: a path, or a seekable binary file, which is not closed with this.
        models: those there are, of which it takes what it needs; or where to look for them.
        run: how to work.
        cache_bytes: how much of what was decoded for single images and slices is kept: the shards
            that were looked at last, each as far as it was decoded, and the very last in any case.

    Raises:
        FormatError: unreadable, no archive, an unknown version, a malformed header.
        CorruptionError: the header's CRC does not match.

    What decodes raises `FormatError` on a malformed file, `CorruptionError` when the content is not
    what was written, `ModelError` when a model is missing, and `TooLargeError` when this machine
    has too little memory, or when more work is asked for than the bytes are worth.
    """

    def __init__(
        self, source: Path | str | BinaryIO, models: Sequence[FrozenModel] | Find = installed,
        run: Run = USUAL, *, cache_bytes: int = MAX_BYTES,
    ) -> None:  # fmt: skip
        self._source, self._run, self._cache_bytes = source, run, cache_bytes
        self._file = ArchiveFile(source)
        self._decoder = Decoder(self._file, models, run)
        self._shards = self._decoder.shards
        self._access = RandomAccess(self._decoder, cache_bytes)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if this opened it."""
        self._file.close()

    @property
    def header(self) -> AnyHeader:
        """What the archive says of itself."""
        return self._file.header

    @property
    def wanted(self) -> tuple[ModelName, ...]:
        """The models that its header names."""
        return wanted_models(self.header)

    @property
    def models(self) -> Sequence[FrozenModel]:
        """These models. Raises as what decodes."""
        return self._decoder.models

    def carried(self) -> tuple[FrozenModel, ...]:
        """The models that lie in the archive. Raises as what decodes."""
        return self._decoder.carried()

    def __len__(self) -> int:
        return self.header.count

    def __getitem__(self, key: int | slice) -> Image | list[Image]:
        if isinstance(key, slice):
            return self.take(np.arange(len(self))[key])
        row = operator.index(key)
        row += len(self) if row < 0 else 0
        if not 0 <= row < len(self):
            raise IndexError(f"image {key} of {len(self)}")
        return self.take(np.array([row]))[0]

    def take(self, rows: Ints) -> Image | list[Image]:
        """The images at these places, in this order, as a slice gives them.

        Raises `IndexError` for a place below 0 or beyond the last.
        """
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"places {rows.min()} to {rows.max()} of {len(self)} images")
        return self._shards.arrays(self._access.images(rows))

    @property
    def cache(self) -> CacheInfo:
        """What was decoded for single images and slices so far, and what of it is kept."""
        return self._access.info

    def dataset(self, *names: str, threads: int = 1) -> ArchiveDataset:
        """The images, and their entries in the aligned arrays of these names, for a DataLoader.

        Each of its processes opens the archive for itself, and decodes with so many threads.

        Raises `DataError` where the archive was not opened by its path, or where there is no such
        array.
        """
        if not isinstance(self._source, Path | str):
            raise DataError("other processes cannot open an archive that is no file with a path")
        arrays = {one.name: one.array for one in self._beside(names) if one.aligned}
        for name in names:
            if name not in arrays:
                there = ", ".join(map(repr, arrays)) or "none"
                raise DataError(f"no array {name!r} has a row for each image; there is {there}")
        run = replace(self._run, threads=threads, progress=silent, begin=None)
        begin = partial(
            Reader, Path(self._source).absolute(), tuple(self.models), run,
            cache_bytes=self._cache_bytes,
        )  # fmt: skip
        counts = [self._shards.count(index) for index in range(len(self._shards))]
        return ArchiveDataset(begin, counts, {name: arrays[name] for name in names})

    def _beside(self, names: Sequence[str]) -> Sequence[SideArray]:
        """The side arrays; no image is decoded for them, unless labels are coded given all."""
        if not names:
            return ()
        return self.read().side if self.header.labels else side_of(self._file.read(()))

    def __iter__(self) -> Iterator[Image]:
        """All images in order; the shards of as many threads, and one more, are in memory."""
        with self._decoder.whole(together=False) as popped:
            for part in popped.parts:
                yield from self._shards.arrays(part)

    @property
    def arrays(self) -> dict[str, Image | list[Image]]:
        """All arrays as they were given, by name and in their order; images of several shapes are
        a list of arrays."""
        data = self.read()
        return {**data.arrays()} if isinstance(data, DataSet) else data.named()

    def read(self) -> Data:
        """Everything, as a data set in memory."""
        return read_all(self._decoder)

    def part(
        self, start: int | None = None, stop: int | None = None
    ) -> tuple[Data, tuple[ShardPart, ...]]:
        """The images start..stop of what `read` gives, without the others: half-open, from 0 if
        `start` is None, to the end if `stop` is None.

        Aligned side arrays have the rows of these images; the others are whole. Only the shards
        that hold the images are read. In the order `keep`, a shard is decoded up to the last batch
        that they need: with a stored order (`tour`) that is about all of it for more than a few
        images. In the order `any`, and of a mixed set, a whole shard is decoded; and labels that
        are coded given all images need all.

        Returns the data and, for each shard that was decoded, whether it was verified. Raises
        `DataError` when the range is not within the images, or where it is empty and shapes differ.
        """
        return read_range(self._decoder, start, stop)

    def decoding(self) -> AbstractContextManager[Decoding | MixedDecoding | Data]:
        """All images, decoded shard by shard; a set with labels that are coded given all of them
        comes whole."""
        return each_shard(self._decoder)

    def verify(self) -> Contents:
        """Decode everything and check all digests; keep nothing."""
        with self.decoding() as found:
            if isinstance(found, DataSet | MixedData):
                return Contents.of(found)
            for _part in found.parts:
                pass
            return found.contents

    def write_npz(self, file: BinaryIO) -> Contents:
        """Write the .npz of all arrays to `file`, each shard when it is decoded.

        When this raises, `file` may hold a part: the caller throws it away (see `atomic_output`).
        """
        with self.decoding() as found:
            if isinstance(found, DataSet | MixedData):
                save_npz(file, found)
                return Contents.of(found)
            save_arrays_in_parts(file, found)
            return found.contents

    def write_folder(self, folder: NewFolder) -> Contents:
        """Write the pictures to `folder`, those of each shard when it is decoded.

        When this raises, `folder` may hold a part: the caller throws it away (see `atomic_folder`).
        Raises `DataError`, before anything is decoded, where the archive holds too many pictures,
        no names, or names that may not become files.
        """
        check_folder(self._file.read(()))
        with self.decoding() as found:
            if isinstance(found, DataSet | MixedData):
                save_folder(folder, found)
                return Contents.of(found)
            save_folder_in_parts(folder, found)
            return found.contents

    def salvage(self) -> tuple[Data, Loss]:
        """What is whole of a damaged archive, and what is not: images of whole shards, aligned
        side arrays with the rows of these images.

        Raises `CorruptionError` when neither an image nor an array could be saved, `ModelError` as
        what decodes.
        """
        with self._decoder.damage() as (damaged, lanes):
            return salvaged(damaged, self._shards, self.models, lanes)
