"""What decoding images by a model takes, about how long, and how much a file may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TooLargeError
from acncodec.models.frozen import FrozenModel

FREE_MACS: Final = 10**12
"""Multiply-adds that an archive may ask for, however short it is."""
MACS_A_BYTE: Final = 10**9
"""And for each byte of it."""
FREE_SECONDS: Final = 60.0
"""The same of everything that decoding takes, in seconds by the speeds below: symbols and steps
cost time too, most of it where a network is tiny."""
SECONDS_A_BYTE: Final = 0.02
MAX_PIXELS: Final = 1 << 26
"""Height times width of an image that is given back without being asked for twice."""

HINT: Final = "if that is meant, allow it (--allow-large)"
"""What an error advises."""

MAX_ENTRIES: Final = 1 << 23
"""Integers that a coded model may have: sixteen times as many as the largest that is trained."""

MAX_TENSORS: Final = 4096
"""And arrays of them: over twenty times as many as the deepest that is trained has. A layer takes
time and memory of its own, however few integers it has."""
USUAL_TENSORS: Final = 256
"""What goes on by a sample in `STEP_SECONDS` has no more."""
TENSOR_SECONDS: Final = 2e-7
"""Of a step, for each array of a model beyond these."""

MACS_A_SECOND: Final = 117_500_000_000
"""Of one of two threads, everything included: 1.07 ms for the 251.0 million of an image by the
engine `int16` (`bench/results/speed.json`). By `float64` they are nine times fewer."""
DISTRIBUTION_SECONDS: Final = 2.6e-7
"""Of one of two threads, for a sample of a model of any number of levels, beside its network: what
is left of an image's milliseconds in `bench/results/level-speed.json` but for the products."""
SYMBOL_SECONDS: Final = 1.5e-6
"""Of one of two threads, for a sample of a model of any number of levels, beside its network: over
four times what is left of an image's milliseconds in `bench/results/level-speed.json` but for the
products, for slower machines."""
STEP_SECONDS: Final = 2e-5
"""What going on by one sample takes beside that, however few the images are that do so together:
what is left of `bench/any_size_speed.py --batch 1` but for the products, rounded up for slower
machines. No thread shortens it. Without products of 16 bits it is five times as long."""
SIDE_BY_SIDE: Final = 256
"""Images of a batch that go through the network together (`--batch`)."""
TYPICAL_THREADS: Final = 2
SLOW_MACS: Final = MACS_A_SECOND * TYPICAL_THREADS
"""Those of an image that take a second."""


@dataclass(frozen=True)
class Work:
    """What decoding takes.

    Attributes:
        macs: multiply-adds of the networks, for all images.
        symbols: samples whose distribution is computed one by one, for models of any number of
            levels; a fixed number's are part of what multiply-adds take.
        steps: how often decoding goes on by a sample of all images of a batch.
        deep: arrays of the model beyond the usual number, for each step.
    """

    macs: int = 0
    symbols: int = 0
    steps: int = 0
    deep: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            self.macs + other.macs, self.symbols + other.symbols, self.steps + other.steps,
            self.deep + other.deep,
        )  # fmt: skip

    def seconds(self, threads: int = TYPICAL_THREADS) -> float:
        """About how long that is, by the speeds above."""
        shared = self.macs / MACS_A_SECOND + self.symbols * SYMBOL_SECONDS
        return shared / threads + self.steps * STEP_SECONDS + self.deep * TENSOR_SECONDS


def stack_work(
    model: FrozenModel, shapes: Iterable[tuple[Shape, int]], sizes: Sequence[int]
) -> Work:
    """What the images of a stack take.

    shapes: (C, H, W), and how many distinct images have it; sizes: of the batches.
    """
    listed = list(shapes)
    samples = sum(channels * height * width * n for (channels, height, width), n in listed)
    # Of images of several shapes a batch has as many steps as one that holds all of them.
    box = max((c for (c, _, _), _ in listed), default=0)
    box *= max((h for (_, h, _), _ in listed), default=0)
    box *= max((w for (_, _, w), _ in listed), default=0)
    groups = sum(-(-size // SIDE_BY_SIDE) for size in sizes)
    steps = min(groups * box, samples)
    return Work(
        macs=sum(model.macs_of(shape[1:]) * count for shape, count in listed),
        symbols=samples if model.accepts.levels is None else 0,
        steps=steps,
        deep=steps * max(0, model.tensor_count - USUAL_TENSORS),
    )


def is_slow(model: FrozenModel, shape: Shape) -> bool:
    """Whether an image (C, H, W) is rather stored than modelled: its multiply-adds take over a
    second, or it has more than `MAX_PIXELS`. The same on every machine, since it decides bytes."""
    return shape[1] * shape[2] > MAX_PIXELS or model.macs_of(shape[1:]) > SLOW_MACS


def check_work(work: Work, file_bytes: int) -> None:
    """Raise `TooLargeError` for more work than a file is worth."""
    if work.macs > max(FREE_MACS, MACS_A_BYTE * file_bytes):
        raise TooLargeError(
            f"decoding takes {work.macs:.1e} multiply-adds, too many for {file_bytes} bytes: {HINT}"
        )
    seconds = work.seconds()
    if seconds > max(FREE_SECONDS, SECONDS_A_BYTE * file_bytes):
        raise TooLargeError(
            f"decoding takes about {seconds:.0f} s, too long for {file_bytes} bytes: {HINT}"
        )


def check_tensor_count(count: int) -> None:
    """Raise `TooLargeError` for a coded model of more arrays than one may have."""
    if count > MAX_TENSORS:
        raise TooLargeError(f"a coded model of {count} arrays; {MAX_TENSORS} is the most")


def check_entries(entries: int) -> None:
    """Raise `TooLargeError` for a coded model of more integers than one may have."""
    if entries > MAX_ENTRIES:
        raise TooLargeError(f"a coded model of {entries} integers; {MAX_ENTRIES} is the most")
