"""Recipes: every choice that training makes, and the presets by name."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from acncodec.errors import TrainingError
from acncodec.families.config import ModelConfig


@dataclass(frozen=True)
class Recipe:
    """How to train. The learning rate warms up, stays flat, then falls linearly to `floor`.

    `decay_from` is the fraction of the run at which the fall begins (1.0: never).
    `network_rate` multiplies the rate of encoder and prior network. The KL weight rises from
    `kl_start` to 1 over `kl_ramp_steps`. Every `refresh_steps` the whole neighbour table is
    encoded anew. Neighbours are sought among `pool` codes drawn at random for each step (0: all),
    for a code's neighbours in the set that is compressed are as far apart as that set is sparse,
    not as near as in the whole training set. Grey training images are binarised by a new draw
    each time they are used. After the last step the prior network is tuned on tours for
    `tune_steps`, and the unconditional prior fitted, both on `draws` binarisations.
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

    def rate_factor(self, step: int, progress: float) -> float:
        """Multiplier of the learning rate at `step`, `progress` in [0, 1] of the run done."""
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        if progress <= self.decay_from:
            return warm
        left = max(0.0, 1.0 - progress) / (1.0 - self.decay_from)
        return warm * (self.floor + (1.0 - self.floor) * left)

    def kl_weight(self, step: int) -> float:
        """Weight of the KL cost in the loss at `step`."""
        if self.kl_ramp_steps == 0:
            return 1.0
        return min(1.0, self.kl_start + (1.0 - self.kl_start) * step / self.kl_ramp_steps)

    def polyak_decay(self, step: int) -> float:
        """Decay of the weight average at `step`; shorter at the start."""
        return min(self.polyak, (1 + step) / (10 + step))

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Preset:
    """A model shape together with the recipe that trains it."""

    config: ModelConfig
    recipe: Recipe
    about: str


TINY = ModelConfig(
    encoder_channels=(8, 8, 16, 16, 16),
    prior_hidden=32,
    prior_components=4,
    latent_dim=4,
    decoder_filters=8,
    decoder_blocks=2,
    condition_channels=4,
    condition_hidden=8,
    head_filters=16,
)
TINY_RECIPE = Recipe(
    steps=200, kl_ramp_steps=100, refresh_steps=50, checkpoint_steps=100, draws=2, tune_steps=50
)

PRESETS: dict[str, Preset] = {
    "mnist": Preset(
        ModelConfig(prior_components=1),
        Recipe(network_rate=1.0, steps=28_000),
        "28x28 binary images, a small decoder that decodes quickly; hours on two cores",
    ),
    "mnist-small": Preset(
        ModelConfig(
            encoder_channels=(16, 32, 48, 48, 48),
            prior_hidden=256,
            decoder_filters=16,
            decoder_blocks=4,
            condition_channels=8,
            condition_hidden=16,
            head_filters=32,
        ),
        Recipe(kl_ramp_steps=1000, steps=6000, draws=2, tune_steps=2000),
        "28x28 binary images, small networks for comparisons; minutes on two cores",
    ),
    "mnist-paper": Preset(
        ModelConfig(decoder_filters=64, decoder_blocks=10, input_horizontal_kernel=6),
        Recipe(
            optimizer="rmsprop",
            learning_rate=1e-5,
            network_rate=1.0,
            warmup_steps=0,
            decay_from=1.0,
            polyak=0.9999,
            kl_ramp_steps=0,
            pool=0,
            draws=1,
            tune_steps=0,
            steps=1_000_000,
            bfloat16=False,
        ),
        "the recipe of the paper's section 4.1; days on a GPU",
    ),
    "tiny": Preset(TINY, TINY_RECIPE, "a network for tests and first tries; seconds on one core"),
    "mnist-pixelcnn": Preset(
        ModelConfig(kind="pixelcnn"),
        Recipe(),
        "a baseline of the paper: the decoder of mnist without a latent",
    ),
    "mnist-vae": Preset(
        ModelConfig(kind="vae", prior_components=1, condition_channels=64, condition_hidden=128),
        Recipe(),
        "a baseline of the paper: a VAE with a feed-forward decoder and a Gaussian prior",
    ),
    "mnist-pixelvae": Preset(
        ModelConfig(kind="pixelvae", prior_components=32),
        Recipe(),
        "a baseline of the paper: mnist with a trained mixture in place of the prior network",
    ),
    **{
        f"tiny-{kind}": Preset(
            replace(TINY, kind=kind, prior_components=1 if kind == "vae" else 4),
            TINY_RECIPE,
            f"tiny, as mnist-{kind}",
        )
        for kind in ("pixelcnn", "vae", "pixelvae")
    },
}


def preset(name: str) -> Preset:
    """The preset called `name`. Raises `TrainingError` if there is none."""
    if name not in PRESETS:
        raise TrainingError(f"no preset {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def with_size(chosen: Preset, height: int, width: int) -> Preset:
    """`chosen` for images of another size."""
    return replace(chosen, config=replace(chosen.config, height=height, width=width))
