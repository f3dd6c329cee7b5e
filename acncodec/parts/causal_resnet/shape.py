"""What an any-size decoder needs to know of a model's config; no torch here."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.errors import ModelError

NETWORK_ORDER = {1: (0,), 2: (0, 1), 3: (1, 0, 2), 4: (1, 0, 2, 3)}
"""For each count of channels (grey; grey, alpha; red, green, blue; the same and alpha) the
channels in the order in which they are coded: green first, which tells most of the others."""

MAX_SIDE = 64
"""Rows and columns of images whose places a decoder is told, at most."""


@dataclass(frozen=True)
class CausalResNetConfig:
    """The sizes of the network.

    channels: of the images, 1 to 4; outputs: parameters a pixel that the head wants; width:
    features of the residual stream; hidden: features between the two 1x1 layers of a block;
    first_reach: rows above, and columns on either side, that the first window sees; columns:
    of a block's window in the row above, odd; latent_dim: 0 for a decoder without latents; size:
    (height, width) of the images, for a decoder that is told where a pixel is, else None.

    Raises `ModelError` for sizes of which there is no network.
    """

    channels: int
    outputs: int
    width: int = 64
    blocks: int = 8
    hidden: int = 128
    first_reach: int = 3
    columns: int = 5
    latent_dim: int = 0
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.channels not in NETWORK_ORDER:
            raise ModelError(f"images of {self.channels} channels; a network takes 1 to 4")
        for name in ("outputs", "width", "blocks", "hidden", "first_reach", "columns"):
            if getattr(self, name) < 1:
                raise ModelError(f"{name} is {getattr(self, name)}: it must be at least 1")
        if self.columns % 2 == 0:
            raise ModelError(f"columns is {self.columns}: a window has an odd number of columns")
        if self.latent_dim < 0:
            raise ModelError(f"latent_dim is {self.latent_dim}: a latent has 0 dimensions or more")
        if self.size is not None and not 1 <= min(self.size) <= max(self.size) <= MAX_SIDE:
            height, width = self.size
            raise ModelError(
                f"{height} x {width}: a decoder that is told places is of 1 to {MAX_SIDE} rows "
                "and columns"
            )

    @property
    def first_taps(self) -> int:
        """Pixels that the first window sees: whole rows above, and this row's to the left."""
        return self.first_reach * (2 * self.first_reach + 1) + self.first_reach

    @property
    def taps(self) -> int:
        """Positions that a block's window sees: a row above, this row's left half and centre."""
        return self.columns + self.columns // 2 + 1

    @property
    def products(self) -> int:
        """Multiplications a pixel."""
        first = self.first_taps * (self.channels + 1) * self.width
        block = self.taps * self.width * self.width + 2 * self.width * self.hidden
        return first + self.blocks * block + self.width * self.outputs
