"""The Gated PixelVAE, a baseline of the paper: an ACN whose prior depends on nothing.

x --encoder--> c --+ noise--> z --decoder (PixelCNN)--> r(x|z)
                              ^ p(z)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acncodec.families.binary_parts import CONV_ENCODER, GATED_PIXELCNN, measure
from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import CODES, LIKELIHOOD, Family, Preset
from acncodec.families.latents import Freeze, LatentParts, Read, Schema, Write
from acncodec.learning.recipe import TINY_RECIPE, Recipe
from acncodec.parts.conv_encoder.shape import check_encoder
from acncodec.parts.gated_pixelcnn.shape import check_kernels

if TYPE_CHECKING:
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source


@dataclass(frozen=True)
class PixelVAEConfig(SizedConfig):
    """The sizes of `acncodec.families.acn` without those of the prior network.
    `prior_components` is of the prior that is trained with the networks."""

    latent_dim: int = 16
    encoder_channels: tuple[int, ...] = (32, 64, 96, 96, 96)
    encoder_strides: tuple[int, ...] = (2, 1, 2, 1, 2)
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
        check_binary(self)
        check_encoder(self)
        check_kernels(self)


PRESETS = (
    Preset(
        "mnist-pixelvae",
        PixelVAEConfig(prior_components=32),
        Recipe(),
        "a baseline of the paper: mnist with a trained mixture in place of the prior network",
    ),
    Preset(
        "tiny-pixelvae",
        PixelVAEConfig(
            latent_dim=4,
            encoder_channels=(8, 8, 16, 16, 16),
            prior_components=4,
            decoder_filters=8,
            decoder_blocks=2,
            condition_channels=4,
            condition_hidden=8,
            head_filters=16,
        ),
        TINY_RECIPE,
        "tiny, as mnist-pixelvae",
    ),
)


def build(config: PixelVAEConfig) -> FloatNetworks:
    """Untrained float networks."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conditioner.net import Conditioner
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
    from acncodec.parts.mixture.net import MixturePrior

    return FloatNetworks(
        config,
        encoder=Encoder(config),
        prior=MixturePrior(config.prior_components, config.latent_dim),
        decoder=GatedPixelCNN(config, Conditioner(config)),
        slow=("encoder",),
        inner=("decoder.blocks", "decoder.conditioner", "encoder.layers"),
    )


def objective(net: FloatNetworks, _source: Source, _recipe: Recipe) -> Objective:
    """The evidence lower bound, by the prior that is trained."""
    from acncodec.learning.objectives import LatentCost

    return LatentCost(net)


def finish(run: Trained) -> Fitted:
    """Fit the unconditional prior, or keep the trained one where it is better."""
    from acncodec.learning.fitting import fit_or_keep

    return fit_or_keep(run)


_PARTS = LatentParts(measure, CONV_ENCODER, GATED_PIXELCNN, conditional=False)

FAMILY = Family(
    name="pixelvae",
    profile="int15-pixelvae",
    since=2,
    config=PixelVAEConfig,
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
