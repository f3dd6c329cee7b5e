"""The parts of families of binary images of one size, as `families.latents` takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from acncodec.families.latents import Part

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.learning.fitting import Fitted
    from acncodec.learning.networks import FloatNetworks

Reach = Mapping[str, float]
"""The largest magnitude of each module's output."""


def measure(net: FloatNetworks, _fitted: Fitted, calibration: Tensor) -> Reach:
    """How far each activation reaches on calibration images."""
    from acncodec.learning.calibrate import activation_reach

    return activation_reach(net, calibration)


def _freeze_encoder(net: FloatNetworks, reach: Reach, clamp: int) -> Any:
    from acncodec.parts.conv_encoder.freeze import freeze_encoder

    return freeze_encoder(net.encoder, reach, clamp)


def _encoder_schema(config: Any) -> Iterator[TensorSpec]:
    from acncodec.parts.conv_encoder.tensors import encoder_schema

    return encoder_schema(config)


def _encoder_tensors(encoder: Any) -> Tensors:
    from acncodec.parts.conv_encoder.tensors import encoder_tensors

    return encoder_tensors(encoder)


def _read_encoder(config: Any, tensors: Tensors, _reach: int) -> Any:
    from acncodec.parts.conv_encoder.tensors import read_encoder

    return read_encoder(config, tensors)


CONV_ENCODER: Final = Part(_freeze_encoder, _encoder_schema, _encoder_tensors, _read_encoder)
"""`parts.conv_encoder`."""


def _freeze_pixelcnn(net: FloatNetworks, reach: Reach, latent_reach: int) -> Any:
    from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn

    return freeze_pixelcnn(net.decoder, reach, latent_reach)


def _pixelcnn_schema(config: Any) -> Iterator[TensorSpec]:
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_schema

    return pixelcnn_schema(config, config)


def _pixelcnn_tensors(decoder: Any) -> Tensors:
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_tensors

    return pixelcnn_tensors(decoder)


def _read_pixelcnn(config: Any, tensors: Tensors, reach: int) -> Any:
    from acncodec.parts.gated_pixelcnn.tensors import read_pixelcnn

    return read_pixelcnn(config, tensors, config, reach)


GATED_PIXELCNN: Final = Part(_freeze_pixelcnn, _pixelcnn_schema, _pixelcnn_tensors, _read_pixelcnn)
"""`parts.gated_pixelcnn` with a conditioner."""


def _freeze_feedforward(net: FloatNetworks, reach: Reach, latent_reach: int) -> Any:
    from acncodec.parts.feedforward.freeze import freeze_feedforward

    return freeze_feedforward(net.decoder, reach, latent_reach)


def _feedforward_schema(config: Any) -> Iterator[TensorSpec]:
    from acncodec.parts.feedforward.tensors import feedforward_schema

    return feedforward_schema(config)


def _feedforward_tensors(decoder: Any) -> Tensors:
    from acncodec.parts.feedforward.tensors import feedforward_tensors

    return feedforward_tensors(decoder)


def _read_feedforward(config: Any, tensors: Tensors, reach: int) -> Any:
    from acncodec.parts.feedforward.tensors import read_feedforward

    return read_feedforward(config, tensors, reach)


FEEDFORWARD: Final = Part(
    _freeze_feedforward, _feedforward_schema, _feedforward_tensors, _read_feedforward
)
"""`parts.feedforward`."""
