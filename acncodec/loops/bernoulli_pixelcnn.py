"""The gated PixelCNN and the Bernoulli head as one loop over the pixels of a stretch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import tables
from acncodec.contracts.distribution import CoderState
from acncodec.contracts.pixel_loop import Rota, Stretch
from acncodec.heads.bernoulli import ones_of_logits, pop
from acncodec.loops.stretch_loop import (
    CHANNEL,
    COLUMN,
    ENDED,
    TURN,
    UNPRICED,
    WAITING,
    StretchLoop,
)
from acncodec.loops.turns import comes, over
from acncodec.parts.gated_pixelcnn.int16 import Int16Pass
from acncodec.parts.gated_pixelcnn.int16_kernels import horizontal_span
from acncodec.run.compiled import compiled


@compiled()
def _pop_stretch(
    registers: Any, words: Any, tally: Any, counter: Any, loops: int, tries: int, again: int,
    program: Any, shape: Any, state: Any, downs: Any, table: Any, groups: Any, limit: int,
    side: int, logistic: Any, outputs: Any, logits: Any, ones: Any, popped: Any, at: Any,
    row: int, stop: int, pixels: Any,
) -> int:  # fmt: skip
    """Pop pixels of all images (n, 1, H, W), from where `at` says; how that ends (`stretch_loop`).

    Arguments in the order of `CoderState`, `Rota`, `horizontal_span`; then side, columns of zeros
    that planes have beside the image; the table of `ones_of_logits`; and scratch: outputs (1, n,
    1), logits, ones, popped (n,).
    """
    seen = state.planes[row + shape.above]
    while at[COLUMN] < stop:
        column = at[COLUMN]
        if at[CHANNEL] < 0:
            horizontal_span(
                program, shape, state, row, column, column + 1, downs, table, groups, limit, outputs
            )
            for image in range(len(logits)):
                logits[image] = outputs[0, image, 0]
            if not ones_of_logits(logits, logistic, ones):
                return UNPRICED
            at[CHANNEL] = 0
        if not comes(counter, at[TURN], tries):
            return WAITING
        pop(registers, words, tally, ones, popped)
        over(counter, at[TURN])
        tries = again
        at[TURN] += loops
        for image in range(len(popped)):
            pixels[image, 0, row, column] = popped[image]
            seen[image, side + column, 0] = popped[image]
        at[COLUMN], at[CHANNEL] = column + 1, -1
    return ENDED


class BernoulliPixelCNNLoop(StretchLoop):
    """A pass on 15-bit operands that sees pixels as they are, and the head of two levels, for
    images of one size that go to pixels (n, 1, H, W)."""

    def __init__(self, run: Int16Pass, pixels: NDArray[np.uint8]) -> None:
        super().__init__()
        self._network, self._pixels = (*run.loop_key, run.side, tables().logistic), pixels

    def _begin(self, stretch: Stretch) -> None:
        count = stretch.computed
        self._scratch = (
            np.empty((1, count, 1), np.int64),
            np.empty(count, np.int64),
            np.empty(count, np.int32),
            np.empty(count, np.int64),
        )

    def _go_on(self, state: CoderState, rota: Rota, stretch: Stretch) -> int:
        how: int = _pop_stretch(
            *state, rota.counter, rota.loops, rota.tries, rota.again, *self._network,
            *self._scratch, self._at,
            stretch.row, stretch.stop, self._pixels,
        )  # fmt: skip
        return how
