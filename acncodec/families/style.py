"""The style auto-encoder: the decoder is told the class, so that codes need carry style alone.

x --encoder--> c ---+--feed-forward decoder--> shades, as near to x as can be (squared error)
               class+
               class, and c or a draw of N(0, WIDTH^2 I) --discriminator--> which of the two

Makhzani et al. (2015, arXiv 1511.05644, section 4). The discriminator is told the class too, so
that the codes of every class are held to one Gaussian: whoever sees a code cannot tell the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from acncodec.families import aae
from acncodec.families.aae import TINY, AAEConfig
from acncodec.families.autoencoder import no_price
from acncodec.families.binary_parts import CONV_ENCODER, FEEDFORWARD
from acncodec.families.family import CLASSES, CODES, Preset
from acncodec.families.latents import Freeze, LatentParts, Part, Read, Schema, Write

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.contracts.renderer import Renderer
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.recipe import Recipe
    from acncodec.learning.source import Source


@dataclass(frozen=True)
class StyleConfig(AAEConfig):
    """The sizes of an adversarial auto-encoder, and how many classes there are."""

    latent_dim: int = 4
    classes: int = 10


@dataclass(frozen=True)
class Told:
    """The sizes of the decoder, whose latent has the class beside it (`latents.told`)."""

    config: StyleConfig

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.config.image_shape

    @property
    def latent_dim(self) -> int:
        """Dimensions of a code, and classes."""
        return self.config.latent_dim + self.config.classes

    @property
    def condition_channels(self) -> int:
        """S, channels of the feature map."""
        return self.config.condition_channels

    @property
    def condition_hidden(self) -> int:
        """T, channels inside."""
        return self.config.condition_hidden


RECIPE = replace(aae.RECIPE, adversary=30.0, noise=1.0)
"""The decoder has the class without the code: to hold this to the Gaussian costs it less. By few
dimensions and noisy codes classes are not told apart from near by (docs/AUTOENCODERS.md)."""

PRESETS = (
    Preset(
        "style",
        StyleConfig(),
        RECIPE,
        "an auto-encoder of labelled 28x28 binary images, whose codes carry style, no likelihood",
    ),
    Preset(
        "tiny-style",
        StyleConfig(
            latent_dim=4, encoder_channels=(8, 8, 16), encoder_strides=(2, 1, 2),
            condition_channels=4, condition_hidden=8, prior_hidden=16, classes=3,
        ),
        TINY,
        "tiny, as style, of three classes",
    ),
)  # fmt: skip


def build(config: StyleConfig) -> FloatNetworks:
    """Untrained float networks; the discriminator's rate as in `families.aae`."""
    from acncodec.learning.adversary import DISCRIMINATOR
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.discriminator.net import Discriminator
    from acncodec.parts.feedforward.net import FeedForward

    told = Told(config)
    net = FloatNetworks(
        config, encoder=Encoder(config), decoder=FeedForward(told), slow=(DISCRIMINATOR,),
        inner=("decoder.conditioner", "encoder.layers"), price=no_price,
    )  # fmt: skip
    net.add_module(DISCRIMINATOR, Discriminator(told.latent_dim, config.prior_hidden))
    return net


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """The squared error given the class, and the discriminator's. Raises `TrainingError` where the
    images have no labels of so many classes."""
    from acncodec.learning.adversary import AdversarialError

    return AdversarialError(net, source, recipe, net.config.classes)


def measure(net: FloatNetworks, _fitted: Fitted, calibration: Tensor) -> dict[str, float]:
    """How far each activation reaches on calibration images, each told some class."""
    import torch
    from torch.nn.functional import one_hot

    from acncodec.latents.told import WIDTH
    from acncodec.learning.calibrate import activation_reach

    classes = net.config.classes

    def told(z: Tensor, generator: torch.Generator) -> Tensor:
        labels = torch.randint(classes, (len(z),), generator=generator)
        return torch.cat([z, WIDTH * one_hot(labels, classes)], 1)

    return activation_reach(net, calibration, complete=told)


def _decoder_schema(config: StyleConfig) -> Iterator[TensorSpec]:
    return FEEDFORWARD.schema(Told(config))


def _read_decoder(config: StyleConfig, tensors: Tensors, reach: int) -> Any:
    return FEEDFORWARD.read(Told(config), tensors, reach)


def renderer(config: StyleConfig, networks: ExactNetworks[Any]) -> Renderer:
    """Latents and classes to shades."""
    from acncodec.families.shades import ShadeRenderer

    return ShadeRenderer(networks.decoder, config.classes)


TOLD_FEEDFORWARD = Part(
    FEEDFORWARD.freeze, _decoder_schema, FEEDFORWARD.tensors, _read_decoder
)  # fmt: skip
"""`parts.feedforward` with the class beside the latent."""
PARTS = LatentParts(measure, CONV_ENCODER, TOLD_FEEDFORWARD, conditional=False)

FAMILY = replace(
    aae.FAMILY,
    name="style",
    profile="int15-style",
    config=StyleConfig,
    capabilities=frozenset({CODES, CLASSES}),
    presets=PRESETS,
    build=build,
    objective=objective,
    freeze=Freeze(PARTS),
    schema=Schema(PARTS),
    write=Write(PARTS),
    read=Read(PARTS),
    renderer=renderer,
)
"""An adversarial auto-encoder but for the classes that it is told."""
