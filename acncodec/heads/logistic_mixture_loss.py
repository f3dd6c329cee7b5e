"""A discretised logistic mixture with spikes: the float cost of images, and of single values.

A pixel's channels are one draw from a mixture of K logistic *components* and S *spikes*, as in
PixelCNN++ (Salimans et al. 2017, section 2.1 and 2.2), for any number of levels L from 2 to 65,536.
A component says "about here"; a spike says "this very value, in all channels at once".

**Outputs of the network**, P a pixel, in this order (channels c = 0 .. C - 1 in network order):

| what | count | index of the first, then order |
|---|---|---|
| logits of the components | K | component k |
| logits of the spikes | S | in the order of `LogisticMixture.spikes` |
| means m[c, k] | C K | c, then k |
| log-scales s[c, k], natural logarithms | C K | c, then k |
| coefficients a[c, j, k], j < c | K C (C - 1) / 2 | (1, 0), (2, 0), (2, 1), (3, 0) .., then k |

**Clamps**: every logit to +-`LOGIT_LIMIT` (32), every s to `LOG_SCALE_MIN` .. `LOG_SCALE_MAX`
(-10 .. 2), every a to +-`COEFFICIENT_LIMIT` (2), and every mean *after* the linear terms are added
to +-`MEAN_LIMIT` (2); m alone is not clamped. Nothing else is done to the outputs.

**Weights**: softmax over all K + S logits.

**Components.** A known channel's value v_j counts as x_j = 2 v_j / (L - 1) - 1, in [-1, 1]. Then

    mu[c, k]     = clamp(m[c, k] + sum over j < c of a[c, j, k] x_j)
    F[c, k](e)   = sigmoid((e - mu[c, k]) exp(-s[c, k]))
    P[c, k](v)   = F(2 (v + 1) / L - 1) - F(2 v / L - 1)

[-1, 1] is cut into L equal bins; F at the lower edge of the first bin (v = 0) is 0 and at the upper
edge of the last (v = L - 1) is 1 instead, so the edge bins take the tails. Bins of 256 levels are
exact unions of bins of 65,536.

**Spikes.** The value of spike i at a pixel is that of the pixel at (row, column) offset
`NEIGHBOURS[name]`, 0 in all channels where that is outside the image, or the constant 0 or L - 1 in
all channels. P[c, i](v) is 1 where v is that value, else 0. Two spikes with the same value are
both kept; their weights add up.

**Channel after channel.** The joint distribution is sum_k w_k prod_c P[c, k](v_c). Channel c alone
has the conditional sum_k w_k P[c, k](v), divided by sum_k w_k, and when v is known, w_k becomes
w_k P[c, k](v), for components and spikes alike: that is the same joint distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from acncodec.errors import ModelError
from acncodec.heads.mixture_shape import (
    COEFFICIENT_LIMIT,
    LOG_SCALE_MAX,
    LOG_SCALE_MIN,
    LOGIT_LIMIT,
    MAX_LEVELS,
    MEAN_LIMIT,
    NEIGHBOURS,
    LogisticMixture,
)

_IMPOSSIBLE = -1e9  # a logarithm of 0 whose differences and gradients are finite


def initial_biases(head: LogisticMixture) -> Tensor:
    """Outputs (P,) to begin training from: components side by side and wide, spikes unlikely."""
    middle = torch.linspace(-1.0, 1.0, head.components + 2)[1:-1].repeat(head.channels)
    return torch.cat(
        [
            torch.zeros(head.components),
            torch.full((len(head.spikes),), -2.0),
            middle,
            torch.full((head.sizes[2],), -1.5),
            torch.zeros(head.sizes[3]),
        ]
    )


@dataclass(frozen=True, eq=False)
class _Parameters:
    log_weights: Tensor  # (N, H, W, K + S)
    means: Tensor  # (N, H, W, C, K), before the linear terms
    log_scales: Tensor  # (N, H, W, C, K)
    coefficients: list[Tensor]  # one (N, H, W, K) for each pair of channels

    @classmethod
    def of(cls, head: LogisticMixture, outputs: Tensor) -> _Parameters:
        logits, means, scales, coefficients = torch.split(
            outputs.float().permute(0, 2, 3, 1), list(head.sizes), -1
        )
        shape = (*logits.shape[:-1], head.channels, head.components)
        bounded = coefficients.clamp(-COEFFICIENT_LIMIT, COEFFICIENT_LIMIT)
        return cls(
            torch.log_softmax(logits.clamp(-LOGIT_LIMIT, LOGIT_LIMIT), -1),
            means.reshape(shape),
            scales.clamp(LOG_SCALE_MIN, LOG_SCALE_MAX).reshape(shape),
            list(torch.split(bounded, head.components, -1)) if head.channels > 1 else [],
        )

    def means_of(self, channel: int, scaled: Tensor) -> Tensor:
        """Means (N, H, W, K) of `channel`, given scaled values (N, C, H, W) of those before it."""
        first = channel * (channel - 1) // 2
        mean = self.means[..., channel, :]
        for other in range(channel):
            mean = mean + self.coefficients[first + other] * scaled[:, other, :, :, None]
        return mean.clamp(-MEAN_LIMIT, MEAN_LIMIT)


def bin_log_probability(mean: Tensor, log_scale: Tensor, value: Tensor, levels: int) -> Tensor:
    """Natural logarithm of the mass of a logistic in the bin of integer `value`, by broadcasting.

    sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)), whose logarithm is finite,
    and has a gradient, however far the bin is from the mean.
    """
    inverse = torch.exp(-log_scale)
    lower = value * (2.0 / levels) - 1.0
    a = (lower - mean) * inverse
    width = inverse * (2.0 / levels)
    first, last = value == 0, value == levels - 1
    below = F.logsigmoid(a + width).masked_fill(last, 0.0)
    above = F.logsigmoid(-a).masked_fill(first, 0.0)
    inside = torch.log(-torch.expm1(-width)).masked_fill(first | last, 0.0)
    return below + above + inside


def spike_values(head: LogisticMixture, values: Tensor, levels: int) -> Tensor:
    """The values of all spikes at every pixel: (N, S, C, H, W), in the dtype of `values`, which
    is (N, C, H, W)."""
    height, width = values.shape[2:]
    found = []
    for name in head.spikes:
        if name in NEIGHBOURS:
            rows, columns = NEIGHBOURS[name]
            left, right = max(-columns, 0), max(columns, 0)
            padded = F.pad(values, (left, right, -rows, 0))
            found.append(padded[:, :, :height, right : right + width])
        else:
            found.append(torch.full_like(values, levels - 1 if name == "max" else 0))
    return torch.stack(found, 1) if found else values.new_empty(len(values), 0, *values.shape[1:])


def _check(head: LogisticMixture, outputs: Tensor, values: Tensor, levels: int) -> None:
    shape = (len(values), head.outputs, *values.shape[2:])
    if values.ndim != 4 or values.shape[1] != head.channels or tuple(outputs.shape) != shape:
        raise ModelError(f"outputs {tuple(outputs.shape)} for values {tuple(values.shape)}")
    if not 2 <= levels <= MAX_LEVELS:
        raise ModelError(f"{levels} levels; there are 2 to {MAX_LEVELS}")


def pixel_nats(head: LogisticMixture, outputs: Tensor, values: Tensor, levels: int) -> Tensor:
    """-log of the joint probability of each pixel's channels, in nats; float32 (N, H, W).

    outputs: (N, `head.outputs`, H, W), any float dtype; values: (N, C, H, W), integers below
    `levels`, channels in network order. Raises `ModelError` when the shapes do not agree.
    """
    _check(head, outputs, values, levels)
    parameters = _Parameters.of(head, outputs)
    scaled = values.float() * (2.0 / (levels - 1)) - 1.0
    means = torch.stack([parameters.means_of(c, scaled) for c in range(head.channels)], -2)
    whole = values.float().permute(0, 2, 3, 1).unsqueeze(-1)
    smooth = bin_log_probability(means, parameters.log_scales, whole, levels).sum(-2)
    wide = values if values.dtype.itemsize > 2 else values.int()
    same = (spike_values(head, wide, levels) == wide[:, None]).all(2).permute(0, 2, 3, 1)
    sharp = torch.where(same, 0.0, _IMPOSSIBLE)
    return -torch.logsumexp(parameters.log_weights + torch.cat([smooth, sharp], -1), -1)


def nats(head: LogisticMixture, outputs: Tensor, values: Tensor, levels: int) -> Tensor:
    """-log of the probability of each image, in nats; arguments as in `pixel_nats`. (N,)."""
    return pixel_nats(head, outputs, values, levels).flatten(1).sum(1)


def conditional_log_probabilities(
    head: LogisticMixture, outputs: Tensor, values: Tensor, levels: int, channel: int
) -> Tensor:
    """Log-probabilities, natural, of all `levels` values of one channel of every pixel.

    Arguments as in `pixel_nats`; of `values`, only channels before `channel`, and earlier pixels,
    matter. Returns float32 (N, H, W, levels). For tests and for study: memory grows with `levels`.
    """
    _check(head, outputs, values, levels)
    parameters = _Parameters.of(head, outputs)
    scaled = values.float() * (2.0 / (levels - 1)) - 1.0
    wide = values if values.dtype.itemsize > 2 else values.int()
    spikes = spike_values(head, wide, levels)
    weights = parameters.log_weights
    for known in range(channel):
        value = wide[:, known, :, :, None].float()
        mean = parameters.means_of(known, scaled)
        smooth = bin_log_probability(mean, parameters.log_scales[..., known, :], value, levels)
        same = (spikes[:, :, known] == wide[:, None, known]).permute(0, 2, 3, 1)
        weights = weights + torch.cat([smooth, torch.where(same, 0.0, _IMPOSSIBLE)], -1)
    weights = torch.log_softmax(weights, -1)[..., None, :]
    every = torch.arange(levels, device=outputs.device)[:, None]
    smooth = bin_log_probability(
        parameters.means_of(channel, scaled)[..., None, :],
        parameters.log_scales[..., channel, :][..., None, :],
        every.float(),
        levels,
    )
    same = spikes[:, :, channel].permute(0, 2, 3, 1)[..., None, :] == every
    sharp = torch.where(same, 0.0, _IMPOSSIBLE)
    return torch.logsumexp(weights + torch.cat([smooth, sharp], -1), -1)
