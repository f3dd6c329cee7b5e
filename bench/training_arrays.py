"""The arrays that the recipes in `bench/recipes` are trained on, from files of images.

    python bench/training_arrays.py OUT cifar=FILE fashion=FILE crawl=FILE --draw crawl

Each FILE is whatever `acncodec train` takes (see `acncodec data fetch`), of a training part alone.
Writes OUT/NAME_train.npy: level indexes, uint8 (N, H, W) or (N, H, W, C), and of colour images
OUT/NAME_green_train.npy. A recipe holds back the last images: where relatives lie side by side
(crawl, omniglot, quickdraw, by alphabet or class), --draw gives the set another order (seed 0).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from acncodec.images.load import load_dataset


def main() -> None:
    """Write the arrays of every NAME=FILE."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="+", metavar="NAME=FILE")
    parser.add_argument("--draw", nargs="+", metavar="NAME", default=[])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for entry in options.sets:
        name, _, file = entry.partition("=")
        pixels = load_dataset(Path(file)).pixels
        if name in options.draw:
            pixels = pixels[np.random.default_rng(0).permutation(len(pixels))]
        images = pixels.transpose(0, 2, 3, 1)
        grey = images.shape[-1] == 1
        np.save(options.out / f"{name}_train.npy", images[..., 0] if grey else images)
        if not grey:
            np.save(options.out / f"{name}_green_train.npy", images[..., 1])


if __name__ == "__main__":
    main()
