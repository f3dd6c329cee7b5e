"""What families with latents have in common: an encoder, and an unconditional prior by EM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.arithmetic.tensors import Tensors, TensorSpec
from acncodec.errors import FreezeError
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.conv_encoder.shape import EncoderConfig
from acncodec.parts.conv_encoder.tensors import encoder_schema, encoder_tensors, read_encoder
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.mixture.tensors import mixture_schema, mixture_tensors, read_mixture

if TYPE_CHECKING:
    from acncodec.learning.fitting import Fitted
    from acncodec.parts.conv_encoder.net import Encoder

Latents = tuple[ExactEncoder, ExactMixture]


def latent_schema(config: EncoderConfig) -> Iterator[TensorSpec]:
    """The tensors of both."""
    yield from encoder_schema(config)
    yield from mixture_schema(config.latent_dim)


def latent_tensors(encoder: ExactEncoder | None, mixture: ExactMixture | None) -> Tensors:
    """Both as tensors; none without latents."""
    if encoder is None or mixture is None:
        return {}
    return encoder_tensors(encoder) | mixture_tensors(mixture)


def read_latents(config: EncoderConfig, tensors: Tensors) -> Latents:
    """Undo `latent_tensors`, of tensors that the schema allows. Raises `ModelError`."""
    encoder = read_encoder(config, tensors)
    return encoder, read_mixture(tensors, encoder.code_reach + NOISE_REACH)


def freeze_latents(net: Encoder, fitted: Fitted, reach: Mapping[str, float]) -> Latents:
    """The exact copies of both: codes of the training images set the range of the grid.

    reach: the largest magnitude of each module's output. Raises `FreezeError` without codes or
    an unconditional prior.
    """
    from acncodec.parts.conv_encoder.freeze import code_reach, freeze_encoder
    from acncodec.parts.mixture.freeze import freeze_mixture

    if fitted.codes is None or fitted.mixture is None:
        raise FreezeError("a model with latents needs codes and an unconditional prior")
    clamp = code_reach(fitted.codes)
    mixture = freeze_mixture(*fitted.mixture, clamp + NOISE_REACH)
    return freeze_encoder(net, reach, clamp), mixture
