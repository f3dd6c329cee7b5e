"""The field's models, trained and measured side by side."""

from __future__ import annotations

from steps.step import (
    BASELINES,
    BUNDLED,
    CIFAR_TEST,
    CIFAR_TRAIN,
    FETCH,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    Command,
    Step,
    model_file,
)

FASHION = "build/fashion-mnist/train-images-idx3-ubyte.gz"
FASHION_LABELS = "build/fashion-mnist/train-labels-idx1-ubyte.gz"
FAMILIES = "build/families"
"""Where models lie that are trained to stand beside others."""


def _family(name: str, data: str, preset: str, minutes: int, *more: str) -> Command:
    """A model that is trained to stand beside others."""
    return (
        "acncodec", "train", data, "-o", f"{FAMILIES}/{name}.safetensors", "--preset", preset,
        "--minutes", str(minutes), *more, "-f",
    )  # fmt: skip


def _families(
    name: str, title: str, sets: tuple[str, ...], trained: tuple[Command, ...], *models: str
) -> Step:
    """Models side by side on a data set that can be fetched: those trained for it, and others.

    sets: images to learn from and images to try, and how labels of theirs are named.
    """
    train, test, *labels = sets
    fetch = ("acncodec", "data", "fetch", name, "-o", f"build/{name}", "-f")
    made = [command[command.index("-o") + 1] for command in trained]
    measure = (
        "python", "bench/families.py", train, test, *made, *models, *labels, "--name", title,
        "--priced", "3000", "--samples", "2",
    )  # fmt: skip
    commands = fetch, ("mkdir", "-p", FAMILIES), *trained, measure
    return Step(f"families/{name}.json", commands, by_default=False)


def _auto_encoders(folder: str, *names: str) -> Command:
    """Auto-encoders of a folder side by side."""
    only = [word for name in names for word in ("--only", name)]
    return ("python", "bench/auto_encoders.py", TRAIN_IMAGES, TRAIN_LABELS, folder, *only)


STEPS = (
    _families(
        "mnist", "binarised MNIST", (TRAIN_IMAGES, BUNDLED, "--train-labels", TRAIN_LABELS),
        (
            _family("autoencoder", TRAIN_IMAGES, "autoencoder", 5),
            _family("aae", TRAIN_IMAGES, "aae", 8),
            _family("style", TRAIN_IMAGES, "style", 15, "--labels", TRAIN_LABELS),
            _family("vqvae", TRAIN_IMAGES, "vqvae", 20),
            _family("acn-vq", TRAIN_IMAGES, "acn-vq-small", 27),
        ),
        "mnist", *map(model_file, BASELINES),
    ),
    _families(
        "fashion-mnist", "Fashion-MNIST",
        (
            FASHION, FASHION.replace("train-", "t10k-"), "--train-labels", FASHION_LABELS,
            "--test-labels", FASHION_LABELS.replace("train-", "t10k-"),
        ),
        (
            _family("fashion-vqvae", FASHION, "vqvae-grey", 11),
            _family("fashion-acn-vq", FASHION, "acn-vq-small", 11),
        ),
    ),
    _families(
        "cifar10", "CIFAR-10", (CIFAR_TRAIN, CIFAR_TEST),
        (_family("cifar-vqvae", CIFAR_TRAIN, "vqvae-rgb", 27),),
    ),
    Step(  # of the auto-encoders that stand in the table of families, or new ones
        "auto-encoders.json",
        (FETCH, _auto_encoders(FAMILIES, "autoencoder", "aae", "style")),
        by_default=False,
    ),
    Step(
        "style-choices.json",
        (
            FETCH,
            (
                *_auto_encoders(
                    "build/style", "style", "style-8", "style-8-without-noise", "style-8-plain",
                    "style-8-quick",
                ),
                "--held-back", "--minutes", "3",
            ),
        ),
        by_default=False,
    ),
)  # fmt: skip
