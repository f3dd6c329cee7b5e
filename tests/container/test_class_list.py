"""Classes of images in a header: written and read; `test_mixed_header` has those that lie."""

from __future__ import annotations

from acncodec.container.class_list import classes_from_json, classes_to_json
from acncodec.images.image_class import ImageClass

CLASSES = (
    ImageClass(2, 1, 6, 5), ImageClass(2, 1, 6, 5, (0, 255)), ImageClass(2, 1, 6, 5, (255, 0)),
    ImageClass(65_536, 4, 1, 65_535),
)  # fmt: skip


def test_classes_come_back() -> None:
    given = classes_to_json(CLASSES)
    assert given == [
        [2, 1, 6, 5], [2, 1, 6, 5, [0, 255]], [2, 1, 6, 5, [255, 0]], [65_536, 4, 1, 65_535],
    ]  # fmt: skip
    assert classes_from_json(given) == CLASSES
