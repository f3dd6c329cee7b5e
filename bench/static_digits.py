"""The grey digits behind static binarisations of MNIST, so that they can be binarised anew.

    acncodec data fetch mnist -o mnist
    acncodec data fetch mnist-static -o mnist-static
    python bench/static_digits.py mnist/train-images-idx3-ubyte.gz \
        mnist/train-labels-idx1-ubyte.gz mnist-static/train.npz GREY.npz

The static files do not say which digit an image is of. A pixel of value g was 1 with probability
g / 255, so an image is matched to the digits under which it is most likely, and of all ways to give
each image a digit of its own the most likely one is taken. Written are the digits, `images` uint8
(N, 28, 28), in the order of the static images, and their `labels`; with `--as-given` the static
images in place of the digits. What it prints is how likely the match is.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from acncodec.container import atomic_output
from acncodec.images import load_dataset
from acncodec.images.classes import load_labels

LEAST = 1e-6
"""Of the probability of a pixel's value: what cannot be is only very unlikely."""
CANDIDATES = 16
"""Digits among which an image's is sought."""
AT_ONCE = 1000


def matched(images: NDArray[np.uint8], grey: NDArray[np.uint8]) -> tuple[NDArray[Any], float]:
    """The row of `grey` (M, 784), 0 to 255, of each of `images` (N, 784), 0 and 1, no row twice,
    and the mean log-likelihood in nats."""
    ones = np.clip(grey / np.float32(255), LEAST, 1 - LEAST).astype(np.float32)
    if_one, if_zero = np.log(ones), np.log1p(-ones)
    slopes, base = (if_one - if_zero).T.copy(), if_zero.sum(1)
    rows, columns, costs = [], [], []
    for start in range(0, len(images), AT_ONCE):
        part = images[start : start + AT_ONCE].astype(np.float32)
        likely = part @ slopes + base
        best = np.argpartition(-likely, CANDIDATES, 1)[:, :CANDIDATES]
        rows.append(np.repeat(np.arange(start, start + len(part)), CANDIDATES))
        columns.append(best.ravel())
        costs.append(-np.take_along_axis(likely, best, 1).ravel())
    found = 1.0 + np.concatenate(costs).astype(np.float64)  # of cost 0 there is no edge
    places = np.concatenate(rows), np.concatenate(columns)
    graph = csr_array((found, places), shape=(len(images), len(grey)))
    taken, chosen = min_weight_full_bipartite_matching(graph)
    order = np.argsort(taken)
    return chosen[order], 1.0 - float(np.mean(graph[taken, chosen]))


def main() -> None:
    """Match, write the digits, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grey", type=Path, help="MNIST's images, IDX")
    parser.add_argument("labels", type=Path, help="their classes, IDX")
    parser.add_argument("static", type=Path, help="binary images")
    parser.add_argument("output", type=Path, help="an .npz")
    parser.add_argument("--as-given", action="store_true", help="write the binary images")
    options = parser.parse_args()
    given, static = load_dataset(options.grey), load_dataset(options.static)
    values = np.array(given.spec.values, np.uint8)[given.pixels[:, 0]]
    binary = static.pixels[:, 0]
    flat = binary.reshape(static.count, -1)
    rows, nats = matched(flat, values.reshape(len(values), -1))
    images = binary if options.as_given else values[rows]
    labels = load_labels(options.labels, given.count)[rows]
    with atomic_output(options.output, force=True) as file:
        np.savez_compressed(file, images=images, labels=labels)
    about = {"images": len(rows), "digits": len(values), "mean_log_likelihood_nats": nats}
    print(json.dumps(about))


if __name__ == "__main__":
    main()
