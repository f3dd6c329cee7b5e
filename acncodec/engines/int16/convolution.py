"""Convolutions on 15-bit operands, compiled: tiles of images, one place at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.engines.int16.calls import STRIDES, new_aim, new_calls, point, sums
from acncodec.engines.int16.memory import address
from acncodec.engines.int16.tile import ROWS
from acncodec.run.compiled import compiled


@compiled()
def convolve(
    program: Any, x: Any, doubled: int, kernel: int, stride: int, lowest: int, outputs: int,
    high: Any, below: Any, padded: Any, out: Any,
) -> None:  # fmt: skip
    """The square, zero-padded convolution that is the only layer of `program`.

    x: int16 (n, H, W, C), doubled in height and width if `doubled` is 1; lowest: results below
    it become it (0 for a ReLU); padded: int16, zeros, of `ROWS` images with their margins (the
    input may have more rows and columns than are looked at); out: int16 (n, H', W', O).
    """
    pad, channels = kernel // 2, x.shape[3]
    height = min(padded.shape[1] - 2 * pad, x.shape[1] << doubled)
    width = min(padded.shape[2] - 2 * pad, x.shape[2] << doubled)
    aim, calls, layer = new_aim(kernel), new_calls(program), np.int64(0)
    h, r, apart = address(high), address(below), 4 * high.shape[1]
    begin, by_row, by_column = address(padded), padded.strides[1], padded.strides[2]
    aim[STRIDES, 0] = padded.strides[0]
    for first in range(0, len(x), ROWS):
        images = min(ROWS, len(x) - first)
        for i in range(images):
            for row in range(height):
                for column in range(width):
                    for c in range(channels):
                        value = x[first + i, row >> doubled, column >> doubled, c]
                        padded[i, pad + row, pad + column, c] = value
        for row in range(out.shape[1]):
            for column in range(out.shape[2]):
                place = begin + row * stride * by_row + column * stride * by_column
                for tap in range(kernel):
                    aim[0, tap] = place + tap * by_row
                point(calls, program, layer, aim)
                sums(calls, layer, 0, h, r, apart)
                for i in range(images):
                    for f in range(outputs):
                        value = max(np.int32(lowest), min(np.int32(OPERAND_MAX), high[i, f]))
                        out[first + i, row, column, f] = value
