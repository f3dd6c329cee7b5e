"""The any-size decoder by NumPy's products of float64: slow, short, and what others are held to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine, Floats
from acncodec.parts.causal_resnet.layers import ResNetLayers, columns_between
from acncodec.parts.planes import ONE, plane_operands

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]


def _sums(inputs: Floats, affine: Affine) -> Floats:
    """Exact sums with the bias and half a unit, float64 (..., out)."""
    total: Floats = inputs @ affine.matrix + affine.rounded_bias
    return total


def _shifted(sums: Floats, shift: int) -> Floats:
    """floor(sums / 2^shift)."""
    quotient: Floats = np.floor(sums * 0.5**shift)
    return quotient


def _operand(values: Floats) -> Floats:
    return values.clip(-OPERAND_MAX, OPERAND_MAX)


class Float64Pass:
    """n images side by side. Features are float64 (n, 2, columns, F), of the row at hand and of
    the one above, row r in slot r mod 2, with columns of zeros on either side; planes likewise."""

    def __init__(self, layers: ResNetLayers, width: int, levels: int, z: Ints) -> None:
        self._layers, self._width, self._operands = layers, width, plane_operands(levels)
        self._conditions = layers.conditions(z)
        reach, half = layers.first_reach, layers.columns // 2
        self._planes = np.zeros((len(z), reach + 1, width + 2 * reach, layers.planes))
        shape = len(z), 2, width + 2 * half, layers.width
        self._features = [np.zeros(shape) for _ in layers.blocks]

    def begin_row(self, row: int) -> None:
        """Nothing: a row above is where it was written."""

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Columns start..stop-1 of `row` become known: values (n, C, stop - start)."""
        reach = self._layers.first_reach
        place = self._planes[: len(values), row % (reach + 1), reach + start : reach + stop]
        place[..., :-1] = self._operands[values].transpose(0, 2, 1)
        place[..., -1] = ONE

    def outputs(self, row: int, start: int, stop: int, count: int | None = None) -> Ints:
        """What the network gives for columns start..stop-1 of `row`, int64 (stop - start, n, O); n
        is all images, or the first `count`, the others having no such columns.

        Everything to their left must be known, and spans must run from left to right.
        """
        layers, reach, half = self._layers, self._layers.first_reach, self._layers.columns // 2
        window = _window(self._planes[:count], row, reach, start, stop, strict=True)
        x = _operand(_shifted(_sums(window, layers.first), layers.first.shift))
        if layers.places is not None:
            x = _operand(x + layers.places[row, start:stop])
        for block, kept, condition, up in zip(
            layers.blocks, self._features, self._conditions, layers.ups, strict=True
        ):
            kept[:count, row % 2, half + start : half + stop] = x
            t = block.window.apply(_window(kept[:count], row, half, start, stop, strict=False))
            wide = _shifted(_sums(t, block.widen), block.widen.shift)
            if condition is not None:
                wide += condition[:count, None]
            sums = x * 2.0**up + _sums(_operand(np.maximum(wide, 0)), block.narrow)
            x = _operand(_shifted(sums, block.narrow.shift))
        x = np.maximum(x, 0)
        groups = [
            _shifted(_sums(x, group.affine), group.affine.shift) * 2.0**group.up
            for group in layers.outputs
        ]
        return np.concatenate(groups, -1).transpose(1, 0, 2).astype(np.int64)

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Columns starts[i]..stops[i]-1 of `row` are none of image i, of the first n, (n,)."""
        reach, half = self._layers.first_reach, self._layers.columns // 2
        outside = columns_between(starts, stops, self._width)
        self._planes[: len(starts), row % (reach + 1), reach : reach + self._width][outside] = 0
        for kept in self._features:
            kept[: len(starts), row % 2, half : half + self._width][outside] = 0

    def keep(self, rows: Ints) -> None:
        """Go on with some of the images alone, rows (m,) of them."""
        self._planes = self._planes[rows]
        self._features = [kept[rows] for kept in self._features]
        self._conditions = [None if one is None else one[rows] for one in self._conditions]


def _window(
    kept: Floats, row: int, reach: int, start: int, stop: int, *, strict: bool
) -> Floats:  # fmt: skip
    """What the window sees at each column: (n, stop - start, taps * features), in raster order.

    kept: (n, slots, columns, features), which has `row` and as many above it as there are slots.
    """
    slots = kept.shape[1]
    taps = [(row + 1 + k, tap) for k in range(slots - 1) for tap in range(2 * reach + 1)]
    taps += [(row, tap) for tap in range(reach if strict else reach + 1)]
    return np.concatenate([kept[:, r % slots, start + tap : stop + tap] for r, tap in taps], -1)
