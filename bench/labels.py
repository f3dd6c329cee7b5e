"""What the labels of the bundled images cost, by this codec and by others, as JSON.

`python bench/labels.py`: bytes for the first 1,000, 2,000 and all
images, in the order of the file and in canonical order. No pixel is coded, only codes are needed.
"""

from __future__ import annotations

import json
import lzma

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.provenance import provenance
from acncodec.coding.labels import Labels
from acncodec.coding.neighbours import earlier_neighbours
from acncodec.container import FRAME_BYTES, pack_side, table_of
from acncodec.data import bundled
from acncodec.images import SideArray, load_dataset
from acncodec.models.encode import encode_images
from acncodec.models.registry import find_for_data
from acncodec.ordering.tours import greedy_tour
from acncodec.run.workers import Workers
from acncodec.shards.arrange import canonical_order
from acncodec.shards.labels import PIXEL_WEIGHT, known_context, pack_labels

COUNTS = (1000, 2000, 10_000)
PIXEL_WEIGHTS = (0, 50, 100, 200, 255)

Ints = NDArray[np.int64]


def xz_bytes(labels: NDArray[np.uint8]) -> int:
    """The bare labels, one byte each, as xz packs them best."""
    return len(lzma.compress(labels.tobytes(), preset=9 | lzma.PRESET_EXTREME))


def entropy_bytes(labels: NDArray[np.uint8]) -> float:
    """The empirical entropy of the labels, each for itself."""
    shares = np.bincount(labels) / len(labels)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum() * len(labels) / 8)


def parent_bytes(labels: Ints, tour: Ints, classes: int) -> float:
    """Each label given that of its predecessor on a tour, by adaptive counts."""
    counts = np.full((classes, classes), 0.5)
    bits = np.log2(classes)
    for before, label in zip(labels[tour[:-1]], labels[tour[1:]], strict=True):
        bits -= np.log2(counts[before, label] / counts[before].sum())
        counts[before, label] += 1
    return float(bits / 8)


def section_bytes(pixels: NDArray[np.uint8], codes: Ints, side: SideArray) -> int:
    """What a file spends on the labels: their section, its frame and digest and all."""
    table = table_of(side)
    if table is None:
        raise SystemExit(f"{side.name} is no array of labels")
    context = known_context(codes, pixels, np.arange(len(codes)), 2)
    return FRAME_BYTES + len(pack_labels([side], [table], context))


def measure(pixels: NDArray[np.uint8], codes: Ints, labels: NDArray[np.uint8]) -> dict[str, object]:
    """All costs of `labels` (N,) in the order in which they come."""
    known, classes = labels.astype(np.int64), int(labels.max()) + 1
    side = SideArray("y", labels, aligned=True)
    by_weight = {
        weight: Labels(earlier_neighbours(codes, pixels, 2, weight), classes).bits(known) / 8
        for weight in PIXEL_WEIGHTS
    }
    return {
        "labels_section_bytes": section_bytes(pixels, codes, side),
        "neighbours_bytes": round(by_weight[PIXEL_WEIGHT], 1),
        "neighbours_bits_per_label": round(8 * by_weight[PIXEL_WEIGHT] / len(labels), 3),
        "by_pixel_weight_bytes": {str(key): round(value, 1) for key, value in by_weight.items()},
        "parent_on_greedy_tour_bytes": round(parent_bytes(known, greedy_tour(codes), classes), 1),
        "xz_bytes": xz_bytes(labels),
        "side_section_bytes": FRAME_BYTES + len(pack_side([side])),
        "entropy_bytes": round(entropy_bytes(labels), 1),
    }


def main() -> None:
    """Encode the bundled images and print what their labels cost."""
    data = load_dataset(bundled())
    model = find_for_data(data.shape, data.levels)
    with Workers(2, 256) as workers:
        codes = encode_images(model, data.pixels, workers, data.levels)
    labels = data.side[0].array
    rows = []
    for count in COUNTS:
        orders = {"original": np.arange(count), "canonical": canonical_order(data.pixels[:count])}
        rows += [
            {
                "images": count,
                "order": name,
                **measure(data.pixels[order], codes[order], labels[order]),
            }
            for name, order in orders.items()
        ]
    result = {"kind": "labels", "model": model.name, "model_sha256": model.model_id.hex()}
    print(json.dumps(result | {"rows": rows} | provenance(), indent=2))


if __name__ == "__main__":
    main()
