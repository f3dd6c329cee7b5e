"""From trained float networks to a frozen model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.errors import ModelError
from acncodec.exact.freeze import (
    calibrate,
    code_reach,
    freeze_decoder,
    freeze_encoder,
    freeze_mixture,
    freeze_prior,
)
from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import NOISE_REACH
from acncodec.nets.acn import ACN


def freeze_model(
    net: ACN,
    codes: NDArray[np.float32],
    mixture: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    calibration: torch.Tensor,
    name: str,
    card: dict[str, Any],
) -> FrozenModel:
    """Freeze `net` and the unconditional prior (weights, means, covariances).

    codes: training codes (N, D), which set the range of the latent grid; calibration: binary
    images, float32 (n, C, H, W). Raises `FreezeError` when the result could not be exact.
    """
    reach = calibrate(net, calibration)
    clamp = code_reach(codes)
    latent = clamp + NOISE_REACH
    floats = {
        key: value.detach().cpu().float().contiguous().numpy()
        for key, value in net.state_dict().items()
    }
    for key, value in zip(("weights", "means", "covariances"), mixture, strict=True):
        floats[f"mixture.{key}"] = value.astype(np.float32)
    return FrozenModel(
        net.config,
        freeze_encoder(net, reach, clamp),
        freeze_prior(net, latent, clamp),
        freeze_mixture(*mixture, latent),
        freeze_decoder(net.decoder, reach, latent),
        name,
        card,
        floats,
    )


def float_networks(model: FrozenModel) -> ACN:
    """The float networks inside a frozen model, in evaluation mode.

    Raises `ModelError` if it carries no float weights or others than its config calls for.
    """
    net = ACN(model.config)
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
    return net.channels_last().eval()
