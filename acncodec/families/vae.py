"""The plain VAE, a baseline of the paper: its decoder sees no pixels, its prior is one Gaussian.

x --encoder--> c --+ noise--> z --feed-forward decoder--> r(x|z)
                              ^ p(z)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import CODES, LIKELIHOOD, Family, Preset
from acncodec.learning.recipe import TINY_RECIPE, Recipe
from acncodec.parts.conv_encoder.shape import check_encoder

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source
    from acncodec.parts.feedforward.exact import ExactFeedForward


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
    )


def objective(net: FloatNetworks, _source: Source, _recipe: Recipe) -> Objective:
    """The evidence lower bound, by the prior that is trained."""
    from acncodec.learning.objectives import LatentCost

    return LatentCost(net)


def finish(run: Trained) -> Fitted:
    """Fit the unconditional prior, or keep the trained one where it is better."""
    from acncodec.learning.fitting import fit_or_keep

    return fit_or_keep(run, COUNTS)


def freeze(
    net: FloatNetworks, fitted: Fitted, calibration: Tensor
) -> ExactNetworks[ExactFeedForward]:
    """The exact networks."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.families.latents import freeze_latents
    from acncodec.learning.calibrate import activation_reach
    from acncodec.parts.feedforward.freeze import freeze_feedforward

    reach = activation_reach(net, calibration)
    encoder, mixture = freeze_latents(net.encoder, fitted, reach)
    decoder = freeze_feedforward(net.decoder, reach, mixture.reach)
    return ExactNetworks(decoder, encoder, mixture)


def schema(config: VAEConfig) -> Iterator[TensorSpec]:
    """The tensors of a model."""
    from acncodec.families.latents import latent_schema
    from acncodec.parts.feedforward.tensors import feedforward_schema

    yield from latent_schema(config)
    yield from feedforward_schema(config)


def write(networks: ExactNetworks[ExactFeedForward]) -> Tensors:
    """The exact networks as tensors."""
    from acncodec.families.latents import latent_tensors
    from acncodec.parts.feedforward.tensors import feedforward_tensors

    latents = latent_tensors(networks.encoder, networks.mixture)
    return latents | feedforward_tensors(networks.decoder)


def read(config: VAEConfig, tensors: Tensors) -> ExactNetworks[ExactFeedForward]:
    """Undo `write`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.families.latents import read_latents
    from acncodec.parts.feedforward.tensors import read_feedforward

    encoder, mixture = read_latents(config, tensors)
    return ExactNetworks(read_feedforward(config, tensors, mixture.reach), encoder, mixture)


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
    freeze=freeze,
    schema=schema,
    write=write,
    read=read,
)
