"""The any-size decoder on any device that torch knows: float64 products, all exact.

What goes in and comes out may be tensors on the device, for heads that work there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.engines.torch_layer import DeviceLayer
from acncodec.parts.causal_resnet.layers import ResNetLayers, columns_between
from acncodec.parts.planes import ONE, plane_operands
from acncodec.run.devices import check_device

Ints = NDArray[np.int64]
Pixels = NDArray[np.integer[Any]]


class DeviceDecoder:
    """The layers of a decoder on a device, tested there with the largest operands.

    Raises `ExactnessError` where the device is missing or its products are not exact.
    """

    def __init__(self, layers: ResNetLayers, name: str) -> None:
        check_device(name)
        self.layers, self.device = layers, torch.device(name)
        self.first = self._layer(layers.first)
        self.windows = [self._layer(block.window) for block in layers.blocks]
        self.widen = [self._layer(block.widen) for block in layers.blocks]
        self.narrow = [self._layer(block.narrow) for block in layers.blocks]
        self.groups = [(self._layer(group.affine), group.up) for group in layers.outputs]
        places = layers.places
        self.places = None if places is None else torch.from_numpy(places).to(self.device)

    def _layer(self, affine: Affine) -> DeviceLayer:
        return DeviceLayer(affine, affine.rounded_bias, self.device)


@lru_cache(maxsize=8)
def device_decoder(layers: ResNetLayers, name: str) -> DeviceDecoder:
    """`DeviceDecoder`, made once for each decoder and device."""
    return DeviceDecoder(layers, name)


def _operand(values: Tensor) -> Tensor:
    return values.clamp(-OPERAND_MAX, OPERAND_MAX)


class DevicePass:
    """n images side by side, as `float64.Float64Pass` has them: features are float64 tensors that
    hold integers, (n, rows, columns, F)."""

    def __init__(self, decoder: DeviceDecoder, width: int, levels: int, z: Ints) -> None:
        layers = decoder.layers
        self._decoder, self._layers, self._width = decoder, layers, width
        self._operands = torch.from_numpy(plane_operands(levels)).to(decoder.device).double()
        self._conditions = [
            None if given is None else torch.from_numpy(given).to(decoder.device)[:, None]
            for given in layers.conditions(z)
        ]
        reach, half = layers.first_reach, layers.columns // 2
        self._planes = self._zeros(len(z), reach + 1, width + 2 * reach, layers.planes)
        shape = len(z), 2, width + 2 * half, layers.width
        self._features = [self._zeros(*shape) for _ in layers.blocks]

    def _zeros(self, *shape: int) -> Tensor:
        return torch.zeros(shape, dtype=torch.float64, device=self._decoder.device)

    def begin_row(self, row: int) -> None:
        """Nothing: a row above is where it was written."""

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Columns start..stop-1 of `row` become known: values (n, C, stop - start)."""
        known = torch.from_numpy(np.ascontiguousarray(values, np.int64))
        self.put_tensor(row, start, stop, known.to(self._decoder.device))

    def put_tensor(self, row: int, start: int, stop: int, values: Tensor) -> None:
        """As `put`, with int64 on the device."""
        reach = self._layers.first_reach
        place = self._planes[: len(values), row % (reach + 1), reach + start : reach + stop]
        place[..., :-1] = self._operands[values].transpose(1, 2)
        place[..., -1] = ONE

    def outputs(self, row: int, start: int, stop: int, count: int | None = None) -> Ints:
        """What the network gives for columns start..stop-1 of `row`, int64 (stop - start, n, O); n
        is all images, or the first `count`, the others having no such columns.

        Everything to their left must be known, and spans must run from left to right.
        """
        found: Ints = self.outputs_tensor(row, start, stop, count).cpu().numpy()
        return found

    def outputs_tensor(self, row: int, start: int, stop: int, count: int | None = None) -> Tensor:
        """As `outputs`, on the device."""
        decoder, layers = self._decoder, self._layers
        reach, half = layers.first_reach, layers.columns // 2
        x = _operand(
            decoder.first(_window(self._planes[:count], row, reach, start, stop, strict=True))
        )
        if decoder.places is not None:
            x = _operand(x + decoder.places[row, start:stop])
        for index, kept in enumerate(self._features):
            kept[:count, row % 2, half + start : half + stop] = x.double()
            window = _window(kept[:count], row, half, start, stop, strict=False)
            t = _operand(decoder.windows[index](window))
            wide = decoder.widen[index](t.double())
            condition = self._conditions[index]
            if condition is not None:
                wide = wide + condition[:count]
            narrow = decoder.narrow[index]
            sums = (x << layers.ups[index]) + narrow.sums(wide.clamp(0, OPERAND_MAX).double())
            x = _operand(sums >> narrow.shift)
        last = x.clamp(min=0).double()
        groups = [layer(last) << up for layer, up in decoder.groups]
        return torch.cat(groups, -1).transpose(0, 1).contiguous()

    def trim(self, row: int, starts: Ints, stops: Ints) -> None:
        """Columns starts[i]..stops[i]-1 of `row` are none of image i, of the first n, (n,)."""
        reach, half = self._layers.first_reach, self._layers.columns // 2
        between = columns_between(starts, stops, self._width)
        outside = torch.from_numpy(between).to(self._decoder.device)
        self._planes[: len(starts), row % (reach + 1), reach : reach + self._width][outside] = 0
        for kept in self._features:
            kept[: len(starts), row % 2, half : half + self._width][outside] = 0

    def keep(self, rows: Ints) -> None:
        """Go on with some of the images alone, rows (m,) of them."""
        chosen = torch.from_numpy(rows).to(self._decoder.device)
        self._planes = self._planes[chosen]
        self._features = [kept[chosen] for kept in self._features]
        self._conditions = [None if one is None else one[chosen] for one in self._conditions]


def _window(
    kept: Tensor, row: int, reach: int, start: int, stop: int, *, strict: bool
) -> Tensor:  # fmt: skip
    """As in `float64`: (n, stop - start, taps * features)."""
    slots = kept.shape[1]
    taps = [(row + 1 + k, tap) for k in range(slots - 1) for tap in range(2 * reach + 1)]
    taps += [(row, tap) for tap in range(reach if strict else reach + 1)]
    return torch.cat([kept[:, r % slots, start + tap : stop + tap] for r, tap in taps], -1)
