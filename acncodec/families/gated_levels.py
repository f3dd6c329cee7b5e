"""The gated PixelCNN with a logistic mixture: images of one size, any levels and 1 to 4 channels.

x, the pixels before --two gated stacks--> parameters of r(x), channel after channel

Van den Oord et al. (2016) for the stacks, Salimans et al. (2017) for the mixture. There is no
latent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.families.causal_resnet import (
    RECIPE,
    calibration_parts,
    finish,
    likelihood,
    network_order,
    objective,
)
from acncodec.families.config import ModelConfig
from acncodec.families.family import LIKELIHOOD, Family, Preset
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS, LogisticMixture
from acncodec.parts.gated_pixelcnn.shape import check_kernels

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.gated_pixelcnn.exact import ExactDecoder


@dataclass(frozen=True)
class GatedLevelsConfig(ModelConfig):
    """The images' size, the sizes of the decoder (`parts.gated_pixelcnn.shape`), and of its head:
    logistic components and the names of spikes (`heads.mixture_shape`). Not the images' levels."""

    by_images: ClassVar[frozenset[str]] = frozenset({"height", "width", "channels"})

    height: int = 28
    width: int = 28
    channels: int = 1
    decoder_filters: int = 24
    decoder_blocks: int = 3
    vertical_kernel: tuple[int, int] = (2, 5)
    horizontal_kernel: int = 3
    input_vertical_kernel: tuple[int, int] = (3, 7)
    input_horizontal_kernel: int = 3
    head_filters: int = 32
    components: int = 5
    spikes: tuple[str, ...] = (*NEIGHBOURS, *CONSTANTS)

    def __post_init__(self) -> None:
        check_kernels(self)
        _ = self.head  # whose sizes are checked

    @property
    def image_shape(self) -> Shape:
        """(channels, height, width)."""
        return (self.channels, self.height, self.width)

    @property
    def accepts(self) -> ImageKind:
        """Images of this shape and any number of levels."""
        return ImageKind(self.channels, None, (self.height, self.width))

    def for_images(self, shape: Shape) -> Self:
        """The same for images of this shape (C, H, W)."""
        channels, height, width = shape
        return replace(self, channels=channels, height=height, width=width)

    @property
    def head(self) -> LogisticMixture:
        """The shape of the head."""
        return LogisticMixture(self.channels, self.components, self.spikes)

    @property
    def planes(self) -> int:
        """Planes that the decoder sees: one a channel, and one that is 1 inside the image."""
        return self.channels + 1


PRESETS = (
    Preset(
        "rgb-gated",
        GatedLevelsConfig(height=32, width=32, channels=3),
        RECIPE,
        "images of one size, any levels and 3 channels (or as many as DATA has)",
    ),
    Preset(
        "grey-gated",
        GatedLevelsConfig(),
        RECIPE,
        "as rgb-gated, 1 channel (or as many as DATA has)",
    ),
    Preset(
        "tiny-gated",
        GatedLevelsConfig(
            decoder_filters=8, decoder_blocks=2, input_vertical_kernel=(2, 3), head_filters=12,
            components=2,
        ),
        replace(RECIPE, steps=200, checkpoint_steps=100, batch=16, warmup_steps=20),
        "tiny, as grey-gated",
    ),
)  # fmt: skip


def build(config: GatedLevelsConfig) -> FloatNetworks:
    """Untrained float networks, whose mixtures are wide."""
    from functools import partial

    import torch

    from acncodec.heads.logistic_mixture_loss import initial_biases
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN

    head = config.head
    decoder = GatedPixelCNN(config, planes=config.planes, outputs=head.outputs)
    if decoder.logit.bias is not None:
        with torch.no_grad():
            decoder.logit.bias.copy_(initial_biases(head))
    return FloatNetworks(
        config,
        decoder=decoder,
        inner=("decoder.blocks",),
        price=partial(price, head),
        row_groups=dict.fromkeys(
            ("decoder.logit.weight", "decoder.logit.bias"), config.head.groups
        ),
    )


def price(head: LogisticMixture, net: FloatNetworks, x: Tensor, z: Tensor, levels: int) -> Tensor:
    """-log r(x|z) of level indexes x, float32 (n, C, H, W), and latents z (n, 0), in nats, (n,).

    The planes are in the image's order of channels, the head's outputs in its own.
    """
    from acncodec.heads.logistic_mixture_loss import nats
    from acncodec.parts.causal_resnet.net import planes

    values = x.int()
    outputs = net.decoder(planes(values, levels), z)
    return nats(head, outputs, values[:, network_order(head.channels)], levels)


def freeze(net: FloatNetworks, fitted: Fitted, calibration: Tensor) -> ExactNetworks[ExactDecoder]:
    """The exact networks. Raises `FreezeError`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.heads.logistic_mixture import SCALES
    from acncodec.learning.calibrate import activation_reach
    from acncodec.parts.causal_resnet.net import planes
    from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn

    reach: dict[str, float] = {}
    for images, levels in [(calibration, fitted.levels), *fitted.more]:
        for part in calibration_parts(images):
            for name, value in activation_reach(net, planes(part, levels)).items():
                reach[name] = max(reach.get(name, 0.0), value)
    outputs = list(zip(net.config.head.sizes, SCALES, strict=True))
    return ExactNetworks(freeze_pixelcnn(net.decoder, reach, outputs=outputs))


def schema(config: GatedLevelsConfig) -> Iterator[TensorSpec]:
    """The tensors of a model."""
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_schema

    return pixelcnn_schema(config, planes=config.planes, groups=config.head.groups)


def write(networks: ExactNetworks[ExactDecoder]) -> Tensors:
    """The exact networks as tensors."""
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_tensors

    return pixelcnn_tensors(networks.decoder)


def read(config: GatedLevelsConfig, tensors: Tensors) -> ExactNetworks[ExactDecoder]:
    """Undo `write`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.parts.gated_pixelcnn.tensors import read_pixelcnn

    decoder = read_pixelcnn(config, tensors, planes=config.planes, groups=config.head.groups)
    return ExactNetworks(decoder)


FAMILY = Family(
    name="gated-levels",
    profile="int15-gated-levels",
    since=4,
    config=GatedLevelsConfig,
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
)
