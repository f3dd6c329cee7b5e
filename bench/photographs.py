"""Photographs that no model here was trained on, in tiles of 64x64, from the files of scikit-image.

    python -m pip install --no-deps --target build/scikit-image scikit-image==0.26.0
    python bench/photographs.py build/scikit-image build/data

Writes OUT/photographs-rgb.npy, uint8 (N, 64, 64, 3), OUT/photographs-grey.npy, uint8 (N, 64, 64),
and whole, OUT/astronaut.npy, uint8 (1, 512, 512, 3); and prints of each photograph its tiles and
how far blocks of 8x8 show in it (`blockiness`). Only files that are PNG are taken, of which the
package states that they may be used freely: scikit-learn's two photographs, and scikit-image's of
a rocket, a retina and galaxies, are JPEG. Nothing of the package is imported.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from acncodec.analysis.provenance import provenance

TILE = 64
BLOCK = 8
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Photograph:
    """A file of `skimage/data`, and what the package says of its licence (skimage.data)."""

    name: str
    licence: str


COLOUR = (
    Photograph("astronaut", "public domain (NASA)"),
    Photograph("chelsea", "CC0 (Stefan van der Walt)"),
    Photograph("coffee", "CC0 (Rachel Michetti)"),
    Photograph("ihc", "no known copyright restrictions (CMMI)"),
)
GREY = (
    Photograph("brick", "CC0 (CC0Textures)"),
    Photograph("camera", "CC0 (Lav Varshney)"),
    Photograph("clock_motion", "public domain (Stefan van der Walt)"),
    Photograph("coins", "no known copyright restrictions (Brooklyn Museum)"),
    Photograph("grass", "CC0 (linolafett)"),
    Photograph("gravel", "CC0 (CC0Textures)"),
)
WHOLE = "astronaut"


def read(folder: Path, name: str, channels: int) -> Pixels:
    """The samples of a photograph as its file has them, (H, W) or (H, W, 3).

    Raises `SystemExit` for a file that is no PNG of 8 bits of so many channels.
    """
    with Image.open(folder / "skimage" / "data" / f"{name}.png") as image:
        samples = np.asarray(image)
        if image.format != "PNG" or image.mode != {1: "L", 3: "RGB"}[channels]:
            raise SystemExit(f"{name}: {image.format}, {image.mode}")
    return samples


def tiles(photograph: Pixels, side: int = TILE) -> Pixels:
    """Whole tiles (N, side, side[, C]), row by row; what is over at the right and below is left
    out."""
    down, across = photograph.shape[0] // side, photograph.shape[1] // side
    cut = photograph[: down * side, : across * side]
    grid = cut.reshape(down, side, across, side, *cut.shape[2:]).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(down * across, side, side, *cut.shape[2:]))


def blockiness(photograph: Pixels) -> float:
    """How much larger the mean step between neighbours is where blocks of 8x8 would meet than
    elsewhere: 1 where there are none, or have been scaled away."""
    found = []
    for axis in (0, 1):
        steps = np.abs(np.diff(photograph.astype(np.int64), axis=axis)).swapaxes(0, axis)
        meet = np.arange(len(steps)) % BLOCK == BLOCK - 1
        found.append(steps[meet].mean() / max(steps[~meet].mean(), 1e-9))
    return float(np.mean(found))


def gathered(folder: Path, listed: tuple[Photograph, ...], channels: int) -> tuple[Pixels, Any]:
    """The tiles of all photographs, and of each a row of the table."""
    found, rows = [], []
    for one in listed:
        photograph = read(folder, one.name, channels)
        found.append(tiles(photograph))
        rows.append(
            {
                "file": f"{one.name}.png", "licence": one.licence,
                "height": photograph.shape[0], "width": photograph.shape[1],
                "tiles": len(found[-1]), "blockiness": round(blockiness(photograph), 3),
            }
        )  # fmt: skip
    return np.concatenate(found), rows


def main() -> None:
    """Write the arrays, print the table as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="folder that scikit-image was installed to")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    table = {}
    for name, listed, channels in (("rgb", COLOUR, 3), ("grey", GREY, 1)):
        found, table[name] = gathered(options.package, listed, channels)
        np.save(options.out / f"photographs-{name}.npy", found)
    np.save(options.out / f"{WHOLE}.npy", read(options.package, WHOLE, 3)[None])
    print(json.dumps({"tile": TILE, **table, **provenance()}, indent=2))


if __name__ == "__main__":
    main()
