"""The associative compression network on images of any size and levels, of 1 to 4 channels.

x --encoder--> c --+ noise--> z --any-size decoder--> r(x|z), channel after channel
                              ^ p(z|c')
a neighbour's code c' --prior network

The decoder and its head are those of `families.causal_resnet`, with a bias from z in every block
that is the same everywhere (van den Oord et al., 2016, equation 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from acncodec.families.causal_resnet import (
    RECIPE,
    ResNetConfig,
    any_size_decoder,
    calibration_parts,
    freeze_decoder,
    likelihood,
    network_order,
    price,
)
from acncodec.families.family import CODES, LIKELIHOOD, NEIGHBOUR_PRIOR, Family, Preset
from acncodec.families.latents import (
    Freeze,
    LatentParts,
    Part,
    Read,
    Schema,
    Write,
    fit_associative,
)
from acncodec.learning.recipe import PAPER_RECIPE
from acncodec.parts.conv_encoder.shape import check_encoder

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.recipe import Recipe
    from acncodec.learning.source import Source
    from acncodec.parts.causal_resnet.freeze import Reaches


@dataclass(frozen=True)
class ACNResNetConfig(ResNetConfig):
    """The sizes of decoder and head, of the encoder (`parts.average_encoder.shape`) and of the
    prior network (`parts.prior_network.shape`)."""

    latent_dim: int = 64
    encoder_channels: tuple[int, ...] = (32, 64, 96, 96, 96)
    encoder_strides: tuple[int, ...] = (2, 1, 2, 1, 2)
    prior_hidden: int = 256
    prior_components: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoder(self)


COUNTS = (1, 4, 10, 25, 50)
"""Components of the unconditional prior to choose among: one of 128 dimensions has 128 KB."""

ACN_RECIPE = replace(
    RECIPE, network_rate=0.5, kl_start=0.1, kl_ramp_steps=4000, refresh_steps=500, draws=1
)

PRESETS = (
    Preset(
        "acn-grey-small",
        ACNResNetConfig(1),
        ACN_RECIPE,
        "images of any size and levels, 1 channel (or as many as DATA has), with latents",
    ),
    Preset(
        "acn-rgb-small",
        ACNResNetConfig(3, latent_dim=128),
        ACN_RECIPE,
        "as acn-grey-small, 3 channels (or as many as DATA has)",
    ),
    Preset(
        "rgb-paper",
        ACNResNetConfig(
            3, width=128, blocks=15, hidden=256, latent_dim=128, prior_hidden=512,
            prior_components=16,
        ),
        PAPER_RECIPE,
        "as large as the paper's networks for CIFAR-10, with its recipe; for a GPU",
    ),
    Preset(
        "tiny-acn-resnet",
        ACNResNetConfig(
            1, width=8, blocks=2, hidden=16, first_reach=2, columns=3, components=2,
            latent_dim=4, encoder_channels=(8, 16), encoder_strides=(2, 2), prior_hidden=32,
            prior_components=2,
        ),
        replace(
            ACN_RECIPE, steps=200, kl_ramp_steps=100, refresh_steps=50, checkpoint_steps=100,
            batch=16, warmup_steps=20, tune_steps=50,
        ),
        "tiny, as acn-grey-small",
    ),
)  # fmt: skip


def build(config: ACNResNetConfig) -> FloatNetworks:
    """Untrained float networks, whose mixtures are wide."""
    from functools import partial

    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.average_encoder.net import AverageEncoder
    from acncodec.parts.causal_resnet.net import planes
    from acncodec.parts.prior_network.net import PriorNetwork

    return FloatNetworks(
        config,
        encoder=AverageEncoder(config),
        prior=PriorNetwork(config),
        decoder=any_size_decoder(config),
        slow=("encoder", "prior"),
        inner=("decoder.blocks", "encoder.layers", "prior.hidden"),
        price=partial(price, config.head),
        sight=planes,
    )


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """Algorithm 1 of the paper."""
    from acncodec.learning.objectives import AssociativeCost

    return AssociativeCost(net, source, recipe.neighbours, recipe.pool)


def finish(run: Trained) -> Fitted:
    """Tune the prior network on tours, and fit the unconditional prior."""
    return fit_associative(run, COUNTS)


@dataclass(frozen=True, eq=False)
class Reached:
    """How far the activations of encoder and decoder reach."""

    encoder: list[float]
    decoder: Reaches


def measure(net: FloatNetworks, fitted: Fitted, calibration: Tensor) -> Reached:
    """On calibration images of as many levels as were fitted, with latents around their codes."""
    import torch

    from acncodec.parts.average_encoder.freeze import measure as measure_encoder
    from acncodec.parts.causal_resnet.freeze import measure as measure_decoder
    from acncodec.parts.causal_resnet.net import planes

    levels, order = fitted.levels, network_order(net.config.channels)
    generator = torch.Generator().manual_seed(0)

    def drawn() -> Iterator[tuple[Tensor, Tensor]]:
        for x in calibration_parts(calibration):
            code = net.encode(x, levels)
            z = code + torch.randn(code.shape, generator=generator)
            yield planes(x[:, order], levels), z

    seen = (planes(x, levels) for x in calibration_parts(calibration))
    return Reached(measure_encoder(net.encoder, seen), measure_decoder(net.decoder, drawn()))


def _freeze_encoder(net: FloatNetworks, reached: Reached, clamp: int) -> Any:
    from acncodec.parts.average_encoder.freeze import freeze_average_encoder

    return freeze_average_encoder(net.encoder, reached.encoder, clamp)


def _encoder_schema(config: ACNResNetConfig) -> Iterator[TensorSpec]:
    from acncodec.parts.average_encoder.tensors import average_encoder_schema

    return average_encoder_schema(config)


def _encoder_tensors(encoder: Any) -> Tensors:
    from acncodec.parts.average_encoder.tensors import average_encoder_tensors

    return average_encoder_tensors(encoder)


def _read_encoder(config: ACNResNetConfig, tensors: Tensors, _reach: int) -> Any:
    from acncodec.parts.average_encoder.tensors import read_average_encoder

    return read_average_encoder(config, tensors)


def _freeze_decoder(net: FloatNetworks, reached: Reached, latent_reach: int) -> Any:
    return freeze_decoder(net, reached.decoder, latent_reach)


def _decoder_schema(config: ACNResNetConfig) -> Iterator[TensorSpec]:
    from acncodec.parts.causal_resnet.tensors import causal_resnet_schema

    return causal_resnet_schema(config.network, config.head.groups)


def _decoder_tensors(decoder: Any) -> Tensors:
    from acncodec.parts.causal_resnet.tensors import causal_resnet_tensors

    return causal_resnet_tensors(decoder)


def _read_decoder(config: ACNResNetConfig, tensors: Tensors, reach: int) -> Any:
    from acncodec.parts.causal_resnet.tensors import read_causal_resnet

    return read_causal_resnet(config.network, config.head.groups, tensors, reach)


AVERAGE_ENCODER = Part(_freeze_encoder, _encoder_schema, _encoder_tensors, _read_encoder)
CAUSAL_RESNET = Part(_freeze_decoder, _decoder_schema, _decoder_tensors, _read_decoder)
_PARTS = LatentParts(measure, AVERAGE_ENCODER, CAUSAL_RESNET, conditional=True)

FAMILY = Family(
    name="acn-resnet",
    profile="int15-acn-resnet",
    since=3,
    config=ACNResNetConfig,
    capabilities=frozenset({CODES, NEIGHBOUR_PRIOR, LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=Freeze(_PARTS),
    schema=Schema(_PARTS),
    write=Write(_PARTS),
    read=Read(_PARTS),
    likelihood=likelihood,
)
