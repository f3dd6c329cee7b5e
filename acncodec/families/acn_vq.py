"""The ACN whose decoder sees quantised latents, after the ACN-VQ of github.com/johannah/ACN.

x --encoder--> c --+ noise--> z --nearest of a codebook--> z' --decoder (PixelCNN)--> r(x|z')
                              ^ p(z|c')
a neighbour's code c' --prior network

Latents, priors and orders are those of `families.acn`; the codebook is that of a VQ-VAE (van den
Oord, Vinyals and Kavukcuoglu, 2017), of which each few entries of z take the nearest vector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from acncodec.families.acn import PRESETS as ACN_PRESETS
from acncodec.families.acn import ACNConfig
from acncodec.families.binary_parts import CONV_ENCODER, measure
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
from acncodec.parts.quantiser.shape import check_quantiser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.contracts.codebook import Codebook
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.recipe import Recipe
    from acncodec.learning.source import Source


@dataclass(frozen=True)
class ACNVQConfig(ACNConfig):
    """The sizes of an ACN, and of its codebook: `codes` vectors of `code_features` entries."""

    codes: int = 512
    code_features: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_quantiser(self)


KL_START = 0.02
KL_RAMP_STEPS = 2500
"""A KL cost that counts little for longer than an ACN's, by whose weights codes become all alike
before the decoder has learned to look at quantised latents."""


MUON: Final[dict[str, Any]] = {"optimizer": "muon", "learning_rate": 2e-3}
"""By which small networks learn more in as many steps (docs/EXPERIMENTS.md, 4)."""


def _preset(
    name: str, like: str, about: str, sizes: Mapping[str, int] | None = None, **recipe: Any
) -> Preset:
    """A preset with the sizes of one of the ACN but for `sizes`, and its recipe but for the KL
    cost's weight, the rate of encoder and prior network, which is the decoder's, and `recipe`."""
    (other,) = [preset for preset in ACN_PRESETS if preset.name == like]
    config = ACNVQConfig.from_json(other.config.to_json() | dict(sizes or {}))
    changed = replace(
        other.recipe, network_rate=1.0, kl_start=KL_START,
        kl_ramp_steps=min(KL_RAMP_STEPS, other.recipe.steps), **recipe,
    )  # fmt: skip
    return Preset(name, config, changed, about)


PRESETS = (
    _preset("acn-vq", "mnist", "as mnist, with a decoder that sees quantised latents"),
    _preset("acn-vq-small", "mnist-small", "as mnist-small, with such a decoder", **MUON),
    _preset("tiny-acn-vq", "tiny", "tiny, as acn-vq", {"codes": 16, "code_features": 2}),
)


def build(config: ACNVQConfig) -> FloatNetworks:
    """Untrained float networks."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
    from acncodec.parts.prior_network.net import PriorNetwork
    from acncodec.parts.quantiser.net import QuantisedConditioner

    return FloatNetworks(
        config,
        encoder=Encoder(config),
        prior=PriorNetwork(config),
        decoder=GatedPixelCNN(config, QuantisedConditioner(config)),
        slow=("encoder", "prior"),
        inner=("decoder.blocks", "decoder.conditioner", "encoder.layers", "prior.hidden"),
    )


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """Algorithm 1 of the paper, and the distance of latents from their codes."""
    from acncodec.learning.quantised_acn import QuantisedAssociativeCost

    return QuantisedAssociativeCost(net, source, recipe)


def _freeze_decoder(net: FloatNetworks, reach: Mapping[str, float], latent_reach: int) -> Any:
    from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn
    from acncodec.parts.quantiser.freeze import freeze_quantiser

    given = freeze_quantiser(net.decoder.conditioner, reach, latent_reach)
    return freeze_pixelcnn(net.decoder, reach, given=given)


def _decoder_schema(config: ACNVQConfig) -> Iterator[TensorSpec]:
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_schema
    from acncodec.parts.quantiser.tensors import quantiser_schema

    yield from quantiser_schema(config)
    yield from pixelcnn_schema(config, condition=config.condition_channels)


def _decoder_tensors(decoder: Any) -> Tensors:
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_tensors
    from acncodec.parts.quantiser.tensors import quantiser_tensors

    return pixelcnn_tensors(decoder) | quantiser_tensors(decoder.conditioner)


def _read_decoder(config: ACNVQConfig, tensors: Tensors, reach: int) -> Any:
    from acncodec.parts.gated_pixelcnn.tensors import read_pixelcnn
    from acncodec.parts.quantiser.tensors import read_quantiser

    return replace(
        read_pixelcnn(config, tensors), conditioner=read_quantiser(config, tensors, reach)
    )


def codebook(networks: Any) -> Codebook:
    """That by which the decoder sees latents quantised."""
    found: Codebook = networks.decoder.conditioner
    return found


QUANTISED_PIXELCNN: Final = Part(_freeze_decoder, _decoder_schema, _decoder_tensors, _read_decoder)
_PARTS = LatentParts(measure, CONV_ENCODER, QUANTISED_PIXELCNN, conditional=True)

FAMILY = Family(
    name="acn-vq",
    profile="int15-acn-vq",
    since=5,
    config=ACNVQConfig,
    capabilities=frozenset({CODES, NEIGHBOUR_PRIOR, LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=fit_associative,
    freeze=Freeze(_PARTS),
    schema=Schema(_PARTS),
    write=Write(_PARTS),
    read=Read(_PARTS),
    codebook=codebook,
)
