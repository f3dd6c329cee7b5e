"""A family that is not the package's: an ACN whose decoder sees no pixels, as a plugin has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from acncodec.families.config import SizedConfig
from acncodec.families.family import CODES, LIKELIHOOD, NEIGHBOUR_PRIOR, Family, Preset
from acncodec.learning.recipe import TINY_RECIPE


@dataclass(frozen=True)
class OutsideConfig(SizedConfig):
    """An encoder, a prior network, and a feed-forward decoder."""

    latent_dim: int = 4
    encoder_channels: tuple[int, ...] = (8, 8, 16)
    encoder_strides: tuple[int, ...] = (2, 1, 2)
    prior_hidden: int = 32
    prior_components: int = 2
    condition_channels: int = 4
    condition_hidden: int = 8


def build(config: OutsideConfig) -> Any:
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.feedforward.net import FeedForward
    from acncodec.parts.prior_network.net import PriorNetwork

    encoder, prior = Encoder(config), PriorNetwork(config)
    return FloatNetworks(config, encoder=encoder, prior=prior, decoder=FeedForward(config))


def objective(net: Any, source: Any, recipe: Any) -> Any:
    from acncodec.learning.objectives import AssociativeCost

    return AssociativeCost(net, source, recipe.neighbours)


def finish(run: Any) -> Any:
    from acncodec.learning.fitting import FittedCodes, fit_prior

    fit = fit_prior(FittedCodes.of(run), run.seed, counts=(1, 2))
    return replace(fit, about=fit.about | {"outside": True})


def freeze(net: Any, fitted: Any, calibration: Any) -> Any:
    from acncodec.families.exact import ExactNetworks
    from acncodec.families.latents import freeze_latents
    from acncodec.learning.calibrate import activation_reach
    from acncodec.parts.feedforward.freeze import freeze_feedforward
    from acncodec.parts.prior_network.freeze import freeze_prior

    reach = activation_reach(net, calibration)
    encoder, mixture = freeze_latents(net.encoder, fitted, reach)
    decoder = freeze_feedforward(net.decoder, reach, mixture.reach)
    prior = freeze_prior(net.prior, mixture.reach, encoder.code_reach)
    return ExactNetworks(decoder, encoder, mixture, prior)


def schema(config: OutsideConfig) -> Any:
    from acncodec.families.latents import latent_schema
    from acncodec.parts.feedforward.tensors import feedforward_schema
    from acncodec.parts.prior_network.tensors import prior_schema

    yield from latent_schema(config)
    yield from prior_schema(config)
    yield from feedforward_schema(config)


def write(networks: Any) -> Any:
    from acncodec.families.latents import latent_tensors
    from acncodec.parts.feedforward.tensors import feedforward_tensors
    from acncodec.parts.prior_network.tensors import prior_tensors

    latents = latent_tensors(networks.encoder, networks.mixture)
    return latents | prior_tensors(networks.prior) | feedforward_tensors(networks.decoder)


def read(config: OutsideConfig, tensors: Any) -> Any:
    from acncodec.families.exact import ExactNetworks
    from acncodec.families.latents import read_latents
    from acncodec.parts.feedforward.tensors import read_feedforward
    from acncodec.parts.prior_network.tensors import read_prior

    encoder, mixture = read_latents(config, tensors)
    prior = read_prior(config, tensors, encoder.code_reach, mixture.reach)
    decoder = read_feedforward(config, tensors, mixture.reach)
    return ExactNetworks(decoder, encoder, mixture, prior)


FAMILY = Family(
    name="outside",
    profile="outside-1",
    since=2,
    config=OutsideConfig,
    capabilities=frozenset({CODES, NEIGHBOUR_PRIOR, LIKELIHOOD}),
    presets=(Preset("outside-tiny", OutsideConfig(), TINY_RECIPE, "an outsider"),),
    build=build,
    objective=objective,
    finish=finish,
    freeze=freeze,
    schema=schema,
    write=write,
    read=read,
)
