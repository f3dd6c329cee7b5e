"""What the paper reports, with table and section: Graves, Menick and van den Oord (2018).

*Associative Compression Networks for Representation Learning*, arXiv 1804.02476. All costs are
the paper's **bounds**, in nats an image, on the static binarisation of MNIST's test set that
figures are published on (`acncodec data fetch mnist-static`; the one bundled here is another draw).
The paper sends no bits, so none of them has a file.

A figure that could not be checked against the text of the paper is None and is shown as "-".
"""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "https://arxiv.org/abs/1804.02476"
TEST_IMAGES = 10_000
ITS_DRAW = "mnist-static"
"""How the names of files begin that have the paper's own draw."""


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


@dataclass(frozen=True)
class EightBit:
    """What the paper has for a set of colour images of 32x32, each None where it is not verified:
    bits a sample, nats an image, and shares of 1."""

    alone: PaperFigure
    """A gated PixelCNN, which has no latent, bits a sample."""
    unordered: PaperFigure
    """The ACN, bits a sample."""
    ordered: PaperFigure
    """The ACN along a greedy tour, nats an image."""
    kl_unconditional: PaperFigure
    kl_tour: PaperFigure
    codes: PaperFigure
    """A linear classifier of codes."""
    pixels: PaperFigure
    """The same of pixels."""


EIGHT_BIT = {
    "CIFAR-10": EightBit(
        PaperFigure("Gated PixelCNN", 3.03, "Tables 4, 5"),
        PaperFigure("ACN, unordered", 3.07, "Tables 4, 5"),
        PaperFigure("ACN, ordered", 6543.0, "Tables 4, 5"),
        PaperFigure("KL, unconditional prior", 14.4, "Tables 4, 5"),
        PaperFigure("KL, greedy tour", 6.3, "Tables 4, 5"),
        PaperFigure("linear classifier of codes", 0.553, "section 4"),
        PaperFigure("linear classifier of pixels", 0.384, "section 4"),
    ),
    "ImageNet32": EightBit(
        PaperFigure("Gated PixelCNN", 3.83, "Tables 6, 7"),
        PaperFigure("ACN, unordered", 3.82, "Tables 6, 7"),
        PaperFigure("ACN, ordered", 8123.4, "Tables 6, 7"),
        PaperFigure("KL, unconditional prior", 18.2, "Tables 6, 7"),
        PaperFigure("KL, greedy tour", 10.6, "Tables 6, 7"),
        PaperFigure("linear classifier of codes", None, "section 4"),
        PaperFigure("linear classifier of pixels", None, "section 4"),
    ),
}
"""By the set's name. Those are bounds too."""


def is_test_set(data: str, images: int) -> bool:
    """Whether a result on the file `data` may stand beside the paper's bounds: MNIST's test set."""
    name = _file_name(data)
    return images == TEST_IMAGES and name.startswith(("mnist", "t10k")) and "train" not in name


def is_its_draw(data: str) -> bool:
    """Whether the file `data` has the very images that the paper's bounds are of."""
    return _file_name(data).startswith(ITS_DRAW)


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].lower()
