"""The shape of a model, an associative compression network or a baseline, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from acncodec.errors import ModelError

_LATENT = ("latent_dim", "encoder_channels", "encoder_strides", "condition_channels",
           "condition_hidden")  # fmt: skip
_CAUSAL = ("decoder_filters", "decoder_blocks", "vertical_kernel", "horizontal_kernel",
           "input_vertical_kernel", "input_horizontal_kernel", "head_filters")  # fmt: skip

UNUSED: Final[Mapping[str, tuple[str, ...]]] = {
    "acn": (),
    "pixelcnn": (*_LATENT, "prior_hidden", "prior_components"),
    "vae": (*_CAUSAL, "prior_hidden"),
    "pixelvae": ("prior_hidden",),
}
"""The kinds of model, each with the sizes that its networks do not have: `acn` as in the paper;
`pixelcnn`, the decoder alone; `vae`, a decoder that sees no pixels; `pixelvae`, an unconditional
prior in place of the prior network."""


@dataclass(frozen=True)
class ModelConfig:
    """Everything needed to build the float networks and their exact copies.

    Sizes follow Graves, Menick and van den Oord (2018), section 4.1, where they
    give one. `levels` is the number of values a pixel can take (2 for binary
    images); `vertical_kernel` is (rows, columns) of the causal half of the
    decoder's filter, so 5x5 filters are (3, 5) with `horizontal_kernel` 3. Sizes that the
    networks of `kind` do not have (`UNUSED`) are 0 or empty, whatever they are given as.
    """

    kind: str = "acn"
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
        if self.kind not in UNUSED:
            raise ModelError(f"unknown kind of model {self.kind!r}; there are {', '.join(UNUSED)}")
        for name in UNUSED[self.kind]:
            object.__setattr__(self, name, type(getattr(self, name))())
        if self.channels != 1 or self.levels != 2:
            raise ModelError(
                f"only binary images of one channel are supported, "
                f"not {self.channels} channel(s) of {self.levels} levels"
            )
        if self.has_latents and not 0 < len(self.encoder_channels) == len(self.encoder_strides):
            raise ModelError("encoder_channels and encoder_strides are empty or differ in length")
        if not self.is_causal:
            return
        if not len(self.vertical_kernel) == len(self.input_vertical_kernel) == 2:
            raise ModelError("vertical kernels are (rows, columns)")
        if self.vertical_kernel[1] % 2 == 0 or self.input_vertical_kernel[1] % 2 == 0:
            raise ModelError("vertical kernels need an odd number of columns")

    @property
    def has_latents(self) -> bool:
        """Whether there is a latent at all, and so an encoder."""
        return self.kind != "pixelcnn"

    @property
    def has_prior_network(self) -> bool:
        """Whether the code of one image can price the latent of another."""
        return self.kind == "acn"

    @property
    def is_causal(self) -> bool:
        """Whether the decoder is a PixelCNN, which sees the pixels before the one it prices."""
        return self.kind != "vae"

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return (self.channels, self.height, self.width)

    def to_json(self) -> dict[str, Any]:
        """The sizes that this kind has, without the kind: `from_json` makes an equal config."""
        values = {name: getattr(self, name) for name in _keys(self.kind)}
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], kind: str = "acn") -> ModelConfig:
        """Build from parsed JSON. Raises `ModelError` on unknown or ill-typed keys."""
        known = _keys(kind)
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                raise ModelError(f"unknown key {key!r} in model config")
            if isinstance(known[key], tuple):
                if not isinstance(value, list) or not all(type(v) is int for v in value):
                    raise ModelError(f"model config: {key} must be a list of integers")
                value = tuple(value)
            elif type(value) is not int:
                raise ModelError(f"model config: {key} must be an integer")
            entries = value if isinstance(value, tuple) else (value,)
            if any(not 0 < entry <= 65536 for entry in entries):
                raise ModelError(f"model config: {key} = {value} is out of range")
            values[key] = value
        return cls(kind, **values)


def _keys(kind: str) -> dict[str, Any]:
    """Names and defaults of the sizes that a kind of model has, in their order."""
    if kind not in UNUSED:
        raise ModelError(f"unknown kind of model {kind!r}; there are {', '.join(UNUSED)}")
    absent = ("kind", *UNUSED[kind])
    return {field.name: field.default for field in fields(ModelConfig) if field.name not in absent}
