"""Training images of several sizes and levels: what is drawn together, and how often."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from acncodec.errors import TrainingError
from acncodec.learning.groups import GroupedSource
from acncodec.learning.source import LevelSource, step_generator
from acncodec.learning.views import WindowSource

RNG = np.random.default_rng(4)
SIZES = [(5, 9), (30, 28), (29, 27), (28, 31), (5, 8), (90, 20), (1, 1), (6, 9), (100, 130)]


def image(height: int, width: int, levels: int = 256, channels: int = 1) -> np.ndarray:
    found = RNG.integers(0, levels, (channels, height, width))
    return found.astype(np.uint8 if levels <= 256 else np.uint16)


IMAGES = [(256, image(*size)) for size in SIZES] + [(2, image(8, 8, 2)), (4000, image(9, 9, 4000))]


def source(images: list[tuple[int, np.ndarray]] = IMAGES, most: int = 4) -> GroupedSource:
    return GroupedSource(images, window=64, pixels=2000, most=most, least=2)


def drawn(given: GroupedSource, row: int, seed: int = 1) -> np.ndarray:
    return given.draw(torch.tensor([row]), step_generator(seed, 0)).numpy()


def test_every_image_is_in_a_group_and_large_ones_several_times() -> None:
    given = source()
    # 90 x 20 is about one window, 100 x 130 are three.
    assert given.images == len(IMAGES) and len(given) == len(IMAGES) + 2
    sizes = sum(len(given.draw(rows, step_generator(1, 0))) for rows in given.parts())
    assert sizes == len(given)


def test_what_is_drawn_lies_in_the_images_of_one_number_of_levels() -> None:
    given = source()
    for row in range(len(given)):
        levels = given.levels_of(torch.tensor([row]))
        for window in drawn(given, row):
            height, width = window.shape[1:]
            assert height <= 64 and width <= 64
            assert any(
                (whole[:, top : top + height, left : left + width] == window).all()
                for count, whole in IMAGES
                if count == levels and whole.shape[1] >= height and whole.shape[2] >= width
                for top in range(whole.shape[1] - height + 1)
                for left in range(whole.shape[2] - width + 1)
            )


def test_a_draw_follows_from_its_generator_alone() -> None:
    given = source()
    assert np.array_equal(drawn(given, 3), drawn(source(), 3))
    large = int(np.argmax([drawn(given, row)[0].size for row in range(len(given))]))
    assert not np.array_equal(drawn(given, large, 1), drawn(given, large, 2))


def test_images_of_one_size_are_drawn_whole() -> None:
    images = [(256, image(7, 6)) for _ in range(10)]
    given = source(images)
    assert given.draws == len(given) == 10 and given.shape == (1, 7, 6)
    seen = {window.tobytes() for row in range(10) for window in drawn(given, row)}
    assert seen == {one.astype(np.float32).tobytes() for _, one in images}


def test_draws_have_as_many_pixels_as_all_images() -> None:
    given = source()
    pixels = np.mean([drawn(given, row)[0].size for row in range(len(given))])
    assert given.draws * pixels == pytest.approx(sum(one.size for _, one in IMAGES))


def test_the_parts_are_spread_over_all_levels() -> None:
    images = [(256, image(8, 8)) for _ in range(40)] + [(2, image(8, 8, 2)) for _ in range(40)]
    given = source(images)
    first = [given.levels_of(rows) for rows in given.parts()][:4]
    assert set(first) == {2, 256}


def test_a_digest_knows_images_levels_and_order() -> None:
    other = [(255, IMAGES[0][1].clip(0, 254)), *IMAGES[1:]]
    assert source().digest == source().digest
    assert len({source(one).digest for one in (IMAGES, IMAGES[1:], IMAGES[::-1], other)}) == 4


@pytest.mark.parametrize(
    "images",
    [
        [],
        [(2, image(3, 3, 2)), (256, image(3, 3, 256, 3))],
        [(2, np.full((1, 2, 2), 2, np.uint8))],
        [(2, np.zeros((1, 0, 2), np.uint8))],
    ],
)
def test_what_is_no_set_of_training_images_is_refused(
    images: list[tuple[int, np.ndarray]],
) -> None:
    with pytest.raises(TrainingError):
        source(images)


def test_sources_of_one_size_are_one_part_of_one_number_of_levels() -> None:
    whole = LevelSource(np.stack([image(9, 70) for _ in range(5)]), 300)
    for given in (whole, WindowSource(whole, 8, 8)):
        (rows,) = given.parts()
        assert rows.tolist() == list(range(5)) and given.levels_of(rows) == 300
