"""The float cost of images under a softmax over up to 256 values, one channel.

The network gives one logit for each value, which is clamped to +-32; nothing else is done to it.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from acncodec.errors import ModelError
from acncodec.heads.mixture_shape import LOGIT_LIMIT


def pixel_nats(outputs: Tensor, values: Tensor) -> Tensor:
    """-log of the probability of each pixel, in nats; float32 (N, H, W).

    outputs: (N, L, H, W), any float dtype; values: (N, 1, H, W), integers below L. Raises
    `ModelError` when the shapes do not agree.
    """
    shape = (len(values), 1, *outputs.shape[2:])
    if outputs.ndim != 4 or tuple(values.shape) != shape or len(outputs) != len(values):
        raise ModelError(f"outputs {tuple(outputs.shape)} for values {tuple(values.shape)}")
    logits = outputs.float().clamp(-LOGIT_LIMIT, LOGIT_LIMIT)
    return F.cross_entropy(logits, values[:, 0].long(), reduction="none")


def nats(outputs: Tensor, values: Tensor) -> Tensor:
    """-log of the probability of each image, in nats; arguments as in `pixel_nats`. (N,)."""
    return pixel_nats(outputs, values).flatten(1).sum(1)
