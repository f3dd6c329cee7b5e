"""The exact decoder: frequencies of pixels, a row at a time or a pixel at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.exact.conditioner import ExactConditioner
from acncodec.exact.conv import Pixels
from acncodec.exact.fixed import Affine, Floats
from acncodec.exact.pixel_kernels import horizontal_span, vertical_row
from acncodec.exact.tables import LOGIT_REACH, tables

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactBlock:
    """One gated block. Input orders: vertical (column, row, F), then S; horizontal
    (column, F), then S, then the vertical stack's F; residual F."""

    vertical: Affine
    horizontal: Affine
    residual: Affine


@dataclass(frozen=True, eq=False)
class ExactDecoder:
    """All integers of r(x|z). `vertical_scales` and `horizontal_scales` have L + 1 entries.

    Without a conditioner nothing depends on z, which has no dimensions then.
    """

    conditioner: ExactConditioner | None
    vertical_in: Affine
    horizontal_in: Affine
    blocks: tuple[ExactBlock, ...]
    vertical_scales: tuple[int, ...]
    horizontal_scales: tuple[int, ...]
    head: Affine
    logit: Affine
    height: int
    width: int
    kernel: tuple[int, int]
    horizontal_kernel: int
    input_kernel: tuple[int, int]
    input_horizontal_kernel: int

    @property
    def span(self) -> int:
        """Columns of a row whose pixels can be decoded together: a pixel needs the one before."""
        return 1

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied."""
        engine = self.engine
        layers = [self.vertical_in, self.horizontal_in, self.head, self.logit]
        if self.conditioner is not None:
            layers += self.conditioner.layers
        stacked = (part for rotated in engine.vertical for part in rotated)
        blocks = (*engine.context, *engine.horizontal, *engine.residual)
        return (*(layer.matrix for layer in layers), *stacked, *blocks)

    @property
    def macs(self) -> int:
        """Multiply-adds to decode one image."""
        layers = [self.vertical_in, self.horizontal_in, self.head, self.logit]
        for block in self.blocks:
            layers += [block.vertical, block.horizontal, block.residual]
        total = self.height * self.width * sum(layer.weight.size for layer in layers)
        return total + (0 if self.conditioner is None else self.conditioner.macs)

    def condition(self, z: Ints) -> NDArray[np.int16]:
        """The feature maps of latents z (n, D): operands int16 (n, H, W, S)."""
        if self.conditioner is None:
            return np.zeros((len(z), self.height, self.width, 0), np.int16)
        return self.conditioner.features(z)

    @cached_property
    def engine(self) -> Engine:
        """The weights in the layouts that the compiled loops take."""
        return Engine.of(self)

    def start(self, z: Ints) -> Pass:
        """Begin decoding or scoring the images whose latents (grid steps) are z (n, D)."""
        return Pass(self, z)

    def score(self, z: Ints, pixels: Pixels) -> Ints:
        """Logits of known pixels, computed row by row. Returns int64 (n, H * W)."""
        run = self.start(z)
        out = np.empty((self.height, self.width, len(z)), np.int64)
        for row in range(self.height):
            run.begin_row(row)
            run.put(row, 0, self.width, pixels[:, 0, row])
            out[row] = run.logits(row, 0, self.width).reshape(self.width, -1)
        return np.ascontiguousarray(out.transpose(2, 0, 1).reshape(len(z), -1))


@dataclass(frozen=True, eq=False)
class Engine:
    """Stacked float64 matrices and integer biases of the blocks."""

    vertical: Floats
    vertical_bias: Ints
    vertical_shift: Ints
    vertical_scales: Ints
    context: Floats
    horizontal: Floats
    horizontal_bias: Ints
    horizontal_shift: Ints
    residual: Floats
    residual_bias: Ints
    residual_shift: Ints
    residual_up: Ints
    filters: int
    condition: int

    @classmethod
    def of(cls, decoder: ExactDecoder) -> Engine:
        """Arrange the weights of `decoder`."""
        filters = len(decoder.vertical_in.weight)
        rows, columns = decoder.kernel
        window = rows * columns * filters
        span = decoder.horizontal_kernel * filters
        blocks = decoder.blocks
        rotated = []
        for block in blocks:
            matrix = block.vertical.matrix
            taps = matrix[:window].reshape(columns, rows, filters, 2 * filters)
            for slot in range(rows):
                # Tap row k reads image row r - rows + 1 + k, which sits in this slot.
                order = [(slot - rows + 1 + k) % rows for k in range(rows)]
                turned = np.empty_like(taps)
                turned[:, order] = taps
                rotated.append(np.concatenate([turned.reshape(window, -1), matrix[window:]]))
        joint = [block.horizontal.matrix for block in blocks]
        # The residual product meets h at the accumulator's scale.
        lands = [
            block.residual.shift + scale
            for block, scale in zip(blocks, decoder.horizontal_scales[1:], strict=True)
        ]
        ups = [a - s for a, s in zip(lands, decoder.horizontal_scales[:-1], strict=True)]
        return cls(
            np.stack(rotated).reshape(len(blocks), rows, -1, 2 * filters),
            np.stack([_gate_bias(block.vertical) for block in blocks]),
            np.array([block.vertical.shift for block in blocks]),
            np.array(decoder.vertical_scales),
            np.stack([matrix[span:] for matrix in joint]),
            np.stack([matrix[:span] for matrix in joint]),
            np.stack([_gate_bias(block.horizontal) for block in blocks]),
            np.array([block.horizontal.shift for block in blocks]),
            np.stack([block.residual.matrix for block in blocks]),
            np.stack([block.residual.rounded_bias for block in blocks]),
            np.array([block.residual.shift for block in blocks]),
            np.array(ups),
            filters,
            len(matrix) - window,
        )


def _gate_bias(affine: Affine) -> Ints:
    """Biases with rounding added: the second half of the outputs is shifted by one more."""
    bias = affine.bias.copy()
    half = len(bias) // 2
    bias[:half] += (1 << affine.shift) >> 1
    bias[half:] += 1 << affine.shift
    return bias


class Pass:
    """The state of decoding n images side by side: pixels so far, feature windows, context."""

    def __init__(self, decoder: ExactDecoder, z: Ints) -> None:
        self._decoder, self._engine = decoder, decoder.engine
        engine = self._engine
        rows, columns = decoder.kernel
        height, width, count = decoder.height, decoder.width, len(z)
        blocks, filters, lead = len(decoder.blocks), engine.filters, engine.condition
        self._count = count
        self._condition = np.ascontiguousarray(decoder.condition(z).transpose(1, 2, 0, 3)).reshape(
            height, width * count, lead
        )
        above, aside = decoder.input_kernel
        self._side = max(aside // 2, decoder.input_horizontal_kernel)
        self._pixels = np.zeros((height + above, width + 2 * self._side, count))
        self._vertical = np.zeros((blocks, width, count, columns * rows * filters + lead))
        self._horizontal = np.zeros((blocks, width, count, decoder.horizontal_kernel * filters))
        self._context = np.empty((blocks, width * count, 2 * filters))
        self._mixed = np.empty((width * count, lead + filters))
        self._sums = np.empty((width * count, 2 * filters))

    def _window(self, rows: slice, first: int, taps: int, columns: range) -> Floats:
        """Pixels (len(columns) n, rows * taps): for each column, `taps` from column + first."""
        source = self._pixels[rows]
        picked = [
            source[row, self._side + first + tap + columns.start :][: len(columns)]
            for row in range(len(source))
            for tap in range(taps)
        ]
        stacked = np.stack(picked, -1)
        return stacked.reshape(len(columns) * self._count, len(picked))

    def begin_row(self, row: int) -> None:
        """Compute the vertical stack for `row` once all rows above are known."""
        decoder, engine = self._decoder, self._engine
        rows, columns = decoder.kernel
        above, aside = decoder.input_kernel
        seen = self._window(slice(row, row + above), -(aside // 2), aside, range(decoder.width))
        vertical_row(
            row % rows, seen, self._condition[row].astype(np.float64),
            decoder.vertical_in.matrix, decoder.vertical_in.rounded_bias,
            decoder.vertical_in.shift, engine.vertical, engine.vertical_bias,
            engine.vertical_shift, engine.vertical_scales, engine.context, rows, columns,
            tables().tanh, self._vertical, self._mixed, self._sums, self._context,
        )  # fmt: skip

    def put(self, row: int, start: int, stop: int, values: Pixels) -> None:
        """Make pixels (n, stop - start) of columns start..stop-1 of `row` known."""
        above = self._decoder.input_kernel[0]
        place = slice(self._side + start, self._side + stop)
        self._pixels[row + above, place] = values.T

    def logits(self, row: int, start: int, stop: int) -> Ints:
        """Logits at 2^10 of columns start..stop-1 of `row`, int64 ((stop - start) * n,).

        Everything to their left must be known, and spans must run from left to right.
        """
        decoder, engine = self._decoder, self._engine
        taps = decoder.input_horizontal_kernel
        above = decoder.input_kernel[0]
        seen = self._window(slice(row + above, row + above + 1), -taps, taps, range(start, stop))
        out = np.empty((stop - start) * self._count, np.int64)
        horizontal_span(
            start, stop, seen, decoder.horizontal_in.matrix, decoder.horizontal_in.rounded_bias,
            decoder.horizontal_in.shift, engine.horizontal, engine.horizontal_bias,
            engine.horizontal_shift, engine.residual,
            engine.residual_bias, engine.residual_shift, engine.residual_up,
            decoder.head.matrix, decoder.head.rounded_bias, decoder.head.shift,
            decoder.logit.matrix, decoder.logit.rounded_bias, decoder.logit.shift,
            decoder.horizontal_kernel, tables().tanh, self._context, self._horizontal, out,
        )  # fmt: skip
        return out


def one_frequencies(logits: Ints) -> Floats:
    """Frequencies less one of the pixel values 0 and 1 for each logit, float64 (n, 2)."""
    one = tables().logistic[logits + LOGIT_REACH].astype(np.float64) - 1.0
    return np.stack([(1 << 24) - 2 - one, one], -1)
