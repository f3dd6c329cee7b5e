"""The any-size decoder with a logistic mixture: images of any size, levels and 1 to 4 channels.

x, the pixels before --causal windows, 1x1 layers--> parameters of r(x), channel after channel

Van den Oord et al. (2016) for the causal windows, Salimans et al. (2017) for the mixture. There is
no latent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.families.config import ModelConfig
from acncodec.families.family import LIKELIHOOD, Family, Preset
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS, LogisticMixture
from acncodec.learning.recipe import Recipe
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.contracts.likelihood import Likelihood
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source
    from acncodec.parts.causal_resnet.exact import ExactCausalResNet
    from acncodec.parts.causal_resnet.freeze import Reaches
    from acncodec.parts.causal_resnet.net import CausalResNet

BINARY_REACH = 7
"""Of a first window for images of two levels. It was tried beside 3 on binarised digits alone."""
CALIBRATION_PIXELS = 1 << 15
"""Pixels whose activations are measured at once."""


@dataclass(frozen=True)
class ResNetConfig(ModelConfig):
    """The sizes of the decoder (`parts.causal_resnet.shape`), and of its head: logistic components
    and the names of spikes (`heads.mixture_shape`). Neither the images' size nor their levels."""

    by_images: ClassVar[frozenset[str]] = frozenset({"channels"})

    channels: int = 3
    width: int = 64
    blocks: int = 8
    hidden: int = 128
    first_reach: int = 3
    columns: int = 5
    components: int = 5
    spikes: tuple[str, ...] = (*NEIGHBOURS, *CONSTANTS)

    def __post_init__(self) -> None:
        _ = self.network  # whose sizes are checked, and those of the head

    @property
    def accepts(self) -> ImageKind:
        """Images of any size and any number of levels."""
        return ImageKind(self.channels, None, None)

    def for_images(self, shape: Shape) -> Self:
        """The same for as many channels."""
        return replace(self, channels=shape[0])

    def for_levels(self, levels: int) -> Self:
        """The same, but for images of two levels with a first window of `BINARY_REACH` rows."""
        return replace(self, first_reach=BINARY_REACH) if levels == 2 else self

    @property
    def head(self) -> LogisticMixture:
        """The shape of the head."""
        return LogisticMixture(self.channels, self.components, self.spikes)

    @property
    def network(self) -> CausalResNetConfig:
        """The shape of the decoder."""
        return CausalResNetConfig(
            self.channels, self.head.outputs, self.width, self.blocks, self.hidden,
            self.first_reach, self.columns, self.latent_dim,
        )  # fmt: skip


RECIPE = Recipe(
    learning_rate=2e-3, warmup_steps=100, batch=32, decay_from=0.4, bfloat16=False,
    checkpoint_steps=500, steps=20_000,
)  # fmt: skip

PRESETS = (
    Preset(
        "rgb-small",
        ResNetConfig(),
        RECIPE,
        "images of any size and levels, 3 channels (or as many as DATA has)",
    ),
    Preset(
        "grey-small",
        ResNetConfig(channels=1),
        RECIPE,
        "as rgb-small, 1 channel (or as many as DATA has)",
    ),
    Preset(
        "tiny-resnet",
        ResNetConfig(1, width=8, blocks=2, hidden=16, first_reach=2, columns=3, components=2),
        replace(RECIPE, steps=200, checkpoint_steps=100, batch=16, warmup_steps=20),
        "tiny, as grey-small",
    ),
)

LADDER = tuple(
    ResNetConfig(1, width, blocks, 2 * width, components=components)
    for width, blocks, components in (
        (8, 2, 3), (12, 2, 3), (16, 2, 3), (16, 5, 3), (16, 7, 4), (20, 6, 4), (32, 3, 4),
        (32, 4, 5), (40, 4, 5), (48, 4, 5), (48, 6, 5), (64, 6, 5), (64, 8, 5),
    )
)  # fmt: skip
"""From 2,000 to 400,000 weights."""


def build(config: ResNetConfig) -> FloatNetworks:
    """Untrained float networks, whose mixtures are wide."""
    from functools import partial

    from acncodec.learning.networks import FloatNetworks

    return FloatNetworks(
        config,
        decoder=any_size_decoder(config),
        inner=("decoder.blocks",),
        price=partial(price, config.head),
        row_groups=dict.fromkeys(("decoder.head.weight", "decoder.head.bias"), config.head.groups),
    )


def any_size_decoder(config: ResNetConfig) -> CausalResNet:
    """An untrained decoder, whose mixtures are wide."""
    import torch

    from acncodec.heads.logistic_mixture_loss import initial_biases
    from acncodec.parts.causal_resnet.net import CausalResNet

    decoder = CausalResNet(config.network)
    with torch.no_grad():
        decoder.head.bias.copy_(initial_biases(config.head))
    return decoder


def price(head: LogisticMixture, net: FloatNetworks, x: Tensor, z: Tensor, levels: int) -> Tensor:
    """-log r(x|z) of level indexes x, float32 (n, C, H, W), and latents z (n, D), in nats, (n,)."""
    from acncodec.heads.logistic_mixture_loss import nats
    from acncodec.parts.causal_resnet.net import planes

    values = x[:, network_order(head.channels)].int()
    outputs = net.decoder(planes(values, levels), z if z.shape[1] else None)
    return nats(head, outputs, values, levels)


def network_order(channels: int) -> list[int]:
    """The channels of an image in the order in which the float decoder has them."""
    from acncodec.parts.causal_resnet.shape import NETWORK_ORDER

    return list(NETWORK_ORDER[channels])


def objective(net: FloatNetworks, source: Source, _recipe: Recipe) -> Objective:
    """The likelihood: there is no KL."""
    from acncodec.learning.objectives import PixelCost

    return PixelCost(net, source.levels_of)


def finish(run: Trained) -> Fitted:
    """Nothing is fitted; calibration images are of the training set's levels."""
    from acncodec.learning.fitting import Fitted

    return Fitted(levels=run.train.levels)


def freeze(
    net: FloatNetworks, fitted: Fitted, calibration: Tensor
) -> ExactNetworks[ExactCausalResNet]:
    """The exact networks."""
    return freeze_calibrated(net, [(calibration, fitted.levels), *fitted.more])


def freeze_calibrated(
    net: FloatNetworks, calibration: list[tuple[Tensor, int]]
) -> ExactNetworks[ExactCausalResNet]:
    """The exact networks, by images of several sizes and levels: level indexes, float32 (n, C, H,
    W), each with their number of levels. Raises `FreezeError`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.parts.causal_resnet.freeze import measure
    from acncodec.parts.causal_resnet.net import planes

    order = network_order(net.config.channels)
    batches = (
        (planes(part[:, order], levels), None)
        for images, levels in calibration
        for part in calibration_parts(images)
    )
    return ExactNetworks(freeze_decoder(net, measure(net.decoder, batches)))


def calibration_parts(images: Tensor) -> tuple[Tensor, ...]:
    """Images (n, C, H, W), so many at once that memory suffices."""
    import torch

    return torch.split(images, max(1, CALIBRATION_PIXELS // max(1, images[0, 0].numel())))


def freeze_decoder(
    net: FloatNetworks, reaches: Reaches, latent_reach: int = 0
) -> ExactCausalResNet:  # fmt: skip
    """The exact decoder, for latents within +-`latent_reach` grid steps if it has any.

    Raises `FreezeError`.
    """
    from acncodec.heads.logistic_mixture import SCALES
    from acncodec.parts.causal_resnet.freeze import freeze_causal_resnet

    outputs = list(zip(net.config.head.sizes, SCALES, strict=True))
    return freeze_causal_resnet(net.decoder, reaches, outputs, latent_reach)


def schema(config: ResNetConfig) -> Iterator[TensorSpec]:
    """The tensors of a model."""
    from acncodec.parts.causal_resnet.tensors import causal_resnet_schema

    return causal_resnet_schema(config.network, config.head.groups)


def write(networks: ExactNetworks[ExactCausalResNet]) -> Tensors:
    """The exact networks as tensors."""
    from acncodec.parts.causal_resnet.tensors import causal_resnet_tensors

    return causal_resnet_tensors(networks.decoder)


def read(config: ResNetConfig, tensors: Tensors) -> ExactNetworks[ExactCausalResNet]:
    """Undo `write`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.parts.causal_resnet.tensors import read_causal_resnet

    return ExactNetworks(read_causal_resnet(config.network, config.head.groups, tensors))


def likelihood(config: ResNetConfig, networks: ExactNetworks[ExactCausalResNet]) -> Likelihood:
    """What the decoder and the logistic mixture make of images."""
    from acncodec.families.mixture_likelihood import MixtureLikelihood

    return MixtureLikelihood(config.accepts, networks.decoder, config.head)


FAMILY = Family(
    name="causal-resnet",
    profile="int15-resnet",
    since=3,
    config=ResNetConfig,
    capabilities=frozenset({LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=freeze,
    schema=schema,
    write=write,
    read=read,
    likelihood=likelihood,
    ladder=LADDER,
)
