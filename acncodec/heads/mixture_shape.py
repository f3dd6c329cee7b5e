"""The shape of the logistic mixture head: counts, names of spikes, limits of the parameters.

What the float head (`logistic_mixture_loss`) and the integer one (`logistic_mixture`) share; no
torch here, so that decoding needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.errors import ModelError

LOGIT_LIMIT = 32.0
LOG_SCALE_MIN, LOG_SCALE_MAX = -10.0, 2.0
COEFFICIENT_LIMIT = 2.0
MEAN_LIMIT = 2.0
MAX_LEVELS = 1 << 16
MAX_COMPONENTS = 64

NEIGHBOURS = {
    "w": (0, -1),
    "n": (-1, 0),
    "nw": (-1, -1),
    "ne": (-1, 1),
    "ww": (0, -2),
    "nn": (-2, 0),
}
"""Spikes at the value of a pixel before this one: (rows, columns) from here to there."""

CONSTANTS = ("zero", "max")
"""Spikes at the least and the greatest value."""


@dataclass(frozen=True)
class LogisticMixture:
    """The shape of the head: channels of the image, logistic components, names of the spikes.

    Raises `ModelError` for a shape that there is not.
    """

    channels: int
    components: int = 5
    spikes: tuple[str, ...] = (*NEIGHBOURS, *CONSTANTS)

    def __post_init__(self) -> None:
        if not 1 <= self.channels <= 4 or not 1 <= self.components <= MAX_COMPONENTS:
            raise ModelError(
                f"a mixture has 1 to 4 channels and 1 to {MAX_COMPONENTS} components, "
                f"not {self.channels} and {self.components}"
            )
        unknown = [name for name in self.spikes if name not in (*NEIGHBOURS, *CONSTANTS)]
        if unknown or len(set(self.spikes)) != len(self.spikes):
            raise ModelError(f"unknown or repeated spikes among {', '.join(self.spikes)}")

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Counts of outputs: logits, means, log-scales, coefficients."""
        each = self.channels * self.components
        pairs = self.channels * (self.channels - 1) // 2
        return self.components + len(self.spikes), each, each, pairs * self.components

    @property
    def groups(self) -> tuple[int, ...]:
        """The same without kinds of which there are none."""
        return tuple(size for size in self.sizes if size)

    @property
    def outputs(self) -> int:
        """Parameters a pixel that the network gives."""
        return sum(self.sizes)
