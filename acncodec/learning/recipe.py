"""Recipes: every choice that training makes. No library is imported for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from acncodec.errors import TrainingError

OPTIMISERS: Final = ("adam", "rmsprop", "muon")
MANY: Final = 1 << 40
RANGES: Final[dict[str, tuple[float, float]]] = {
    "learning_rate": (1e-9, 1), "network_rate": (0, 100), "momentum": (0, 0.9999),
    "warmup_steps": (0, MANY), "decay_from": (0, 1), "floor": (0, 1), "batch": (1, 1 << 16),
    "neighbours": (1, 1000), "pool": (0, MANY), "polyak": (0, 0.999999), "kl_start": (0, 1),
    "kl_ramp_steps": (0, MANY), "refresh_steps": (1, MANY), "checkpoint_steps": (1, MANY),
    "steps": (1, MANY), "draws": (1, 1000), "tune_steps": (0, MANY), "tune_rate": (1e-9, 1),
    "tune_batch": (1, 1 << 16), "matrix_rate": (1e-9, 1), "weight_decay": (0, 1),
    "clip": (0, 1e6), "round_from": (0, 1), "coarseness": (0.01, 100), "rate_weight": (0, 1000),
    "dropout": (0, 0.9), "affine": (0, 1), "elastic": (0, 100), "window": (0, 1 << 16),
    "adversary": (0, 1000), "noise": (0, 100), "penalty": (0, 1000),
}  # fmt: skip
"""Least and greatest value of each number."""
KL_RAMP_MOST: Final = 0.8
"""Of a run."""


@dataclass(frozen=True)
class Recipe:
    """How to train. The learning rate warms up, stays flat, then falls linearly to `floor`.

    `decay_from` is the fraction of the run at which the fall begins (1.0: never).
    `network_rate` multiplies the rate of encoder and prior network (or of a discriminator), but for
    what Muon moves. The KL weight rises from `kl_start` to 1 over `kl_ramp_steps`, but is 1 after
    `KL_RAMP_MOST` of the run, however few steps its time was enough for. Every
    `refresh_steps` the whole neighbour table is encoded anew. Neighbours are sought among `pool`
    codes drawn at random for each step (0: all), for a code's neighbours in the set that is
    compressed are as far apart as that set is sparse, not as near as in the whole training set.
    Grey training images are binarised by a new draw each time they are used. After the last step
    the prior network is tuned on tours for `tune_steps`, and the unconditional prior fitted, both
    on `draws` binarisations.

    `optimizer` is `adam`, `rmsprop`, or `muon`: Muon (Jordan et al. 2024) with `matrix_rate` on the
    matrices and kernels between hidden features, AdamW on the rest, both with `weight_decay`.
    Gradients of the cost a sample are clipped to the norm `clip` (0: never). From the fraction
    `round_from` of the run on (1.0: never), weights are rounded to steps that are `coarseness`
    times those by the rule of `learning.rounding`, and what they cost in a coded model counts
    `rate_weight` times.

    `bfloat16` lets networks compute in it where the processor can (`training.loop.has_bfloat16`).

    `dropout` is the share of hidden features that a step leaves out, in networks that know of it;
    with `mirror` half of the images are seen with left and right exchanged, which is right where
    the mirror image of an image is as good an image. Binary images are bent anew at each use where
    `affine` or `elastic` is not 0 (`learning.warp`), until the learning rate begins to fall. Images
    with a side longer than `window` are seen in windows of that size, drawn anew at each use (0:
    whole).

    `adversary` is how much it counts, beside an image's squared error, that a discriminator tells a
    code from a draw of the Gaussian, `noise` the standard deviation of what is added to codes
    meanwhile, and `penalty` the weight of the discriminator's squared slope where draws lie
    (`learning.adversary`).

    Raises `TrainingError` that names what is out of its range.
    """

    optimizer: str = "adam"
    learning_rate: float = 1.5e-3
    network_rate: float = 0.3
    momentum: float = 0.9
    warmup_steps: int = 400
    decay_from: float = 0.5
    floor: float = 0.01
    batch: int = 64
    neighbours: int = 5
    pool: int = 10_000
    polyak: float = 0.999
    kl_start: float = 0.1
    kl_ramp_steps: int = 3000
    refresh_steps: int = 200
    checkpoint_steps: int = 1000
    steps: int = 30_000
    bfloat16: bool = True
    draws: int = 4
    tune_steps: int = 5000
    tune_rate: float = 1e-3
    tune_batch: int = 512
    matrix_rate: float = 5e-3
    weight_decay: float = 1e-4
    clip: float = 0.0
    round_from: float = 1.0
    coarseness: float = 1.7
    rate_weight: float = 1.0
    dropout: float = 0.0
    mirror: bool = False
    affine: float = 0.0
    elastic: float = 0.0
    window: int = 0
    adversary: float = 3.0
    noise: float = 0.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMISERS:
            known = ", ".join(OPTIMISERS)
            raise TrainingError(f"train.optimizer = {self.optimizer!r}: there are {known}")
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                told = f"{value:g}" if isinstance(value, float) else value
                raise TrainingError(f"train.{name} = {told}: it must be {least:g} to {most:g}")

    def rate_factor(self, step: int, progress: float) -> float:
        """Multiplier of the learning rate at `step`, `progress` in [0, 1] of the run done."""
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        if progress <= self.decay_from:
            return warm
        left = max(0.0, 1.0 - progress) / (1.0 - self.decay_from)
        return warm * (self.floor + (1.0 - self.floor) * left)

    def kl_weight(self, step: int, progress: float) -> float:
        """Weight of the KL cost in the loss at `step`, `progress` in [0, 1] of the run done."""
        if self.kl_ramp_steps == 0:
            return 1.0
        risen = max(step / self.kl_ramp_steps, progress / KL_RAMP_MOST)
        return min(1.0, self.kl_start + (1.0 - self.kl_start) * risen)

    def polyak_decay(self, step: int) -> float:
        """Decay of the weight average at `step`; shorter at the start."""
        return min(self.polyak, (1 + step) / (10 + step))

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


TINY_RECIPE = Recipe(
    steps=200, kl_ramp_steps=100, refresh_steps=50, checkpoint_steps=100, draws=2, tune_steps=50
)
"""For tests and first tries."""

PAPER_RECIPE = Recipe(
    optimizer="rmsprop", learning_rate=1e-5, network_rate=1.0, warmup_steps=0, decay_from=1.0,
    polyak=0.9999, kl_ramp_steps=0, pool=0, draws=1, tune_steps=0, steps=1_000_000, bfloat16=False,
)  # fmt: skip
"""That of Graves, Menick and van den Oord (2018), section 4.1."""
