"""Pictures and the arrays beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictures import GREY, png

from acncodec.errors import DataError
from acncodec.images.folder import open_folder
from acncodec.images.pictures import Pictures

IMAGES = np.arange(40, dtype=np.uint8).reshape(2, 4, 5)


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    for at, image in enumerate(IMAGES):
        (tmp_path / f"{at}.png").write_bytes(png(image, 8, GREY))
    before, after = {"a": np.arange(2)}, {"b": np.arange(3), "c": np.arange(2)}
    return Pictures(open_folder(tmp_path), "image", before, after)


def test_the_images_stand_between_the_others(pictures: Pictures) -> None:
    assert [*pictures.beside(IMAGES)] == ["a", "image", "b", "c"]
    assert pictures.beside(IMAGES)["image"] is IMAGES
    assert pictures.stand_in().shape == (2,)


def test_others_are_left_out_by_name(pictures: Pictures) -> None:
    left = pictures.without(["a", "c"])
    assert [*left.beside(IMAGES)] == ["image", "b"] and left.folder is pictures.folder
    assert [*pictures.without([]).beside(IMAGES)] == ["a", "image", "b", "c"]
    with pytest.raises(DataError, match="--skip 'd': there is no such array"):
        pictures.without(["a", "d"])
    with pytest.raises(DataError, match="--skip 'image': these are the images"):
        pictures.without(["image"])
