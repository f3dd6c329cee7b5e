"""The classes of images of a mixed set, as the header's JSON has them: docs/FORMAT.md, 3.1."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from acncodec.container.strict import check_int
from acncodec.errors import FormatError
from acncodec.images.image_class import MAX_CLASSES, ImageClass
from acncodec.images.spec import MAX_LEVELS


def classes_to_json(classes: Iterable[ImageClass]) -> list[list[object]]:
    """The field `k`."""
    return [
        [one.levels, *one.shape, *([list(one.values)] if one.values else [])] for one in classes
    ]


def classes_from_json(value: object) -> tuple[ImageClass, ...]:
    """Undo `classes_to_json`. Raises `FormatError`, and `DataError` for a class that is none."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CLASSES:
        raise FormatError(f"the classes of images must be a list of 1 to {MAX_CLASSES}")
    classes = tuple(map(_class, value))
    if any(after <= before for before, after in pairwise(classes)):
        raise FormatError("the classes of images must ascend")
    return classes


def _class(value: object) -> ImageClass:
    if not isinstance(value, list) or len(value) not in (4, 5):
        raise FormatError("a class of images must be [L, C, H, W] or [L, C, H, W, values]")
    levels, channels, height, width = (
        check_int(number, "a number of a class of images", 1, MAX_LEVELS) for number in value[:4]
    )
    values = value[4] if len(value) == 5 else []
    if not isinstance(values, list) or any(type(number) is not int for number in values):
        raise FormatError("the level map of a class must be a list of integers")
    if len(value) == 5 and len(values) != levels:
        raise FormatError(f"a level map of {len(values)} values for {levels} levels")
    return ImageClass(levels, channels, height, width, tuple(values))
