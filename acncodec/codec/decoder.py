"""The shards of an open archive, decoded side by side: what a reader is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from acncodec.codec.demand import (
    BYTES_A_REPEAT,
    Demand,
    check_demand,
    demand_of,
    repeats_in,
)
from acncodec.codec.mixed_shards import MixedShards
from acncodec.codec.needed import embedded_models, find_model, wanted_models
from acncodec.codec.pop_jobs import Piece, pop_jobs, pop_shards
from acncodec.codec.uniform_shards import UniformShards
from acncodec.codec.written import Part, ShardRows, ShardState, WrittenShards
from acncodec.container import AnyHeader, Archive, ArchiveFile, MixedHeader, ModelName
from acncodec.container.damaged import Damaged, read_damaged
from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_needed
from acncodec.models.selftest import check_products
from acncodec.run.executor import Executor
from acncodec.run.lanes import Lanes, executor
from acncodec.run.memory import check_fits, check_headroom, memory_errors
from acncodec.run.settings import Run


@dataclass(frozen=True, eq=False)
class ModelsOf:
    """What is known of an archive when its models are looked for.

    wanted: those that its header names; carried: gives those that lie in it.
    """

    wanted: tuple[ModelName, ...]
    carried: Callable[[], Sequence[FrozenModel]]


Find = Callable[[ModelsOf], Sequence[FrozenModel]]
"""Where models come from; asked once, when something is to be decoded."""


def installed(archive: ModelsOf) -> Sequence[FrozenModel]:
    """The models that an archive carries, else the bundled ones that its header names."""
    wanted = [(one.model_id, one.name) for one in archive.wanted]
    return find_needed(wanted, carried=archive.carried())


@dataclass(frozen=True, eq=False)
class Popped:
    """Shards that are being decoded: the sections that were read, the executor that does the work,
    and what comes of them, one shard after the other, each checked as far as it is decoded."""

    archive: Archive
    lanes: Executor[FrozenModel]
    rows: Iterator[ShardRows]

    @property
    def parts(self) -> Iterator[Part]:
        """Their images."""
        return (found.images for found in self.rows)


class Decoder:
    """An open file and what decodes it.

    models: those there are, or where to look for them; run: how to work. Raises as `Reader` does.
    """

    def __init__(self, file: ArchiveFile, models: Sequence[FrozenModel] | Find, run: Run) -> None:
        self.file, self.run, self._given = file, run, models
        header = file.header
        self.shards: WrittenShards = (
            MixedShards(header, run.allow_large)
            if isinstance(header, MixedHeader)
            else UniformShards(header)
        )
        self.damaged: Damaged | None = None

    @property
    def header(self) -> AnyHeader:
        """What the archive says of itself."""
        return self.file.header

    def carried(self) -> tuple[FrozenModel, ...]:
        """The models that the archive carries."""
        if self.damaged is not None:
            return embedded_models(self.damaged.archive)
        return embedded_models(self.file.read(())) if self.header.embedded else ()

    @cached_property
    def models(self) -> list[FrozenModel]:
        """The models that the header names, in its order, and they are what it says.

        Raises `ModelError` where one is missing, `FormatError` where the header asks for what one
        has not, or where a section does not stand where it should.
        """
        wanted = wanted_models(self.header)
        given = self._given
        if callable(given):
            if self.damaged is None:
                self.file.check()  # a file that is cut is told before models are looked for
            given = self._found(given, ModelsOf(wanted, self.carried))
        found = [find_model(given, one) for one in wanted]
        self.shards.check(found)
        return found

    def _found(self, find: Find, archive: ModelsOf) -> Sequence[FrozenModel]:
        """The models that are found; of a damaged file the error says what else may be wrong."""
        try:
            return find(archive)
        except ModelError as error:
            if len(self.carried()) < len(self.header.embedded):
                raise ModelError(
                    f"the model that the archive carries is damaged; {error}"
                ) from error
            raise

    def pieces(self, first: int, last: int) -> list[tuple[int, slice]]:
        """The shards that hold the images first..last, and which of theirs these are."""
        pieces, at = [], 0
        for index in range(len(self.shards)):
            count = self.shards.count(index)
            rows = slice(max(first - at, 0), min(last - at, count))
            if rows.start < rows.stop:
                pieces.append((index, rows))
            at += count
        return pieces

    @contextmanager
    def whole(self, *, together: bool) -> Iterator[Popped]:
        """All images of all shards; there is memory for them, `together` or shard by shard."""
        every = range(len(self.shards))
        with memory_errors(), self._lanes(every, together=together) as lanes:
            archive = self.file.read()
            yield self._popped(archive, lanes, [(index, None) for index in every])

    @contextmanager
    def some(self, pieces: Sequence[Piece]) -> Iterator[Popped]:
        """Some images of some shards, no more of which is read or decoded than they need."""
        indexes = [index for index, _ in pieces]
        with memory_errors(), self._lanes(indexes, together=True) as lanes:
            archive = self.file.read(indexes)
            yield self._popped(archive, lanes, pieces)

    def _popped(
        self, archive: Archive, lanes: Executor[FrozenModel], pieces: Sequence[Piece]
    ) -> Popped:
        pop = pop_shards(self.shards, archive, self.models)
        return Popped(archive, lanes, lanes.map(pop, pop_jobs(archive, pieces)))

    def open(self, index: int) -> ShardState:
        """A shard of which nothing is decoded yet, and whose images fit the memory."""
        with memory_errors():
            self._demand((), [index])
            check_fits(self.shards.nbytes(index), f"{self.shards.count(index)} images")
            models = self.models
            self._demand(models, [index])
            return self.shards.open(self.file.read([index], beside=False), index, models)

    @contextmanager
    def at_work(self, indexes: Sequence[int]) -> Iterator[Lanes[FrozenModel]]:
        """Threads to decode these shards with, all of which there is memory for."""
        with memory_errors():
            run = self._ready(indexes, together=True)
            with Lanes[FrozenModel](run, len(indexes)) as lanes:
                yield lanes

    @contextmanager
    def damage(self) -> Iterator[tuple[Damaged, Executor[FrozenModel]]]:
        """What is whole of a damaged file, and lanes to decode it with."""
        self.damaged = read_damaged(self.file)
        with memory_errors(), self._lanes(range(len(self.shards)), together=True) as lanes:
            yield self.damaged, lanes

    @contextmanager
    def _lanes(self, indexes: Sequence[int], *, together: bool) -> Iterator[Executor[FrozenModel]]:
        run = self._ready(indexes, together=together)
        with executor(run, len(indexes), {one.model_id: one for one in self.models}) as lanes:
            yield lanes

    def _ready(self, indexes: Sequence[int], *, together: bool) -> Run:
        """How to decode these shards, once models and memory are there for them."""
        sizes = [(self._bytes_of(index), self.shards.count(index)) for index in indexes]
        nbytes, images = max(sizes, default=(0, 0))
        if together:
            nbytes, images = (sum(found) for found in zip((0, 0), *sizes, strict=True))
        run = self.run
        self._demand((), indexes)  # before any model is looked for
        models = self.models
        run.announce(self._demand(models, indexes).work.seconds(run.threads))
        check_fits(nbytes, f"{images} images")
        check_headroom(run.threads)
        for model in models:
            check_products(model)
        return run

    def _bytes_of(self, index: int) -> int:
        """What the images of a shard may take in memory, and knowing which repeat others."""
        repeats = repeats_in(self.header.shards[index])
        return self.shards.nbytes(index) + BYTES_A_REPEAT * repeats

    def _demand(self, models: Sequence[FrozenModel], indexes: Sequence[int]) -> Demand:
        """What some shards ask for. Raises `TooLargeError` where that is more than may be."""
        demand = demand_of(self.header, self.file.file_bytes, models, indexes)
        check_demand(demand, self.run.allow_large)
        return demand
