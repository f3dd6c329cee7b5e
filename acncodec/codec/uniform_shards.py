"""The shards of a set of one shape, all by one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.header_shards import HeaderShards
from acncodec.codec.shard_state import OpenShard
from acncodec.codec.written import Part, ShardRows, pixels_of
from acncodec.container import CODERS, Archive, Header
from acncodec.errors import CorruptionError, DataError, FormatError
from acncodec.images import DataSet, SideArray
from acncodec.images.form import Form
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.choose import strategies_for
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.labels import Context, decoded_context
from acncodec.shards.pop import pop_rows, pop_shard
from acncodec.stack.coders import check_coder


@dataclass(frozen=True)
class UniformShards(HeaderShards[Header]):
    """Parts are level indexes (n, C, H, W)."""

    def nbytes(self, index: int) -> int:
        """Bytes of the level indexes of a shard."""
        return self.count(index) * self.header.image_bytes

    def check(self, models: Sequence[FrozenModel]) -> None:
        """Raise `FormatError` where the header asks for what its model has not."""
        header, (model,) = self.header, models
        if header.coder not in CODERS:
            raise FormatError(f"unknown coder {header.coder!r}; there is {', '.join(CODERS)}")
        levels = len(header.spec.values)
        if header.profile != model.profile or not model.accepts.takes(header.shape, levels):
            raise FormatError("the header's profile, image shape or levels are not the model's")
        check_coder(header.coder, levels)
        possible = strategies_for(model.latents.conditional, keep=False)
        for strategy in {shard.strategy for shard in header.shards}.difference(possible):
            raise FormatError(
                f"the strategy is {strategy}, but the profile {header.profile} has no prior network"
            )

    def pop(
        self, archive: Archive, index: int, models: Sequence[FrozenModel], workers: Workers,
        progress: Progress,
    ) -> Part:  # fmt: skip
        """All images of a shard."""
        return pop_shard(archive, index, models[0], workers, progress)

    def pop_rows(
        self, archive: Archive, index: int, rows: slice, models: Sequence[FrozenModel],
        workers: Workers, progress: Progress,
    ) -> ShardRows:  # fmt: skip
        """Some images: in the order `keep` by decoding up to the last batch that they need, in the
        order `any` all, for the place of an image depends on all others."""
        found = pop_rows(archive, index, rows, models[0], workers, progress)
        return ShardRows(found.pixels, found.decoded)

    def open(self, archive: Archive, index: int, models: Sequence[FrozenModel]) -> OpenShard:
        """A shard, to be decoded batch by batch."""
        return OpenShard(archive, index, models[0])

    def joined(self, parts: Sequence[Part]) -> Part:
        """All images, (N, C, H, W)."""
        none = np.zeros((0, *self.header.shape), self.header.spec.index_dtype)
        return np.concatenate([none, *map(pixels_of, parts)])

    def context(self, images: Part, models: Sequence[FrozenModel], workers: Workers) -> Context:
        """Given which labels are coded."""
        return decoded_context(
            models[0], pixels_of(images), len(self.header.spec.values), workers
        )  # fmt: skip

    def arrays(self, images: Part) -> NDArray[Any]:
        """Images as they were given."""
        return self.header.spec.to_array(pixels_of(images))

    def assembled(
        self, images: Part, side: tuple[SideArray, ...], position: int, form: Form
    ) -> DataSet:
        """The data set. Raises `CorruptionError` where its parts do not fit."""
        pixels = pixels_of(images)
        try:
            spec = replace(self.header.spec, position=position, form=form)
            return DataSet(pixels, spec, side, spec.to_array(pixels).nbytes)
        except DataError as error:
            raise CorruptionError(f"the arrays do not fit together: {error}") from error
