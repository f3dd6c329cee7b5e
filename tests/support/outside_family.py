"""A family that is not the package's: an ACN whose decoder sees no pixels, as a plugin has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from acncodec.families.binary_parts import CONV_ENCODER, FEEDFORWARD, measure
from acncodec.families.config import SizedConfig
from acncodec.families.family import CODES, LIKELIHOOD, NEIGHBOUR_PRIOR, Family, Preset
from acncodec.families.latents import Freeze, LatentParts, Read, Schema, Write
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


PARTS = LatentParts(measure, CONV_ENCODER, FEEDFORWARD, conditional=True)

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
    freeze=Freeze(PARTS),
    schema=Schema(PARTS),
    write=Write(PARTS),
    read=Read(PARTS),
)
