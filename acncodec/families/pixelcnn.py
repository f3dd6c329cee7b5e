"""The Gated PixelCNN: a decoder alone (van den Oord et al., 2016), a baseline of the paper.

x, the pixels before --PixelCNN--> r(x)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import LIKELIHOOD, Family, Preset
from acncodec.learning.recipe import TINY_RECIPE, Recipe
from acncodec.parts.gated_pixelcnn.shape import check_kernels

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source
    from acncodec.parts.gated_pixelcnn.exact import ExactDecoder


@dataclass(frozen=True)
class PixelCNNConfig(SizedConfig):
    """The sizes of the decoder of `acncodec.families.acn`, without those of a latent."""

    decoder_filters: int = 32
    decoder_blocks: int = 7
    vertical_kernel: tuple[int, int] = (3, 5)
    horizontal_kernel: int = 3
    input_vertical_kernel: tuple[int, int] = (5, 7)
    input_horizontal_kernel: int = 5
    head_filters: int = 64

    def __post_init__(self) -> None:
        check_binary(self)
        check_kernels(self)


PRESETS = (
    Preset(
        "mnist-pixelcnn",
        PixelCNNConfig(),
        Recipe(),
        "a baseline of the paper: the decoder of mnist without a latent",
    ),
    Preset(
        "tiny-pixelcnn",
        PixelCNNConfig(decoder_filters=8, decoder_blocks=2, head_filters=16),
        TINY_RECIPE,
        "tiny, as mnist-pixelcnn",
    ),
)


def build(config: PixelCNNConfig) -> FloatNetworks:
    """Untrained float networks."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN

    return FloatNetworks(config, decoder=GatedPixelCNN(config), inner=("decoder.blocks",))


def objective(net: FloatNetworks, _source: Source, _recipe: Recipe) -> Objective:
    """The likelihood: there is no KL."""
    from acncodec.learning.objectives import PixelCost

    return PixelCost(net)


def finish(_run: Trained) -> Fitted:
    """Nothing is fitted."""
    from acncodec.learning.fitting import Fitted

    return Fitted()


def freeze(net: FloatNetworks, _fitted: Fitted, calibration: Tensor) -> ExactNetworks[ExactDecoder]:
    """The exact networks."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.calibrate import activation_reach
    from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn

    return ExactNetworks(freeze_pixelcnn(net.decoder, activation_reach(net, calibration)))


def schema(config: PixelCNNConfig) -> Iterator[TensorSpec]:
    """The tensors of a model."""
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_schema

    return pixelcnn_schema(config)


def write(networks: ExactNetworks[ExactDecoder]) -> Tensors:
    """The exact networks as tensors."""
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_tensors

    return pixelcnn_tensors(networks.decoder)


def read(config: PixelCNNConfig, tensors: Tensors) -> ExactNetworks[ExactDecoder]:
    """Undo `write`."""
    from acncodec.families.exact import ExactNetworks
    from acncodec.parts.gated_pixelcnn.tensors import read_pixelcnn

    return ExactNetworks(read_pixelcnn(config, tensors))


FAMILY = Family(
    name="pixelcnn",
    profile="int15-pixelcnn",
    since=2,
    config=PixelCNNConfig,
    capabilities=frozenset({LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=freeze,
    schema=schema,
    write=write,
    read=read,
)
