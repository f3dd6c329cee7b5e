"""The shards of a mixed set: several shapes, several models, stored images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.header_shards import HeaderShards
from acncodec.codec.shard_state import WholeShard
from acncodec.codec.written import Data, Part, ShardRows
from acncodec.container import Archive, MixedHeader
from acncodec.container.stored import check_inflation
from acncodec.errors import CorruptionError, DataError, FormatError
from acncodec.images import MixedData, SideArray
from acncodec.images.form import Form
from acncodec.images.image_class import ImageClass, one_shape
from acncodec.images.mixed import as_uniform
from acncodec.images.mixed_images import MixedImages, joined
from acncodec.mixed.pop import pop_mixed
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.choose import strategies_for
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.labels import Context
from acncodec.stack.coders import check_coder


@dataclass(frozen=True)
class MixedShards(HeaderShards[MixedHeader]):
    """Parts are `MixedImages` of the header's classes. allow_large: whether stored images may take
    more than their bytes are worth."""

    allow_large: bool = False

    def nbytes(self, index: int) -> int:
        """The most that the images of a shard may take, bytes."""
        return self.header.shard_bytes(self.header.shards[index])

    def check(self, models: Sequence[FrozenModel]) -> None:
        """Raise `FormatError` where the header asks for what one of its models has not."""
        header = self.header
        for model, wanted in zip(models, header.models, strict=True):
            if model.profile != wanted.profile:
                raise FormatError(f"model {wanted.name} has another profile than the header says")
        for part in (part for shard in header.shards for part in shard.parts):
            model = models[part.model]
            if part.coding.strategy not in strategies_for(model.latents.conditional, keep=False):
                raise FormatError(
                    f"the strategy is {part.coding.strategy}, but the profile {model.profile} has "
                    "no prior network"
                )
            for number, _ in part.counts:
                one = header.classes[number]
                if not model.accepts.takes(one.shape, one.levels):
                    raise FormatError(f"model {model.name} takes no images of class {number}")
                check_coder(header.coder, one.levels)

    def pop(
        self, archive: Archive, index: int, models: Sequence[FrozenModel], workers: Workers,
        progress: Progress,
    ) -> Part:  # fmt: skip
        """All images of a shard."""
        if not self.allow_large:
            stored = self.header.shards[index].stored
            check_inflation(archive.stored(index), self.header.classes, stored)
        return pop_mixed(archive, self.header, index, models, workers, progress)

    def pop_rows(
        self, archive: Archive, index: int, rows: slice, models: Sequence[FrozenModel],
        workers: Workers, progress: Progress,
    ) -> ShardRows:  # fmt: skip
        """Some images, by decoding all."""
        images = self.pop(archive, index, models, workers, progress)
        return ShardRows(images[rows], self.distinct(index))

    def open(self, archive: Archive, index: int, models: Sequence[FrozenModel]) -> WholeShard:
        """A shard, to be decoded at once."""
        pop = partial(self.pop, archive, index, models)
        return WholeShard(pop, self.distinct(index), self.nbytes(index))

    def joined(self, parts: Sequence[Part]) -> Part:
        """All images."""
        return joined([mixed_of(part) for part in parts], self.header.classes)

    def context(self, _images: Part, _models: Sequence[FrozenModel], _workers: Workers) -> Context:
        """Raises `FormatError`: there are no such labels."""
        raise FormatError("labels of a mixed set are not coded apart")

    def arrays(self, images: Part) -> NDArray[Any] | list[NDArray[Any]]:
        """Images as they were given; a list where those of the set differ in shape."""
        one = self.header.classes[0]
        upright = mixed_of(images).upright()
        if not one_shape(self.header.classes):
            return self.header.spec.arrays(upright)
        if len(upright):
            return self.header.spec.array(upright)
        spec = self.header.spec.of(one.inverted if one.is_inverted else one)
        return spec.to_array(np.zeros((0, *one.shape), spec.index_dtype))

    def assembled(
        self, images: Part, side: tuple[SideArray, ...], position: int, form: Form
    ) -> Data:
        """The data set, no image of which is inverted any more; where all are of one class, a set
        of one shape."""
        if not len(images):
            raise DataError("no image is asked for, and a list of none has no shape")
        upright = mixed_of(images).upright()
        classes = upright.classes
        spec = replace(self.header.spec, position=position, form=form)
        if spec.layout == "nhw" and one_shape(classes) and classes[0].channels > 1:
            spec = replace(spec, layout="nhwc")  # only these of the set have been asked for
        try:
            data = MixedData(upright, spec, side)
            nbytes = sum(
                np.dtype(spec.of(one).array_dtype).itemsize * one.samples * count
                for one, count in ((classes[number], n) for number, n in upright.counts())
            )
            return as_uniform(replace(data, array_bytes=nbytes))
        except DataError as error:
            raise CorruptionError(f"the arrays do not fit together: {error}") from error


def given_classes(header: MixedHeader) -> tuple[ImageClass, ...]:
    """The classes that images are given back of, none of which is inverted: all that the header
    names, for whether images are one array hangs on all of them (docs/FORMAT.md, 3.1).

    Raises `CorruptionError` where such images do not go together.
    """
    named = header.classes
    classes = tuple(sorted({one.inverted if one.is_inverted else one for one in named}))
    try:
        header.spec.check(classes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
    return classes


def mixed_of(images: Part) -> MixedImages:
    """Images of a mixed set. Raises `FormatError` for others."""
    if not isinstance(images, MixedImages):
        raise FormatError("images without classes in a mixed set")
    return images
