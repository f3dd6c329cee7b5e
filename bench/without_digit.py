"""MNIST's training images without one digit, as an .npz that `acncodec train` takes.

    acncodec data fetch mnist -o mnist
    python bench/without_digit.py mnist 9 nine-digits.npz
    acncodec train nine-digits.npz -o nine-digits.safetensors --preset mnist-small --steps 6000
    python bench/urn.py --model nine-digits.safetensors --digit 9 > bench/results/urn-digit-9.json

The last line measures what the digit that the model never saw costs as a `set` and as an `urn`.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np

from acncodec.images import load_dataset

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
LABEL_HEADER_BYTES = 8


def main() -> None:
    """Read images and labels and write the images of the other nine digits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mnist", type=Path, help="folder of the fetched files")
    parser.add_argument("digit", type=int, choices=range(10))
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    images = load_dataset(options.mnist / IMAGES).pixels[:, 0]
    with gzip.open(options.mnist / LABELS) as file:
        labels = np.frombuffer(file.read()[LABEL_HEADER_BYTES:], np.uint8)
    if len(labels) != len(images):
        raise SystemExit(f"{len(labels)} labels for {len(images)} images")
    np.savez_compressed(options.output, x=images[labels != options.digit])


if __name__ == "__main__":
    main()
