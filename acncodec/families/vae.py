"""The plain VAE, a baseline of the paper: its decoder sees no pixels, its prior is one Gaussian.

x --encoder--> c --+ noise--> z --feed-forward decoder--> r(x|z)
                              ^ p(z)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acncodec.families.binary_parts import CONV_ENCODER, FEEDFORWARD, measure
from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import CODES, LIKELIHOOD, Family, Preset
from acncodec.families.latents import Freeze, LatentParts, Read, Schema, Write
from acncodec.learning.recipe import TINY_RECIPE, Recipe
from acncodec.parts.conv_encoder.shape import check_encoder

if TYPE_CHECKING:
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source


COUNTS = (1,)
"""Components of the unconditional prior: it is one Gaussian, as in the paper."""


@dataclass(frozen=True)
class VAEConfig(SizedConfig):
    """The sizes of `acncodec.families.acn` that a VAE has too. `prior_components` is of the prior
    that is trained with the networks."""

    latent_dim: int = 16
    encoder_channels: tuple[int, ...] = (32, 64, 96, 96, 96)
    encoder_strides: tuple[int, ...] = (2, 1, 2, 1, 2)
    prior_components: int = 8
    condition_channels: int = 16
    condition_hidden: int = 32

    def __post_init__(self) -> None:
        check_binary(self)
        check_encoder(self)


PRESETS = (
    Preset(
        "mnist-vae",
        VAEConfig(prior_components=1, condition_channels=64, condition_hidden=128),
        Recipe(),
        "a baseline of the paper: a VAE with a feed-forward decoder and a Gaussian prior",
    ),
    Preset(
        "tiny-vae",
        VAEConfig(
            latent_dim=4,
            encoder_channels=(8, 8, 16, 16, 16),
            prior_components=1,
            condition_channels=4,
            condition_hidden=8,
        ),
        TINY_RECIPE,
        "tiny, as mnist-vae",
    ),
)


def build(config: VAEConfig) -> FloatNetworks:
    """Untrained float networks."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.feedforward.net import FeedForward
    from acncodec.parts.mixture.net import MixturePrior

    return FloatNetworks(
        config,
        encoder=Encoder(config),
        prior=MixturePrior(config.prior_components, config.latent_dim),
        decoder=FeedForward(config),
        slow=("encoder",),
        inner=("decoder.conditioner", "encoder.layers"),
    )


def objective(net: FloatNetworks, _source: Source, _recipe: Recipe) -> Objective:
    """The evidence lower bound, by the prior that is trained."""
    from acncodec.learning.objectives import LatentCost

    return LatentCost(net)


def finish(run: Trained) -> Fitted:
    """Fit the unconditional prior, or keep the trained one where it is better."""
    from acncodec.learning.fitting import fit_or_keep

    return fit_or_keep(run, COUNTS)


_PARTS = LatentParts(measure, CONV_ENCODER, FEEDFORWARD, conditional=False)

FAMILY = Family(
    name="vae",
    profile="int15-vae",
    since=2,
    config=VAEConfig,
    capabilities=frozenset({CODES, LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=Freeze(_PARTS),
    schema=Schema(_PARTS),
    write=Write(_PARTS),
    read=Read(_PARTS),
)
