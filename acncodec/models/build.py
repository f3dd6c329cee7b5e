"""From trained float networks to a frozen model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.errors import FreezeError, ModelError
from acncodec.families.acn_network import ACN
from acncodec.families.networks import Network, PixelModel, build_network
from acncodec.models.calibrate import activation_reach
from acncodec.models.frozen import FrozenModel
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.parts.feedforward.net import FeedForward
from acncodec.parts.freeze import code_reach, freeze_encoder, freeze_mixture, freeze_prior
from acncodec.parts.freeze_decoder import freeze_feedforward, freeze_pixelcnn
from acncodec.parts.mixture.exact import ExactMixture

Moments = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""A Gaussian mixture: weights (K,), means (K, D), covariances (K, D, D)."""


def freeze_model(
    net: Network,
    codes: NDArray[np.float32] | None,
    mixture: Moments | None,
    calibration: torch.Tensor,
    name: str,
    card: dict[str, Any],
) -> FrozenModel:
    """Freeze `net` and the unconditional prior, both of a model with latents given.

    codes: training codes (N, D), which set the range of the latent grid; calibration: binary
    images, float32 (n, C, H, W). Raises `FreezeError` when the result could not be exact.
    """
    reach = activation_reach(net.float().eval(), calibration)
    floats = {
        key: value.detach().cpu().float().contiguous().numpy()
        for key, value in net.state_dict().items()
    }
    if isinstance(net, PixelModel):
        decoder: PixelDecoder = freeze_pixelcnn(net.decoder, reach, 0)
        nothing = ExactMixture.of_nothing()
        return FrozenModel(net.config, None, None, nothing, decoder, name, card, floats)
    if codes is None or mixture is None:
        raise FreezeError("a model with latents needs codes and an unconditional prior")
    for key, value in zip(("weights", "means", "covariances"), mixture, strict=True):
        floats[f"mixture.{key}"] = value.astype(np.float32)
    clamp = code_reach(codes)
    latent = clamp + NOISE_REACH
    if isinstance(net.decoder, FeedForward):
        decoder = freeze_feedforward(net.decoder, reach, latent)
    else:
        decoder = freeze_pixelcnn(net.decoder, reach, latent)
    return FrozenModel(
        net.config,
        freeze_encoder(net.encoder, reach, clamp),
        freeze_prior(net.prior, latent, clamp) if isinstance(net, ACN) else None,
        freeze_mixture(*mixture, latent),
        decoder,
        name,
        card,
        floats,
    )


def float_networks(model: FrozenModel) -> Network:
    """The float networks inside a frozen model, in evaluation mode.

    Raises `ModelError` if it carries no float weights or others than its config calls for.
    """
    net = build_network(model.config)
    try:
        net.load_state_dict(
            {
                key: torch.from_numpy(np.array(value))
                for key, value in model.floats.items()
                if not key.startswith("mixture.")
            }
        )
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"model {model.name}: its float weights do not fit its config") from error
    return net.eval()
