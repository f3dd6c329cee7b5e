"""Images of several sizes and modes to train on: those of one number of channels.

They are drawn in groups (`learning.groups`), so that a batch is a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError, naming
from acncodec.images import DataSet, load_any
from acncodec.images.mixed import as_mixed
from acncodec.images.mixed_images import MixedImages
from acncodec.learning.groups import GroupedSource
from acncodec.mixed.lots import distinct_images
from acncodec.training.choice import BATCH_PIXELS, LARGEST_BATCH, LEAST_BATCH, WINDOW
from acncodec.training.sources import VALID_SHARE, Data, Sources, level_sources, sources_of

KINDS_TOLD: Final = 3
"""Shapes that a model's card names, at most."""


def largest_kind(images: MixedImages) -> MixedImages:
    """The distinct ones of those images whose number of channels most samples have."""
    distinct = distinct_images(images).images
    samples = Counter[int]()
    for number, count in distinct.counts():
        one = distinct.classes[number]
        samples[one.channels] += one.samples * count
    channels = max(samples, key=lambda one: (samples[one], -one))
    return of_channels(distinct, channels)


def of_channels(images: MixedImages, channels: int) -> MixedImages:
    """Those images that have so many channels."""
    return images[np.flatnonzero(have_channels(images, channels))]


def have_channels(images: MixedImages, channels: int) -> NDArray[np.bool_]:
    """Which images have so many channels, (N,)."""
    chosen = np.array([one.channels == channels for one in images.classes])
    return chosen[images.members]


def kinds_of(images: MixedImages) -> list[tuple[Shape, int]]:
    """Shapes and numbers of levels that there are, the first ones first."""
    classes = (images.classes[number] for number, _ in images.counts())
    return [(one.shape, one.levels) for one in classes]


def mixed_source(images: MixedImages) -> GroupedSource:
    """Different images of one number of channels, of whatever sizes and levels."""
    listed = [
        (images.classes[int(number)].levels, image)
        for number, image in zip(images.members, images.listed(), strict=True)
    ]
    return GroupedSource(
        listed, window=WINDOW, pixels=BATCH_PIXELS, most=LARGEST_BATCH, least=LEAST_BATCH
    )


def any_sources(
    data: Data, valid: Path | None, tell: Callable[[str], None], layout: str | None = None
) -> Sources:
    """Images of any levels and channels, and those of one path of any sizes and modes.

    Where there are several of these, those images are taken that have the number of channels that
    most samples have, as `tell` is told, and without validation images every sixth of the distinct
    ones is held back. Raises `DataError` or `TrainingError`.
    """
    if not isinstance(data, Path):
        return level_sources(data, valid, layout)
    with naming(data):
        read = load_any(data, layout=layout)
        if isinstance(read, DataSet):
            return sources_of(read, data, valid, layout)
        return _several(read.images, data, valid, tell, layout)


def _several(
    read: MixedImages, data: Path, valid: Path | None, tell: Callable[[str], None],
    layout: str | None,
) -> Sources:  # fmt: skip
    mine = largest_kind(read)
    kinds = kinds_of(mine)
    (channels, _, _), _ = kinds[0]
    others = len(read) - int(have_channels(read, channels).sum())
    if others:
        tell(
            f"{data}: {others:,} of {len(read):,} images have another number of channels than"
            f" {channels}: they are not trained on"
        )
    if valid is None:
        held_back = np.arange(len(mine)) % VALID_SHARE == VALID_SHARE - 1
        train, held = mine[np.flatnonzero(~held_back)], mine[np.flatnonzero(held_back)]
    else:
        with naming(valid):
            train, held = mine, of_channels(distinct_images(_read(valid, layout)).images, channels)
    if not len(train) or not len(held):
        raise TrainingError(f"{data}: too few images to train on and validate with")
    about = {
        "file": data.name, "images": len(train), "validation_images": len(held),
        "shapes": [list(shape) for shape, _ in kinds[:KINDS_TOLD]], "kinds": len(kinds),
        "levels": max(levels for _, levels in kinds),
    }  # fmt: skip
    return Sources(mixed_source(train), mixed_source(held), about, tuple(kinds))


def _read(path: Path, layout: str | None) -> MixedImages:
    read = load_any(path, layout=layout)
    return (as_mixed(read) if isinstance(read, DataSet) else read).images
