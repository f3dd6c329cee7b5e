"""The exact gated PixelCNN in int64, feature map after feature map, as in the float network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import tables
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder

Ints = NDArray[np.int64]


def operand(x: Ints) -> Ints:
    return x.clip(-16383, 16383)


def windows(x: Ints, kernel: tuple[int, int], leftward: bool) -> Ints:
    """(n, H, W, rows, columns, C): rows above and including, columns centred or to the left."""
    rows, columns = kernel
    side = (columns - 1, 0) if leftward else (columns // 2, columns // 2)
    padded = np.pad(x, ((0, 0), (rows - 1, 0), side, (0, 0)))
    height, width = x.shape[1:3]
    parts = [
        [padded[:, r : r + height, c : c + width] for c in range(columns)] for r in range(rows)
    ]
    return np.stack([np.stack(row, 3) for row in parts], 3)


def gate(total: Ints, shift: int) -> Ints:
    tanh = tables().tanh.astype(np.int64)
    a, b = np.split(total, 2, -1)
    left = ((a + ((1 << shift) >> 1)) >> shift).clip(-16384, 16384)
    right = ((b + (1 << shift)) >> (shift + 1)).clip(-16384, 16384)
    return tanh[left + 16384] * (16384 + tanh[right + 16384])


def product(x: Ints, layer: Any) -> Ints:
    lifted = layer.weight.astype(np.int64) << layer.lift.astype(np.int64)
    found: Ints = x @ lifted.T + layer.bias
    return found


def rounded(x: Ints, layer: Any) -> Ints:
    return (product(x, layer) + ((1 << layer.shift) >> 1)) >> layer.shift


def planes(pixels: NDArray[Any], levels: int) -> Ints:
    """What is seen of level indexes (n, C, H, W), int64 (n, H, W, C + 1), by the definition."""
    top = levels - 1
    seen = (2 * (2 * pixels.astype(np.int64) - top) * 8192 + top) // (2 * top)
    count, _, height, width = pixels.shape
    ones = np.full((count, 1, height, width), 8192)
    return np.concatenate([seen, ones], 1).transpose(0, 2, 3, 1)


def full_pass(decoder: ExactDecoder, z: Ints, seen: Ints) -> Ints:
    """All outputs, neither clamped nor lifted, of planes (n, H, W, P): int64 (n, H, W, O)."""
    n, height, width, _ = seen.shape
    above = np.pad(seen, ((0, 0), (1, 0), (0, 0), (0, 0)))[:, :-1]
    left = np.pad(seen, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    s = decoder.condition(z).astype(np.int64)
    taps = windows(above, decoder.input_kernel, False).reshape(n, height, width, -1)
    v = operand(rounded(taps, decoder.vertical_in))
    taps = windows(left, (1, decoder.input_horizontal_kernel), True).reshape(n, height, width, -1)
    h = operand(rounded(taps, decoder.horizontal_in))
    scales = zip(decoder.vertical_scales, decoder.vertical_scales[1:], strict=False)
    landing = decoder.horizontal_scales
    for index, (block, (before, after)) in enumerate(zip(decoder.blocks, scales, strict=True)):
        taps = windows(v, decoder.kernel, False).swapaxes(3, 4).reshape(n, height, width, -1)
        gated = gate(product(np.concatenate([taps, s], -1), block.vertical), block.vertical.shift)
        down = 29 - after
        v = operand(((v << (29 - before)) + gated + (1 << (down - 1))) >> down)
        taps = windows(h, (1, decoder.horizontal_kernel), True).reshape(n, height, width, -1)
        joined = np.concatenate([taps, s, v], -1)
        gated = gate(product(joined, block.horizontal), block.horizontal.shift)
        gated = operand((gated + (1 << 14)) >> 15)
        shift = block.residual.shift
        up = shift + landing[index + 1] - landing[index]
        total = (h << up) + product(gated, block.residual) + ((1 << shift) >> 1)
        h = operand(total >> shift)
    wide = np.maximum(operand(rounded(np.maximum(h, 0), decoder.head)), 0)
    return np.concatenate([rounded(wide, group.affine) for group in decoder.outputs], -1)
