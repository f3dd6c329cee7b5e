"""The shape of an associative compression network, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from acncodec.errors import ModelError


@dataclass(frozen=True)
class ModelConfig:
    """Everything needed to build the float networks and their exact copies.

    Sizes follow Graves, Menick and van den Oord (2018), section 4.1, where they
    give one. `levels` is the number of values a pixel can take (2 for binary
    images); `vertical_kernel` is (rows, columns) of the causal half of the
    decoder's filter, so 5x5 filters are (3, 5) with `horizontal_kernel` 3.
    """

    height: int = 28
    width: int = 28
    channels: int = 1
    levels: int = 2
    latent_dim: int = 16
    encoder_channels: tuple[int, ...] = (32, 64, 96, 96, 96)
    encoder_strides: tuple[int, ...] = (2, 1, 2, 1, 2)
    prior_hidden: int = 512
    prior_components: int = 8
    decoder_filters: int = 32
    decoder_blocks: int = 7
    vertical_kernel: tuple[int, int] = (3, 5)
    horizontal_kernel: int = 3
    input_vertical_kernel: tuple[int, int] = (5, 7)
    input_horizontal_kernel: int = 5
    condition_channels: int = 16
    condition_hidden: int = 32
    head_filters: int = 64

    def __post_init__(self) -> None:
        if self.channels != 1 or self.levels != 2:
            raise ModelError(
                f"only binary images of one channel are supported, "
                f"not {self.channels} channel(s) of {self.levels} levels"
            )
        if not 0 < len(self.encoder_channels) == len(self.encoder_strides):
            raise ModelError("encoder_channels and encoder_strides are empty or differ in length")
        if not len(self.vertical_kernel) == len(self.input_vertical_kernel) == 2:
            raise ModelError("vertical kernels are (rows, columns)")
        if self.vertical_kernel[1] % 2 == 0 or self.input_vertical_kernel[1] % 2 == 0:
            raise ModelError("vertical kernels need an odd number of columns")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return (self.channels, self.height, self.width)

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `from_json` turns back into an equal config."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelConfig:
        """Build from parsed JSON. Raises `ModelError` on unknown or ill-typed keys."""
        known = {field.name: field for field in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                raise ModelError(f"unknown key {key!r} in model config")
            default = known[key].default
            if isinstance(default, tuple):
                if not isinstance(value, list) or not all(type(v) is int for v in value):
                    raise ModelError(f"model config: {key} must be a list of integers")
                value = tuple(value)
            elif type(value) is not int:
                raise ModelError(f"model config: {key} must be an integer")
            entries = value if isinstance(value, tuple) else (value,)
            if any(not 0 < entry <= 65536 for entry in entries):
                raise ModelError(f"model config: {key} = {value} is out of range")
            values[key] = value
        return cls(**values)
