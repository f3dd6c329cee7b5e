"""Any set of images to an archive: by whichever models suit it, the rest stored; never much larger
than its packed pixels.

A set of one shape that its model codes well is written as if nothing could be stored. Where an
image would be smaller stored, or all together might be, the set is coded a second time as a mixed
one, and the smaller file is kept.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

import numpy as np

from acncodec.codec.compress import check_fit, compress_dataset
from acncodec.codec.compress_mixed import Candidate, KeptMixed, compress_mixed
from acncodec.codec.modelled_first import modelled_first
from acncodec.codec.options import CompressOptions
from acncodec.codec.stats import CompressStats
from acncodec.errors import ModelError, TooFewBitsError, TooLargeError
from acncodec.images import DataSource
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_source import MixedSource
from acncodec.images.spaced import spaced
from acncodec.images.stored_mixed import OneClass
from acncodec.mixed.assign import NEAR, SAMPLE, STORED_BYTES
from acncodec.mixed.prices import cheapest_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import is_slow
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.push import CodedShard
from acncodec.stack.orders import arrangement_bits

FEW_BYTES: Final = 4096
"""Bytes of a set for which it is not coded once more to see whether all images stored take less."""


def compress_set(
    data: DataSource | MixedSource,
    models: Sequence[FrozenModel],
    options: CompressOptions,
    file: BinaryIO,
    progress: Progress | None = None,
    look: Callable[[KeptMixed], None] = lambda _kept: None,
    whole: DataSource | MixedSource | None = None,
) -> CompressStats:
    """Write `data` to `file` as an .acn archive.

    models: those that may be taken; where none takes an image, or only such as take over a second
    to decode it, it is stored, as far as `options` let it. `look` is told how the set was coded, if
    it is a mixed one that is written. `whole`: the set that `data` is a part of, by which the model
    is chosen, so that it is that of all parts.

    Raises as `compress_dataset` and `compress_mixed` do.
    """
    if isinstance(data, MixedSource):
        found = modelled_first(data, models, options, progress)
        return _kept(found or compress_mixed(data, models, options, progress), file, look)
    fitting = [model for model in models if model.accepts.takes(data.shape, data.levels)]
    if not fitting and (options.stored == "never" or not data.count):
        if not models:
            raise ModelError(f"no model takes images of {data.shape} with {data.levels} levels")
        check_fit(data, models[0])
    if data.count and not (options.allow_large or options.embed or options.stored == "never"):
        fitting = [model for model in fitting if not is_slow(model, data.shape)]
    plain, doubt = None, _Doubt(keep=options.order == "keep")
    if fitting:
        model = choose_model(_all_of(data, whole), fitting, options)
        try:
            buffer = io.BytesIO()
            stats = compress_dataset(data, model, options, buffer, progress, doubt.look)
            plain = Candidate(buffer.getvalue(), stats)
        except (TooFewBitsError, TooLargeError):
            if options.stored == "never" or not data.count:
                raise
        if plain is not None and (options.stored == "never" or not doubt.pays):
            return _kept(plain, file, look)
    try:
        mixed = compress_mixed(OneClass(data), fitting, options, progress)
    except TooLargeError:
        if plain is None:
            raise
        mixed = plain
    if plain is not None and len(plain.data) <= len(mixed.data):
        mixed = plain
    return _kept(mixed, file, look)


def _all_of(data: DataSource, whole: DataSource | MixedSource | None) -> DataSource:
    """The set by which a model is chosen."""
    return data if whole is None or isinstance(whole, MixedSource) else whole


def _kept(candidate: Candidate, file: BinaryIO, look: Callable[[KeptMixed], None]) -> CompressStats:
    file.write(candidate.data)
    if candidate.mixed is not None:
        look(candidate.mixed)
    return candidate.stats


def choose_model(
    data: DataSource, fitting: Sequence[FrozenModel], options: CompressOptions
) -> FrozenModel:
    """Which of several models that take a set of one shape codes some of its images best; of those
    that have the ordering that was asked for, if some have."""
    if options.ordering != "auto":
        asked = STRATEGIES[options.ordering]
        fitting = [
            one for one in fitting if asked.allowed(one.latents.conditional, False)
        ] or fitting
    if len(fitting) == 1 or not data.count:
        return fitting[0]
    rows = spaced(data.count, SAMPLE)
    one = ImageClass.of(data.shape, data.spec.values)
    images = MixedImages((one,), {0: data.take(rows)}, np.zeros(len(rows), np.int64))
    with Workers(options.threads, options.batch, options.device) as workers:
        return fitting[cheapest_model(fitting, range(len(fitting)), images, workers)]


class _Doubt:
    """Looks at coded shards, and says whether it may pay to store some of the images."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._gains: list[float] = []
        self._bits = self._stored = 0.0

    def look(self, coded: CodedShard) -> None:
        """See what each image cost."""
        bits, stored, count = coded.image_bits, coded.stored_bits, coded.header.distinct
        if bits is None or stored is None or not count:
            return
        more = coded.tally.beside_pixels / count
        self._bits += float(bits.sum()) + coded.tally.beside_pixels
        self._stored += float(stored.sum())
        saved = bits + more - stored
        dear = saved > 0
        gain = float(saved[dear].sum()) - 8 * STORED_BYTES
        if self._keep and dear.any():
            gain -= arrangement_bits((int(dear.sum()), int((~dear).sum())))
        self._gains.append(gain if dear.any() else -math.inf)

    @property
    def pays(self) -> bool:
        """Whether some shard may be smaller, or all images stored: the estimate, which is of each
        image, sees little of what repeats in all of them."""
        near = self._bits > max(NEAR * self._stored, 8 * FEW_BYTES)
        return near or any(gain > 0 for gain in self._gains)
