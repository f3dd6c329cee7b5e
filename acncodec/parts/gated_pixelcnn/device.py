"""The decoder on any device that torch knows: float64 products, gates by look-up, all exact.

Sums are integers below 2^53, which float64 holds whatever the order of summation; what follows a
product is done on int64. So the outputs are those of every other engine, bit for bit.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.arithmetic.tables import GATE_BITS, TANH_REACH, VALUE_BITS, tables
from acncodec.engines.torch_layer import DeviceLayer
from acncodec.parts.gated_pixelcnn.layers import PixelLayers, Pixels, gate_bias, planes_of
from acncodec.run.devices import check_device

Ints = NDArray[np.int64]


class DeviceDecoder:
    """The layers of a decoder on a device, tested there with the largest operands.

    Raises `ExactnessError` where the device is missing or its products are not exact.
    """

    def __init__(self, layers: PixelLayers, name: str) -> None:
        check_device(name)
        self.layers, self.device = layers, torch.device(name)
        self.vertical_in = self._layer(layers.vertical_in)
        self.horizontal_in = self._layer(layers.horizontal_in)
        self.head = self._layer(layers.head)
        self.groups = [(self._layer(group.affine), group.up) for group in layers.outputs]
        self.vertical = [self._layer(block.vertical, True) for block in layers.blocks]
        self.horizontal = [self._layer(block.horizontal, True) for block in layers.blocks]
        self.residual = [self._layer(block.residual) for block in layers.blocks]
        self._tanh = torch.from_numpy(tables().tanh.astype(np.int64)).to(self.device)

    def _layer(self, affine: Affine, gated: bool = False) -> DeviceLayer:
        bias = gate_bias(affine) if gated else affine.rounded_bias
        return DeviceLayer(affine, bias, self.device)

    def gate(self, values: torch.Tensor) -> torch.Tensor:
        """tanh(a) sigmoid(b) at 2^29 of (..., 2F), a and then b; see `float64_kernels`."""
        a, b = values.tensor_split(2, -1)
        left = self._tanh[a.clamp(-TANH_REACH, TANH_REACH) + TANH_REACH]
        right = self._tanh[(b >> 1).clamp(-TANH_REACH, TANH_REACH) + TANH_REACH]
        return left * ((1 << VALUE_BITS) + right)


@lru_cache(maxsize=8)
def device_decoder(layers: PixelLayers, name: str) -> DeviceDecoder:
    """`DeviceDecoder`, made once for each decoder and device."""
    return DeviceDecoder(layers, name)


def _operand(values: torch.Tensor) -> torch.Tensor:
    return values.clamp(-OPERAND_MAX, OPERAND_MAX)


class DevicePass:
    """The state of decoding n images side by side, as `float64.Float64Pass` has it.

    Feature maps are float64 tensors that hold integers, (n, columns, F) of one row each.
    """

    def __init__(
        self, decoder: DeviceDecoder, condition: NDArray[np.int16],
        operands: NDArray[np.int16] | None = None,
    ) -> None:  # fmt: skip
        layers, self._operands = decoder.layers, operands
        self._decoder, self._count = decoder, len(condition)
        rows, columns = layers.kernel
        above, aside = layers.input_kernel
        filters, blocks = len(layers.vertical_in.weight), len(layers.blocks)
        self._condition = torch.from_numpy(condition).to(decoder.device).double()
        self._side = max(aside // 2, layers.input_horizontal_kernel)
        seen = layers.height + above, layers.width + 2 * self._side, layers.planes
        self._planes = self._zeros(*seen)
        beside = layers.width + 2 * (columns // 2)
        self._vertical = [self._zeros(rows, beside, filters) for _ in range(blocks)]
        ahead = layers.width + layers.horizontal_kernel - 1
        self._horizontal = [self._zeros(ahead, filters) for _ in range(blocks)]
        self._above: list[torch.Tensor] = []

    def _zeros(self, *shape: int) -> torch.Tensor:
        return torch.zeros((self._count, *shape), dtype=torch.float64, device=self._decoder.device)

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        decoder, layers = self._decoder, self._decoder.layers
        rows, columns = layers.kernel
        above, aside = layers.input_kernel
        width, half, first = layers.width, columns // 2, self._side - aside // 2
        seen = self._planes[:, row : row + above, first : first + width + aside - 1]
        # (n, rows, W, P, columns) to the layer's order (row, column, P).
        windows = seen.unfold(2, aside, 1).permute(0, 2, 1, 4, 3).flatten(2)
        v = _operand(decoder.vertical_in(windows))
        order = [(row + 1 + k) % rows for k in range(rows)]
        scales, self._above = layers.vertical_scales, []
        for index, maps in enumerate(self._vertical):
            maps[:, row % rows, half : half + width] = v.double()
            # (n, rows, W, F, columns) to the layer's order (column, row, F).
            taps = maps[:, order].unfold(2, columns, 1).permute(0, 2, 4, 1, 3).flatten(2)
            joined = torch.cat([taps, self._condition[:, row]], 2)
            gates = decoder.gate(decoder.vertical[index](joined))
            down, up = GATE_BITS - scales[index + 1], GATE_BITS - scales[index]
            v = _operand(((v << up) + gates + (1 << (down - 1))) >> down)
            self._above.append(v.double())

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, C, stop - start) of columns start..stop-1 of `row` known."""
        place = slice(self._side + start, self._side + stop)
        seen = np.ascontiguousarray(planes_of(values, self._operands), np.int16)
        known = torch.from_numpy(seen).to(self._decoder.device)
        self._planes[:, row + self._decoder.layers.input_kernel[0], place] = known.double()

    def outputs(self, row: int, start: int, stop: int) -> Ints:
        """Outputs of columns start..stop-1 of `row`, int64 (stop - start, n, O).

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder, layers = self._decoder, self._decoder.layers
        taps, left = layers.input_horizontal_kernel, layers.horizontal_kernel
        here = self._side + start - taps
        line = self._planes[:, row + layers.input_kernel[0], here : self._side + stop - 1]
        windows = line.unfold(1, taps, 1).transpose(2, 3).flatten(2)
        h = _operand(decoder.horizontal_in(windows))
        columns = slice(start, stop)
        scales = layers.horizontal_scales
        for index, maps in enumerate(self._horizontal):
            maps[:, start + left - 1 : stop + left - 1] = h.double()
            window = maps[:, start : stop + left - 1].unfold(1, left, 1).transpose(2, 3).flatten(2)
            beside = self._condition[:, row, columns], self._above[index][:, columns]
            gates = decoder.gate(decoder.horizontal[index](torch.cat([window, *beside], 2)))
            down = GATE_BITS - VALUE_BITS
            gated = _operand((gates + (1 << (down - 1))) >> down)
            layer = decoder.residual[index]
            up = layer.shift + scales[index + 1] - scales[index]
            h = _operand(((h << up) + layer.sums(gated.double())) >> layer.shift)
        wide = _operand(decoder.head(h.clamp(min=0).double())).clamp(min=0).double()
        limit = layers.limit
        groups = [layer(wide).clamp(-limit, limit) << up for layer, up in decoder.groups]
        found = torch.cat(groups, -1).transpose(0, 1)
        return np.ascontiguousarray(found.cpu().numpy())
