"""The associative compression network (Graves, Menick and van den Oord, 2018).

x --encoder--> c --+ noise--> z --decoder (PixelCNN)--> r(x|z)
                              ^ p(z|c')
a neighbour's code c' --prior network
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acncodec.families.binary_parts import CONV_ENCODER, GATED_PIXELCNN, measure
from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import CODES, LIKELIHOOD, NEIGHBOUR_PRIOR, Family, Preset
from acncodec.families.latents import Freeze, LatentParts, Read, Schema, Write, fit_associative
from acncodec.learning.recipe import PAPER_RECIPE, TINY_RECIPE, Recipe
from acncodec.parts.conv_encoder.shape import check_encoder
from acncodec.parts.gated_pixelcnn.shape import check_kernels

if TYPE_CHECKING:
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source


@dataclass(frozen=True)
class ACNConfig(SizedConfig):
    """Sizes follow the paper's section 4.1, where it gives one. `vertical_kernel` is (rows,
    columns) of the causal half of the decoder's filter: 5x5 filters are (3, 5) with
    `horizontal_kernel` 3."""

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
        check_binary(self)
        check_encoder(self)
        check_kernels(self)


PRESETS = (
    Preset(
        "mnist",
        ACNConfig(prior_components=1),
        Recipe(network_rate=1.0, steps=28_000),
        "28x28 binary images, a small decoder that decodes quickly; hours on two cores",
    ),
    Preset(
        "mnist-small",
        ACNConfig(
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
    Preset(
        "mnist-paper",
        ACNConfig(decoder_filters=64, decoder_blocks=10, input_horizontal_kernel=6),
        PAPER_RECIPE,
        "the recipe of the paper's section 4.1; days on a GPU",
    ),
    Preset(
        "tiny",
        ACNConfig(
            latent_dim=4,
            encoder_channels=(8, 8, 16, 16, 16),
            prior_hidden=32,
            prior_components=4,
            decoder_filters=8,
            decoder_blocks=2,
            condition_channels=4,
            condition_hidden=8,
            head_filters=16,
        ),
        TINY_RECIPE,
        "a network for tests and first tries; seconds on one core",
    ),
)


def build(config: ACNConfig) -> FloatNetworks:
    """Untrained float networks."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conditioner.net import Conditioner
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
    from acncodec.parts.prior_network.net import PriorNetwork

    return FloatNetworks(
        config,
        encoder=Encoder(config),
        prior=PriorNetwork(config),
        decoder=GatedPixelCNN(config, Conditioner(config)),
        slow=("encoder", "prior"),
        inner=("decoder.blocks", "decoder.conditioner", "encoder.layers", "prior.hidden"),
    )


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """Algorithm 1 of the paper."""
    from acncodec.learning.objectives import AssociativeCost

    return AssociativeCost(net, source, recipe.neighbours, recipe.pool)


_PARTS = LatentParts(measure, CONV_ENCODER, GATED_PIXELCNN, conditional=True)

FAMILY = Family(
    name="acn",
    profile="int15",
    since=1,
    config=ACNConfig,
    capabilities=frozenset({CODES, NEIGHBOUR_PRIOR, LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=fit_associative,
    freeze=Freeze(_PARTS),
    schema=Schema(_PARTS),
    write=Write(_PARTS),
    read=Read(_PARTS),
)
