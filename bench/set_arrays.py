r"""The sets that results are of as arrays of images, from the files they are published in.

    acncodec data fetch fashion-mnist -o build/fashion-mnist
    python bench/set_arrays.py build/data \
        fashion-mnist=build/fashion-mnist/train.npz,build/fashion-mnist/test.npz
    python bench/set_arrays.py build/data --digits8
    git clone https://github.com/crawl/tiles build/tiles && git -C build/tiles checkout a6ea165
    python bench/set_arrays.py build/data --sprites build/tiles/releases/Nov-2015

NAME=FILE,FILE... becomes OUT/NAME.npy: the images of all files, their values as they are, uint8
(N, H, W) or (N, H, W, C). `--digits8` takes the digits of scikit-learn, of which the last 297 are
the test set; `--sprites` the tiles of exactly 32x32 of Dungeon Crawl Stone Soup in a folder, laid
on black, each once, of which 500 drawn with seed 0 are the test set. Images that are not those
which a committed result in bench/results/rivals is of are an error, and nothing is written.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from committed import RESULTS
from demo_sprites import tiles
from numpy.typing import NDArray
from rival_data import images as read_images

from acncodec.images import load_dataset

TRAIN_DIGITS = 1500
TEST_SPRITES = 500
Pixels = NDArray[Any]


def joined(files: list[Path]) -> Pixels:
    """The images of several files, values as they are."""
    sets = [load_dataset(file) for file in files]
    values = [np.asarray(one.spec.values)[one.pixels] for one in sets]
    found = np.concatenate(values).astype(np.uint8).transpose(0, 2, 3, 1)
    return found[..., 0] if found.shape[-1] == 1 else found


def digits8() -> Iterator[tuple[str, Pixels]]:
    """The digits of 8x8, in two parts."""
    from sklearn.datasets import load_digits

    whole = load_digits().images.astype(np.uint8)
    yield "digits8-train", whole[:TRAIN_DIGITS]
    yield "digits8-test", whole[TRAIN_DIGITS:]


def sprites(folder: Path) -> Iterator[tuple[str, Pixels]]:
    """The sprites of a folder, in the order of their paths, in two parts."""
    alike: dict[bytes, Pixels] = {}
    for path in sorted(folder.rglob("*.png")):
        found = tiles(path)
        if len(found) == 1 and _is_tile(path):
            alike.setdefault(found[0].tobytes(), found[0])
    whole = np.stack(list(alike.values()))
    drawn = np.zeros(len(whole), bool)
    drawn[np.random.default_rng(0).permutation(len(whole))[:TEST_SPRITES]] = True
    yield "crawl-tiles-train", whole[~drawn]
    yield "crawl-tiles-test", whole[drawn]


def _is_tile(path: Path) -> bool:
    from PIL import Image

    with Image.open(path) as image:
        return image.size == (32, 32)


def check(name: str, pixels: Pixels) -> None:
    """Raise `SystemExit` where a committed result is of other pixels under that name."""
    path = RESULTS / "rivals" / f"{name}.json"
    if path.exists():
        known = json.loads(path.read_text())["pixels_sha256"]
        if read_images(pixels, name).sha256 != known:
            raise SystemExit(f"{name}: not the images that {path.name} is of")


def main() -> None:
    """Write every array that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="*", metavar="NAME=FILE,FILE...")
    parser.add_argument("--digits8", action="store_true")
    parser.add_argument("--sprites", type=Path, metavar="FOLDER")
    options = parser.parse_intermixed_args()
    found = dict(digits8()) if options.digits8 else {}
    if options.sprites:
        found |= dict(sprites(options.sprites))
    for entry in options.sets:
        name, equals, files = entry.partition("=")
        if not equals:
            raise SystemExit(f"{entry}: not NAME=FILE")
        found[name] = joined([Path(file) for file in files.split(",")])
    for name, pixels in found.items():
        check(name, pixels)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, pixels in found.items():
        np.save(options.out / f"{name}.npy", pixels)
        print(f"{name}: {len(pixels):,} images of {'x'.join(map(str, pixels.shape[1:]))}")


if __name__ == "__main__":
    main()
