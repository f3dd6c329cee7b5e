"""Images of any size through the any-size decoder, the logistic mixture and a stack, and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from invertibility import check_invertibility
from tiny_resnet import as_planes, images, latents, networks

from acncodec.coding.sites import Sites
from acncodec.heads.logistic_mixture import SCALES, ExactLogisticMixture
from acncodec.heads.logistic_mixture_loss import nats
from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER
from acncodec.run.workers import Workers


@pytest.mark.parametrize(
    ("channels", "dim", "levels", "size"),
    [(1, 0, 2, (5, 4)), (1, 0, 1 << 16, (1, 7)), (3, 5, 256, (6, 5)), (4, 0, 256, (3, 1))],
)
def test_images_come_back_and_cost_what_the_float_network_says(
    channels: int, dim: int, levels: int, size: tuple[int, int]
) -> None:
    shape = LogisticMixture(channels, components=2)
    groups = tuple(pair for pair in zip(shape.sizes, SCALES, strict=True) if pair[0])
    net, exact = networks(channels, dim, levels=levels, groups=groups)
    pixels, z = images(40, channels, *size, levels, seed=1), latents(40, dim, seed=2)
    head = ExactLogisticMixture(shape, levels)
    with Workers(2, 17) as workers:
        codec = Sites(exact.sized(*size, levels), head, z, workers)
        check_invertibility(codec, pixels, words=100)
        bits = codec.bits(pixels)
    given = torch.from_numpy(z / 8).float() if dim else None
    values = torch.from_numpy(pixels[:, list(NETWORK_ORDER[channels])].astype(np.int64))
    with torch.no_grad():
        wanted = nats(shape, net(as_planes(pixels, levels), given), values, levels).sum()
    assert bits == pytest.approx(float(wanted) / np.log(2), rel=5e-3)
