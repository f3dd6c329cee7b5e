"""Sets of several shapes, levels and kinds, and what becomes of their images, made from seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from level_sets import level_array, tiny_acn, tiny_resnet

from acncodec.images import MixedData, SideArray, load_npz, mixed_from_arrays
from acncodec.mixed.lots import Distinct
from acncodec.mixed.push import STORED, Assignment
from acncodec.models.frozen import FrozenModel

PARTS = (
    ("grey", 12, 6, 5), ("grey", 5, 9, 4), ("grey", 3, 1, 1), ("rgb", 7, 4, 7), ("rgb", 4, 5, 3),
    ("rgba", 4, 3, 4), ("two", 9, 6, 5), ("two", 6, 3, 8),
)  # fmt: skip
"""Kind, images, height and width."""
SPRITES = (
    (255, 1, 5, 9, 7), (255, 3, 12, 8, 8), (255, 3, 6, 5, 9), (255, 4, 14, 8, 7),
    (200, 2, 5, 6, 6), (9_000, 3, 8, 7, 6), (1, 3, 5, 9, 9),
)  # fmt: skip
"""The greatest value, channels, images, height and width."""


def mixed_arrays(seed: int) -> list[np.ndarray]:
    """Images of eight classes, interleaved; three of them come twice or more."""
    images = [
        image
        for place, (kind, count, height, width) in enumerate(PARTS)
        for image in level_array(kind, count, seed + place, height, width)
    ]
    order = np.random.default_rng(seed).permutation(len(images))
    shuffled = [images[index] for index in order]
    return [*shuffled, shuffled[4], shuffled[0], shuffled[4]]


def with_side(images: list[np.ndarray]) -> MixedData:
    """The set of some images, with a label each and a name."""
    labels = np.array([int(image.sum()) % 5 for image in images], np.uint8)
    side = SideArray("y", labels, True), SideArray("names", np.array(["a", "mixed", "set"]), False)
    return mixed_from_arrays(images, side=side, position=1)


def mixed_set(seed: int = 7) -> MixedData:
    """A set of all those kinds."""
    return with_side(mixed_arrays(seed))


def shapes_set(seed: int = 7) -> MixedData:
    """A set of grey images of several shapes, which one model takes."""
    return with_side([image for image in mixed_arrays(seed) if image.ndim == 2])


def shards_set(seed: int = 7) -> MixedData:
    """A set for two shards of nine images, two of which are in both."""
    grey = [image for image in mixed_arrays(seed) if image.ndim == 2][:16]
    return with_side([*grey, *grey[:2]])


def sprites_set(seed: int = 9) -> MixedData:
    """Images of 8 and of 16 bits, of 1 to 4 channels and few colours; two repeats."""
    rng = np.random.default_rng(seed)
    images = []
    for most, channels, count, height, width in SPRITES:
        colours = rng.integers(0, most + 1, (5, channels))
        colours[0] = most
        drawn = colours[rng.integers(0, 5, (count, height, width))].astype(np.uint16)
        images += list(drawn[..., 0] if channels == 1 else drawn)
    shuffled = [images[index] for index in rng.permutation(len(images))]
    return with_side([*shuffled, shuffled[2], shuffled[0]])


def families_set(seed: int = 10) -> MixedData:
    """Near-copies one after the other, told apart by their first pixel; two repeats."""
    rng = np.random.default_rng(seed)
    images = []
    for channels in (3, 4) * 8:
        drawn = rng.integers(0, 256, (1, 11, 10, channels), np.uint8).repeat(16, 0)
        drawn[:, 0, 0] = rng.integers(0, 256, (16, channels))
        images += list(drawn)
    return with_side([*images, images[7], images[7]])


def tables_set(seed: int = 10) -> MixedData:
    """Shapes that recur in other colours, of 2 to 4 channels, and images of too many colours for a
    palette; two repeats."""
    rng = np.random.default_rng(seed)
    images = []
    for channels in (3, 4, 2):
        shapes = rng.integers(0, 9, (6, 1, 16, 14)).repeat(4, 1).reshape(-1, 16, 14)
        colours = rng.integers(0, 256, (24, 9, channels), np.uint8)
        images += [table[shape] for table, shape in zip(colours, shapes, strict=True)]
        images += list(rng.integers(0, 256, (2, 16, 14, channels), np.uint8))
    shuffled = [images[index] for index in rng.permutation(len(images))]
    return with_side([*shuffled, shuffled[5], shuffled[1]])


def models(kind: str = "mixed") -> list[FrozenModel]:
    """Tiny models of one channel and of three; or one with latents, of one."""
    if kind == "encoded":
        return [tiny_acn(1, seed=7)]
    return [tiny_resnet(1, seed=7), tiny_resnet(3, seed=7)]


def by_channels(shard: Distinct) -> Assignment:
    """Grey images by the first model, colour by the second, others and every fifth stored, every
    second one of two levels inverted."""
    images = shard.images
    classes = [images.classes[number] for number in images.members]
    taken = {1: 0, 3: 1}
    bins = np.array([taken.get(one.channels, STORED) for one in classes])
    bins[::5] = STORED
    inverted = np.array([one.levels == 2 for one in classes]) & (np.arange(len(classes)) % 2 == 0)
    return Assignment(bins, inverted & (bins != STORED))


def modelled(shard: Distinct) -> Assignment:
    """Everything by the first model."""
    count = len(shard.images)
    return Assignment(np.zeros(count, np.int64), np.zeros(count, np.bool_))


def stored(shard: Distinct) -> Assignment:
    """Everything stored."""
    count = len(shard.images)
    return Assignment(np.full(count, STORED), np.zeros(count, np.bool_))


def halves(shard: Distinct) -> Assignment:
    """The first half of a shard stored, the others by the first model."""
    count = len(shard.images)
    bins = np.where(np.arange(count) < count // 2, STORED, 0)
    return Assignment(bins, np.zeros(count, np.bool_))


ASSIGNED = {
    "mixed": by_channels, "shapes": modelled, "stored": stored, "shards": halves,
    "encoded": modelled, "sprites": stored, "patches": by_channels, "families": stored,
    "relatives": by_channels, "tables": stored,
}  # fmt: skip
SETS = {
    "mixed": mixed_set, "shapes": shapes_set, "stored": mixed_set, "shards": shards_set,
    "encoded": shapes_set, "sprites": sprites_set, "patches": sprites_set,
    "families": families_set, "relatives": families_set, "tables": tables_set,
}  # fmt: skip
SHARDS = {"shards": 9}
"""By the kind of a set: what becomes of its images, the set, images a shard if it has several."""


def load_list(path: Path) -> MixedData:
    """A set that `save_npz` wrote as one array an image."""
    with path.open("rb") as file:
        arrays = load_npz(file)
    return with_side([array for name, array in arrays.items() if name.startswith("x/")])


def at_hand(kind: str, given: list[FrozenModel]) -> frozenset[bytes]:
    """The ids of those of two models that a golden file which carries models does not."""
    return frozenset({given[0].model_id}) if kind == "mixed" else frozenset()
