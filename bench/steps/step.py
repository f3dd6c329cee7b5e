"""A step, and what steps have in common: places of data and of models."""

from __future__ import annotations

from dataclasses import dataclass

RESULTS = "bench/results"
BUNDLED = "acncodec/data/mnist-test-binary.npz"
TRAIN_IMAGES = "build/mnist/train-images-idx3-ubyte.gz"
TRAIN_LABELS = "build/mnist/train-labels-idx1-ubyte.gz"
CIFAR_TRAIN, CIFAR_TEST = "build/cifar10/train.npz", "build/cifar10/test.npz"
MODELS = "bench/models"
BASELINES = {"mnist-pixelcnn": 6000, "mnist-vae": 9000, "mnist-pixelvae": 6000}
"""The paper's other models, which lie in the folder MODELS, and their training steps."""

Command = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One result: its file below `bench/results`, and the commands that make it.

    All commands run in the project's root. The last one prints the result, unless it writes it
    itself (`prints` is false). Downloads and training are not run by default.
    """

    output: str
    commands: tuple[Command, ...]
    by_default: bool = True
    prints: bool = True

    @property
    def name(self) -> str:
        """What `--only` takes."""
        return self.output.rsplit(".", 1)[0]


FETCH: Command = ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f")
FETCH_CIFAR: Command = ("acncodec", "data", "fetch", "cifar10", "-o", "build/cifar10", "-f")


def model_file(name: str) -> str:
    """Where the baseline `name` lies."""
    return f"{MODELS}/{name}.safetensors"
