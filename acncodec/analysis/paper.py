"""What the paper reports, with table and section: Graves, Menick and van den Oord (2018).

*Associative Compression Networks for Representation Learning*, arXiv 1804.02476. All costs are
the paper's **bounds**, in nats an image, on another random binarisation of the MNIST test set than
the one bundled here. The paper sends no bits, so none of them has a file.

A figure that could not be checked against the text of the paper is None and is shown as "-".
"""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "https://arxiv.org/abs/1804.02476"
TEST_IMAGES = 10_000


@dataclass(frozen=True)
class PaperFigure:
    """One figure of the paper, and where it stands. `value` is None where it is not verified."""

    name: str
    value: float | None
    where: str


ORDERINGS = {
    "iid": PaperFigure("ACN, unordered", 80.9, "Table 2"),
    "tour": PaperFigure("ACN, ordered by a greedy tour", 73.9, "Table 2; abstract of version 1"),
}
"""Bounds for this project's strategies, nats an image; the others have no counterpart."""

MODELS = {
    "mnist-pixelcnn": PaperFigure("Gated PixelCNN", None, "Table 1"),
    "mnist-vae": PaperFigure("VAE", None, "Table 1"),
    "mnist-pixelvae": PaperFigure("Gated PixelVAE", None, "Table 1"),
}
"""Bounds of other models, nats an image, by the name of our model of that kind."""

COSTS = {
    "reconstruction": PaperFigure("reconstruction", None, "Table 2"),
    "kl_k1": PaperFigure("KL, K = 1", None, "Table 2"),
    "kl_k5": PaperFigure("KL, K = 5", None, "Table 2"),
    "kl_k10": PaperFigure("KL, K = 10", None, "Table 2"),
    "kl_tour": PaperFigure("KL, greedy tour", None, "Table 2"),
    "kl_unconditional": PaperFigure("KL, unconditional prior", None, "Table 2"),
}
"""The parts of the bound, nats an image."""

ACCURACIES = {
    "pca16": PaperFigure("PCA, 16 components", None, "Table 3"),
    "pixels": PaperFigure("pixels", None, "Table 3"),
    "vae": PaperFigure("standard VAE", None, "Table 3"),
    "acn": PaperFigure("ACN codes", None, "Table 3"),
}
"""Linear classification of MNIST digits, accuracies from 0 to 1, by representation."""


def is_test_set(data: str, images: int) -> bool:
    """Whether a result on the file `data` may stand beside the paper's bounds: MNIST's test set."""
    name = data.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return images == TEST_IMAGES and name.startswith(("mnist", "t10k")) and "train" not in name
