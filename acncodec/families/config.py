"""The config of a model: sizes as plain data, which say how its networks are built."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.errors import ModelError

LARGEST = 65536


@dataclass(frozen=True)
class ModelConfig(ABC):
    """What every family's config has; each adds the sizes of its networks, and no others.

    Every field is a positive integer, or a tuple of such or of names, and has a default: models are
    identified by their JSON (docs/FORMAT.md, 7.2).
    """

    by_images: ClassVar[frozenset[str]] = frozenset()
    """The fields that `for_images` sets: they are no choice."""

    @property
    @abstractmethod
    def accepts(self) -> ImageKind:
        """What images a model of this config takes."""

    @abstractmethod
    def for_images(self, shape: Shape) -> Self:
        """The same for images of this shape (C, H, W), as far as it depends on one.

        Raises `ModelError` where there is none.
        """

    def for_levels(self, _levels: int) -> Self:
        """The same as it suits images of so many levels, where nobody chose."""
        return self

    @property
    def latent_dim(self) -> int:
        """D, dimensions of a code; 0 unless a family's config has a field of this name."""
        return 0

    @property
    def classes(self) -> int:
        """How many classes the decoder may be told; 0 unless a family's config has a field of this
        name."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """All sizes: `from_json` makes an equal config."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build from parsed JSON; what is absent has its default.

        Raises `ModelError` on keys that this config lacks, and on values that are ill-typed or
        not in 1..65,536. (Which names a tuple of names may hold, the config itself checks.)
        """
        known = {field.name: field.default for field in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                raise ModelError(f"unknown key {key!r} in model config")
            default = known[key]
            if isinstance(default, tuple):
                kind, kinds = (str, "names") if type(default[0]) is str else (int, "integers")
                if not isinstance(value, list) or not all(type(v) is kind for v in value):
                    raise ModelError(f"model config: {key} must be a list of {kinds}")
                value = tuple(value)
            elif type(value) is not int:
                raise ModelError(f"model config: {key} must be an integer")
            entries = value if isinstance(value, tuple) else (value,)
            if any(type(entry) is int and not 0 < entry <= LARGEST for entry in entries):
                raise ModelError(f"model config: {key} = {value} is out of range")
            values[key] = value
        return cls(**values)


@dataclass(frozen=True)
class SizedConfig(ModelConfig):
    """That of models for images of one size.

    `levels` is the number of values a sample can take.
    """

    by_images: ClassVar[frozenset[str]] = frozenset({"height", "width", "channels", "levels"})

    height: int = 28
    width: int = 28
    channels: int = 1
    levels: int = 2

    @property
    def image_shape(self) -> Shape:
        """(channels, height, width)."""
        return (self.channels, self.height, self.width)

    @property
    def accepts(self) -> ImageKind:
        """Images of this shape and number of levels."""
        return ImageKind.of(self.image_shape, self.levels)

    def sized(self, height: int, width: int) -> Self:
        """The same for images of another size."""
        return replace(self, height=height, width=width)

    def for_images(self, shape: Shape) -> Self:
        """The same for images of this shape (C, H, W)."""
        channels, height, width = shape
        return replace(self, channels=channels, height=height, width=width)


def check_binary(config: SizedConfig) -> None:
    """Raise `ModelError` unless images have one channel and two levels."""
    if config.channels != 1 or config.levels != 2:
        raise ModelError(
            f"only binary images of one channel are supported, "
            f"not {config.channels} channel(s) of {config.levels} levels"
        )
