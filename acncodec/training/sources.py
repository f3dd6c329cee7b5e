"""Images to train on and images to validate with, from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from acncodec.contracts.image_kind import Shape
from acncodec.errors import SeveralShapesError, TrainingError, naming
from acncodec.images import DataSet, load_dataset, load_together
from acncodec.images.classes import find_labels, load_labels
from acncodec.learning.source import ImageSource, LevelSource, Source
from acncodec.learning.views import WindowSource

Data = Path | Sequence[Path]
"""A file or a folder, or several that are one set."""
VALID_SHARE = 6
"""Without validation data, one image in six (the last ones) is held back."""


@dataclass(frozen=True)
class Sources:
    """What is trained on, what is validated with, and what the model's card says of both.

    kinds: shapes (C, H, W) and numbers of levels where there are several; then a row is a batch.
    """

    train: Source
    valid: Source
    about: dict[str, Any]
    kinds: tuple[tuple[Shape, int], ...] = ()


def windowed(images: Source, window: int) -> Source:
    """Windows of images with a side longer than `window`; others, and all if it is 0, as they
    are."""
    _, height, width = images.shape
    whole = not window or max(height, width) <= window
    return images if whole else WindowSource(images, window, window)


def level_sources(data: Data, valid: Path | None, layout: str | None = None) -> Sources:
    """Images of any levels and channels, as they are. Raises `DataError` or `TrainingError`."""
    return sources_of(_load(data, layout), data, valid, layout)


def sources_of(
    read: DataSet, data: Data, valid: Path | None, layout: str | None = None
) -> Sources:  # fmt: skip
    """The same of images that were read from `data`."""
    if valid is not None:
        images, held, held_levels = read.pixels, *_pixels_like(valid, read, layout)
    else:
        cut = len(read.pixels) - len(read.pixels) // VALID_SHARE
        images, held, held_levels = read.pixels[:cut], read.pixels[cut:], read.levels
    if not len(images) or not len(held):
        raise TrainingError(f"{_place(data)}: too few images to train on and validate with")
    about = {
        "file": called(data), "images": len(images), "validation_images": len(held),
        "shape": list(read.shape), "levels": read.levels,
    }  # fmt: skip
    return Sources(LevelSource(images, read.levels), LevelSource(held, held_levels), about)


def binary_sources(
    data: Data, valid: Path | None, tell: Callable[[str], None], *, told: bool = False,
    label_file: Path | None = None, valid_label_file: Path | None = None,
    layout: str | None = None,
) -> Sources:  # fmt: skip
    """Binary images, or grey ones that are binarised by a new draw at each use, as `tell` is told.

    told: whether their classes are needed too: whole numbers in an array of labels, or in a file
    beside `data` and one beside `valid`. Raises `DataError` or `TrainingError`.
    """
    (images, labels), top = _read(data, tell, told, label_file, layout)
    held_top = top
    if valid is not None:
        (held, held_labels), held_top = _read(valid, tell, told, valid_label_file, layout)
        if min(top, held_top) > 1:  # the same value is the same grey in both
            top = held_top = max(top, held_top)
    else:
        cut = len(images) - len(images) // VALID_SHARE
        images, held = images[:cut], images[cut:]
        labels, held_labels = (None, None) if labels is None else (labels[:cut], labels[cut:])
    if not len(images) or not len(held):
        raise TrainingError(f"{_place(data)}: too few images to train on and validate with")
    with naming(_place(data)):
        train = ImageSource(images, top, labels)
    with naming(valid or _place(data)):
        check = ImageSource(held, held_top, held_labels)
    if train.shape != check.shape:
        raise TrainingError("training and validation images differ in size")
    about = {
        "file": called(data), "images": len(train), "validation_images": len(check),
        "binarisation": "as given" if train.is_binary else "a new draw at each use",
    }  # fmt: skip
    return Sources(train, check, about)


def called(data: Data) -> str:
    """The names of data, as a card says them."""
    return data.name if isinstance(data, Path) else ", ".join(path.name for path in data)


def _place(data: Data) -> Path:
    """What errors name that are of all of it."""
    return data if isinstance(data, Path) else Path(", ".join(map(str, data)))


def _load(data: Data, layout: str | None) -> DataSet:
    """`load_dataset`, or of several `load_together`; errors name the path."""
    try:
        if not isinstance(data, Path):
            return load_together(data, layout=layout)
        with naming(data):
            return load_dataset(data, layout=layout)
    except SeveralShapesError as error:
        raise TrainingError(
            f"{error} (`acncodec compress --fit` makes a model of several sizes, for these alone)"
        ) from error


def _pixels_like(path: Path, other: DataSet, layout: str | None) -> tuple[NDArray[Any], int]:
    """Level indexes (N, C, H, W) and their number of levels, of as many channels as `other`."""
    data = _load(path, layout)
    if data.shape[0] != other.shape[0]:
        raise TrainingError("training and validation images differ in channels")
    return data.pixels, data.levels


Labelled = tuple[NDArray[Any], NDArray[Any] | None]


def _read(
    given: Data, tell: Callable[[str], None], told: bool, label_file: Path | None = None,
    layout: str | None = None,
) -> tuple[Labelled, int]:  # fmt: skip
    """Level indexes (N, H, W) to be binarised, with their classes if these are needed, and the
    highest there can be."""
    data, path = _load(given, layout), _place(given)
    with naming(path):
        if data.shape[0] != 1:
            raise TrainingError(
                f"images of {data.shape[0]} channels, and the preset is for those of one; others "
                "have presets that begin with rgb or acn-rgb, and vqvae-rgb"
            )
    if data.levels > 2:
        tell(
            f"{path}: images of {data.levels} levels, binarised by a new draw at each use: the"
            " model will code binary images alone"
        )
    labels = _classes(data, path, label_file) if told else None
    return (data.pixels[:, 0], labels), data.levels - 1


def _classes(data: DataSet, path: Path, label_file: Path | None) -> NDArray[Any]:
    """The labels of images (N,), from a file of their own or an array of the data."""
    with naming(label_file or path):
        labels = load_labels(label_file, data.count) if label_file else find_labels(data)
        if labels.dtype.kind not in "iu":
            raise TrainingError(f"labels are whole numbers from 0, and these are {labels.dtype}")
    return labels
