"""The networks of a VQ-VAE from float to exact, to tensors and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from acncodec.families.causal_resnet import calibration_parts

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.families.exact import ExactNetworks
    from acncodec.families.vq_networks import VQNetworks
    from acncodec.learning.fitting import Fitted
    from acncodec.learning.networks import FloatNetworks


def freeze(net: FloatNetworks, fitted: Fitted, calibration: Tensor) -> VQNetworks:
    """The exact networks. Raises `FreezeError`."""
    import torch

    from acncodec.families.vq_networks import VQNetworks
    from acncodec.heads.logistic_mixture import SCALES
    from acncodec.learning.calibrate import recording
    from acncodec.parts.code_conditioner.freeze import freeze_code_conditioner
    from acncodec.parts.code_prior.freeze import freeze_code_prior
    from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn
    from acncodec.parts.map_encoder.freeze import freeze_map_encoder

    config = net.config
    with recording(net) as reach, torch.no_grad():
        for images, levels in [(calibration, fitted.levels), *fitted.more]:
            for part in calibration_parts(images):
                codes = net.encode(part, levels)
                net.nats(part, codes, levels)
                net.prior_nats(codes)
    encoder = freeze_map_encoder(net.encoder, reach)
    given = freeze_code_conditioner(net.decoder.conditioner, net.encoder.codebook, reach)
    outputs = [] if config.is_binary else list(zip(config.head.sizes, SCALES, strict=True))
    decoder = freeze_pixelcnn(net.decoder, reach, outputs=outputs, given=given)
    prior = freeze_code_prior(net.prior, reach)
    return VQNetworks(decoder=decoder, encoder=encoder, code_prior=prior)


def schema(config: Any) -> Iterator[TensorSpec]:
    """The tensors of a model."""
    from acncodec.parts.code_conditioner.tensors import code_conditioner_schema
    from acncodec.parts.code_prior.tensors import code_prior_schema
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_schema
    from acncodec.parts.map_encoder.tensors import map_encoder_schema

    yield from map_encoder_schema(config)
    yield from code_prior_schema(config.prior)
    yield from code_conditioner_schema(config)
    yield from pixelcnn_schema(
        config, planes=config.planes, groups=config.groups, condition=config.condition_channels
    )


def write(networks: ExactNetworks[Any]) -> Tensors:
    """The exact networks as tensors. Raises `TypeError` for those of another family."""
    from acncodec.families.vq_networks import VQNetworks
    from acncodec.parts.code_conditioner.tensors import code_conditioner_tensors
    from acncodec.parts.code_prior.tensors import code_prior_tensors
    from acncodec.parts.gated_pixelcnn.tensors import pixelcnn_tensors
    from acncodec.parts.map_encoder.tensors import map_encoder_tensors

    if not isinstance(networks, VQNetworks):
        raise TypeError("the networks are no VQ-VAE's")
    return (
        map_encoder_tensors(networks.encoder)
        | code_prior_tensors(networks.code_prior)
        | code_conditioner_tensors(networks.conditioner)
        | pixelcnn_tensors(networks.decoder)
    )


def read(config: Any, tensors: Tensors) -> VQNetworks:
    """Undo `write`. Raises `ModelError`."""
    from acncodec.families.vq_networks import VQNetworks
    from acncodec.parts.code_conditioner.tensors import read_code_conditioner
    from acncodec.parts.code_prior.tensors import read_code_prior
    from acncodec.parts.gated_pixelcnn.tensors import read_pixelcnn
    from acncodec.parts.map_encoder.tensors import read_map_encoder

    decoder = read_pixelcnn(config, tensors, planes=config.planes, groups=config.groups)
    return VQNetworks(
        decoder=replace(decoder, conditioner=read_code_conditioner(config, tensors)),
        encoder=read_map_encoder(config, tensors),
        code_prior=read_code_prior(config.prior, tensors),
    )
