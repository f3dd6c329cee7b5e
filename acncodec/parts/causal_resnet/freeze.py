"""Freezing the any-size decoder: a float network to integers, with a scale for each activation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from acncodec.arithmetic.fixed import (
    OPERAND_BITS,
    OPERAND_MAX,
    Affine,
    Floats,
    ScaleGroup,
    quantise,
    scale_for,
)
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.exact import ExactCausalResNet
from acncodec.parts.causal_resnet.layers import ResidualBlock
from acncodec.parts.causal_resnet.net import Block, CausalResNet
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER
from acncodec.parts.layers import WEIGHT_BITS, freeze_outputs, weights_of
from acncodec.parts.planes import PLANE_BITS


@dataclass
class Reaches:
    """The largest magnitudes seen: of the residual stream (B + 1), and of each block's window,
    hidden features after the ReLU, and what latents add to these."""

    stream: list[float]
    window: list[float]
    hidden: list[float]
    condition: list[float] = field(default_factory=list)


def measure(
    net: CausalResNet, batches: Iterable[tuple[Tensor, Tensor | None]]
) -> Reaches:  # fmt: skip
    """How far the activations of `net` reach on batches of planes and latents, as it takes them."""
    count = len(net.blocks)
    found = Reaches([0.0] * (count + 1), [0.0] * count, [0.0] * count, [0.0] * count)

    def note(places: list[float], index: int, value: Tensor) -> None:
        places[index] = max(places[index], float(value.abs().max()))

    with torch.no_grad():
        for planes, z in batches:
            given = None
            if net.condition is not None and z is not None:
                given = net.condition(z).chunk(count, 1)
            first = net.first(planes)
            x = net.placed(first)
            for part in (first, x - first, x):
                note(found.stream, 0, part)
            for index, block in enumerate(_blocks(net)):
                t = block.window(x)
                wide = block.widen(t)
                if given is not None:
                    note(found.condition, index, given[index])
                    wide = wide + given[index][:, :, None, None]
                wide = wide.relu()
                x = x + block.narrow(wide)
                note(found.window, index, t)
                note(found.hidden, index, wide)
                note(found.stream, index + 1, x)
    return found


def _blocks(net: CausalResNet) -> list[Block]:
    return [block for block in net.blocks if isinstance(block, Block)]


def freeze_causal_resnet(
    net: CausalResNet, reaches: Reaches, outputs: Sequence[tuple[int, int]], latent_reach: int = 0
) -> ExactCausalResNet:
    """The exact copy of `net`.

    outputs: (size, scale) of the head's groups of outputs, in their order: `size` of them at
    2^`scale`; latent_reach: latents lie within +- so many grid steps. Planes of the copy are in
    the image's order of channels, whichever order the network has.

    Raises `FreezeError` when the groups are not the network's outputs, or a layer does not fit.
    """
    config = net.config
    if sum(size for size, _ in outputs) != config.outputs:
        raise FreezeError("the groups of outputs do not add up to the network's")
    scales = [scale_for(reach) for reach in reaches.stream]
    lift = int(np.floor(np.log2(OPERAND_MAX / max(latent_reach, 1))))
    weight, bias = weights_of(net.first)
    planes = config.channels + 1
    order = [NETWORK_ORDER[config.channels].index(c) for c in range(config.channels)]
    taps = weight.reshape(len(weight), -1, planes)[..., [*order, planes - 1]]
    first = _layer((taps.reshape(len(weight), -1), bias), PLANE_BITS, scales[0])
    conditions = _conditions(net, lift)
    place = None
    if net.place is not None:
        place = _layer((weights_of(net.place)[0], None), PLANE_BITS, scales[0])
    blocks = []
    for index, (block, (before, after)) in enumerate(
        zip(_blocks(net), pairwise(scales), strict=True)
    ):
        window = scale_for(reaches.window[index])
        hidden = scale_for(max(reaches.hidden[index], *reaches.condition[index : index + 1], 0.0))
        given = conditions[index]
        narrow = _layer(weights_of(block.narrow), hidden, after)
        # The features join the sums at the accumulator's scale, which must not be coarser.
        if narrow.shift + after < before:
            raise FreezeError("the residual accumulator is coarser than its input")
        blocks.append(
            ResidualBlock(
                _layer(weights_of(block.window), before, window),
                _layer(weights_of(block.widen), window, hidden),
                narrow,
                None if given is None else _layer((given, None), GRID_BITS + lift, hidden),
            )
        )
    return ExactCausalResNet(
        first, tuple(blocks), freeze_outputs(net.head, scales[-1], outputs), tuple(scales),
        config.channels, config.first_reach, config.columns, lift if config.latent_dim else 0,
        place, config.size,
    )  # fmt: skip


def _layer(weights: tuple[Floats, Floats | None], scale: int, out_scale: int) -> Affine:
    """An affine layer, weight and bias, from operands at 2^scale to such at 2^out_scale."""
    weight, bias = weights
    return quantise(weight, bias, [ScaleGroup(weight.shape[1], scale)], out_scale, WEIGHT_BITS)


def _conditions(net: CausalResNet, lift: int) -> list[Floats | None]:
    """The weights of what latents add to each block, (hidden, D)."""
    count = len(net.blocks)
    if net.condition is None:
        return [None] * count
    if lift + GRID_BITS > 2 * OPERAND_BITS or lift < 0:
        raise FreezeError("latents do not fit an operand")
    return list(np.split(weights_of(net.condition)[0], count))
