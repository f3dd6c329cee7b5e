"""Training images: binary ones, the binarisation of grey ones, and images of any levels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acncodec.errors import TrainingError

Places = Sequence[tuple[slice, slice]]
"""Of each image the rows and the columns that a window has."""
SOME: Final = 256
"""Images that stand for all where no more are needed."""


class Source(Protocol):
    """Images as network inputs."""

    @property
    def levels(self) -> int:
        """Of the images that are drawn."""
        ...

    @property
    def is_binary(self) -> bool:
        """Whether every draw gives the same images."""
        ...

    @property
    def digest(self) -> str:
        """By which a run knows its images again."""
        ...

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        ...

    @property
    def labels(self) -> Tensor | None:
        """The class of each image, int64 (N,), where classes are known."""
        ...

    @property
    def draws(self) -> float:
        """How many draws have as many pixels as all images have together."""
        ...

    def levels_of(self, index: Tensor, /) -> int:
        """Of the images that are drawn for the rows `index`."""
        ...

    def parts(self) -> Iterator[Tensor]:
        """Rows that can be drawn together; all rows are alike but where images differ in size or
        levels."""
        ...

    def __len__(self) -> int: ...

    def draw(self, index: Tensor, generator: torch.Generator, /) -> Tensor:
        """Level indexes, float32 (n, C, H, W), for the rows `index`."""
        ...

    def cut(self, index: Tensor, places: Places, generator: torch.Generator, /) -> Tensor:
        """The same of these windows, all of one size: float32 (n, C, height, width)."""
        ...


def windows(images: Tensor, places: Places) -> Tensor:
    """A window of each image, (n, C, height, width)."""
    return torch.stack(
        [image[:, rows, columns] for image, (rows, columns) in zip(images, places, strict=True)]
    )


class ImageSource:
    """Images as network inputs: binary ones as they are, grey ones by a random draw.

    A grey pixel of value g, of those from 0 to `top`, becomes 1 with probability g/top, as is
    customary for binarised MNIST (Salakhutdinov and Murray, 2008).

    Args:
        images: uint8 or uint16 (N, H, W).
        top: white; by default 1, or 255 where there is such a pixel.
        labels: the class of each image, integers (N,), if they are known.
    """

    levels = 2

    def __init__(
        self, images: NDArray[Any], top: int | None = None, labels: NDArray[Any] | None = None
    ) -> None:
        if images.ndim != 3 or images.dtype not in (np.uint8, np.uint16) or not len(images):
            raise TrainingError("training needs a non-empty uint8 array of shape (N, H, W)")
        highest = int(images.max())
        if top is None:
            top = max(1, highest)
            if top not in (1, 255):
                raise TrainingError(f"pixel values up to {top}: neither binary nor grey (0-255)")
        elif highest > top:
            raise TrainingError(f"pixel values up to {highest}, above their maximum of {top}")
        self.probability = torch.from_numpy(images.astype(np.float32)).unsqueeze(1).div_(float(top))
        self.is_binary = bool(((images == 0) | (images == top)).all())
        self.labels = None if labels is None else torch.from_numpy(labels.astype(np.int64))
        if self.labels is not None and self.labels.shape != (len(images),):
            raise TrainingError(f"{len(images)} images and labels {tuple(self.labels.shape)}")

    def __len__(self) -> int:
        return len(self.probability)

    @property
    def draws(self) -> float:
        """One an image."""
        return float(len(self))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the probabilities of all pixels, by which a run knows its images again, and of
        their labels, if there are any."""
        digest = hashlib.sha256(self.probability.numpy().tobytes())
        if self.labels is not None:
            digest.update(self.labels.numpy().tobytes())
        return digest.hexdigest()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(1, height, width)."""
        return (1, self.probability.shape[2], self.probability.shape[3])

    def levels_of(self, _index: Tensor) -> int:
        """Two."""
        return self.levels

    def parts(self) -> Iterator[Tensor]:
        """All rows."""
        yield torch.arange(len(self))

    def shades(self, index: Tensor) -> Tensor:
        """How probable each pixel's 1 is, float32 (n, 1, H, W), for the rows `index`."""
        return self.probability[index]

    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Binary images, float32 (n, 1, H, W), for the rows `index`."""
        shades = self.shades(index)
        return shades if self.is_binary else torch.bernoulli(shades, generator=generator)

    def cut(self, index: Tensor, places: Places, generator: torch.Generator) -> Tensor:
        """Windows of them, float32 (n, 1, height, width)."""
        return windows(self.draw(index, generator), places)


class LevelSource:
    """Images of any levels and channels, as they are.

    Args:
        images: level indexes, uint8 or uint16 (N, C, H, W).
        levels: how many there are.
    """

    is_binary = True
    labels = None

    def __init__(self, images: NDArray[Any], levels: int) -> None:
        if images.ndim != 4 or images.dtype not in (np.uint8, np.uint16) or not len(images):
            raise TrainingError("training needs a non-empty array of level indexes (N, C, H, W)")
        if int(images.max()) >= levels:
            raise TrainingError(f"a level index of {images.max()} where there are {levels}")
        self._images, self.levels = images, levels

    def __len__(self) -> int:
        return len(self._images)

    @property
    def draws(self) -> float:
        """One an image."""
        return float(len(self))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the number of levels, the shape and all level indexes."""
        about = f"{self.levels} {self._images.shape} {self._images.dtype.name}\n"
        return hashlib.sha256(about.encode() + self._images.tobytes()).hexdigest()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        _, channels, height, width = self._images.shape
        return (channels, height, width)

    def levels_of(self, _index: Tensor) -> int:
        """The same for all."""
        return self.levels

    def parts(self) -> Iterator[Tensor]:
        """All rows."""
        yield torch.arange(len(self))

    def draw(self, index: Tensor, _generator: torch.Generator) -> Tensor:
        """Level indexes, float32 (n, C, H, W), for the rows `index`."""
        return torch.from_numpy(self._images[index.numpy()].astype(np.float32))

    def cut(self, index: Tensor, places: Places, _generator: torch.Generator) -> Tensor:
        """Windows of them, float32 (n, C, height, width): nothing else of the images is copied."""
        found = [
            self._images[row, :, rows, columns]
            for row, (rows, columns) in zip(index.tolist(), places, strict=True)
        ]
        return torch.from_numpy(np.stack(found).astype(np.float32))


def step_generator(seed: int, step: int, purpose: int = 0) -> torch.Generator:
    """A generator that depends on its arguments alone, so that a resumed run repeats itself."""
    state = np.random.SeedSequence((seed, step, purpose)).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(state[0]) << 31 ^ int(state[1]))


def batch_rows(count: int, batch: int, seed: int, step: int) -> Tensor:
    """The rows of the training set that make up batch `step`: a new permutation each epoch."""
    per_epoch = max(1, count // batch)
    epoch, position = divmod(step, per_epoch)
    order = torch.randperm(count, generator=step_generator(seed, epoch, purpose=1))
    return order[position * batch : (position + 1) * batch]


def some_rows(count: int, generator: torch.Generator) -> Tensor:
    """`SOME` of `count` rows, or all, no row twice."""
    return torch.randperm(count, generator=generator)[:SOME]


def draw_some(source: Source, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """`SOME` images of a source, or all, float32 (n, C, H, W), and their rows."""
    rows = some_rows(len(source), generator)
    return source.draw(rows, generator), rows
