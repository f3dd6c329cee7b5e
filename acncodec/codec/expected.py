"""About how long compressing will take, known before it begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from acncodec.codec.options import CompressOptions
from acncodec.contracts.image_kind import Shape
from acncodec.images import DataSource
from acncodec.images.mixed_source import MixedSource
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import Work, is_slow, stack_work
from acncodec.ordering.schedule import MAX_WIDTH

PASSES_OF_MIXED = 2
"""Images of a mixed set are priced before they are coded."""


def image_counts(data: DataSource | MixedSource) -> list[tuple[Shape, int, int]]:
    """(C, H, W), levels and how many images, for each kind that there is."""
    if not isinstance(data, MixedSource):
        return [(data.shape, data.levels, data.count)] if data.count else []
    numbers, counts = np.unique(data.members, return_counts=True)
    return [
        (data.classes[number].shape, data.classes[number].levels, count)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    ]


def wide_batches(count: int) -> list[int]:
    """Sizes of batches as wide as may be, which the first few of a stack are not."""
    return [MAX_WIDTH] * (count // MAX_WIDTH) + [count % MAX_WIDTH] * (count % MAX_WIDTH > 0)


def coding_work(
    kinds: Sequence[tuple[Shape, int, int]], models: Sequence[FrozenModel], *, slow: bool
) -> Work:
    """What coding images takes, once, each kind by the first of the models that takes it.

    kinds: as `image_counts` gives them; slow: whether a model may take long, else such images are
    stored, which takes next to nothing.
    """
    chosen: dict[int, list[tuple[Shape, int]]] = {}
    for shape, levels, count in kinds:
        for place, model in enumerate(models):
            if model.accepts.takes(shape, levels) and (slow or not is_slow(model, shape)):
                chosen.setdefault(place, []).append((shape, count))
                break
    work = Work()
    for place, shapes in chosen.items():
        sizes = wide_batches(sum(count for _, count in shapes))
        work += stack_work(models[place], shapes, sizes)
    return work


def compress_seconds(
    data: DataSource | MixedSource, models: Sequence[FrozenModel], options: CompressOptions
) -> float:
    """About how many seconds `compress_set` takes, the search for a tour not counted."""
    slow = options.allow_large or options.embed or options.stored == "never"
    work = coding_work(image_counts(data), models, slow=slow)
    passes = PASSES_OF_MIXED if isinstance(data, MixedSource) else 1
    return passes * work.seconds(options.threads)
