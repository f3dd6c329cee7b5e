"""Pictures and the arrays beside them."""

from __future__ import annotations

from dataclasses import replace
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


def test_lists_of_chunks_go_with_what_says_whose_they_are(pictures: Pictures) -> None:
    both = {"chunks": np.zeros(9, np.uint8), "chunks_of": np.zeros(2, np.uint8)}
    with_chunks = replace(pictures, before=both)
    assert [*with_chunks.without(["chunks", "chunks_of"]).beside(IMAGES)] == ["image", "b", "c"]
    for one, other in (("chunks", "chunks_of"), ("chunks_of", "chunks")):
        with pytest.raises(DataError, match=f"--skip '{one}': '{other}' goes with it"):
            with_chunks.without([one])
    alone = replace(pictures, before={"chunks": np.zeros(9, np.uint8)})  # an array of that name
    assert [*alone.without(["chunks"]).beside(IMAGES)] == ["image", "b", "c"]
