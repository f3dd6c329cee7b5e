"""From trained float networks to a frozen model, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from acncodec.errors import ModelError
from acncodec.families.family import Family
from acncodec.learning.fitting import Fitted
from acncodec.learning.networks import FloatNetworks
from acncodec.models.frozen import FrozenModel

MIXTURE = "mixture."
"""Float tensors of the unconditional prior begin like this; the others are the networks'."""


def freeze_model(
    family: Family,
    net: FloatNetworks,
    fitted: Fitted,
    calibration: torch.Tensor,
    name: str,
    card: dict[str, Any],
) -> FrozenModel:
    """Freeze networks of a family, and what was fitted beside them.

    calibration: level indexes of images, float32 (n, C, H, W). Raises `FreezeError` when the result
    could not be exact, or when something that the family needs was not fitted.
    """
    networks = family.freeze(net.float().eval(), fitted, calibration)
    floats = {
        key: value.detach().cpu().float().contiguous().numpy()
        for key, value in net.state_dict().items()
    }
    if fitted.mixture is not None:
        for key, part in zip(("weights", "means", "covariances"), fitted.mixture, strict=True):
            floats[MIXTURE + key] = part.astype(np.float32)
    return FrozenModel(family, net.config, networks, name, card, floats)


def float_networks(model: FrozenModel) -> FloatNetworks:
    """The float networks inside a frozen model, in evaluation mode.

    Raises `ModelError` if it carries no float weights or others than its config calls for.
    """
    net = model.family.build(model.config)
    try:
        net.load_state_dict(
            {
                key: torch.from_numpy(np.array(value))
                for key, value in model.floats.items()
                if not key.startswith(MIXTURE)
            }
        )
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"model {model.name}: its float weights do not fit its config") from error
    return net.eval()
