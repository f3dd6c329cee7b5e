"""The sprites of `acncodec demo`: 500 tiles of the game Dungeon Crawl Stone Soup.

    python bench/demo_sprites.py FOLDER --not-in crawl_train.npy -o acncodec/data/sprites.npz

FOLDER has floor.png, wall.png and feat.png of Debian's package crawl-tiles-data (2:0.28.0-1.1; the
tiles are in the public domain, CC0): sheets of 32x32 pixels, laid on black. Taken are 500 different
tiles, drawn with seed 0 and in the order of the sheets, none of them among the images of --not-in.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHEETS = ("floor", "wall", "feat")
SIDE = 32
COUNT = 500


def tiles(path: Path) -> NDArray[np.uint8]:
    """The tiles of a sheet, uint8 (N, 32, 32, 3), row by row."""
    pixels = np.asarray(Image.open(path).convert("RGBA")).astype(np.int64)
    black = ((pixels[..., :3] * pixels[..., 3:] + 127) // 255).astype(np.uint8)
    rows, columns = (length // SIDE for length in black.shape[:2])
    cut = black[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE, 3)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, SIDE, SIDE, 3)


def main() -> None:
    """Write the .npz: images `x` and their `names`, SHEET/NUMBER.png."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--not-in", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    known = {image.tobytes() for image in np.load(options.not_in)}
    found: list[NDArray[np.uint8]] = []
    names: list[str] = []
    for sheet in SHEETS:
        for number, tile in enumerate(tiles(options.folder / f"{sheet}.png")):
            if tile.any() and tile.tobytes() not in known:
                known.add(tile.tobytes())
                found.append(tile)
                names.append(f"{sheet}/{number:04}.png")
    drawn = np.sort(np.random.default_rng(0).permutation(len(found))[:COUNT])
    np.savez_compressed(options.output, x=np.stack(found)[drawn], names=np.array(names)[drawn])


if __name__ == "__main__":
    main()
