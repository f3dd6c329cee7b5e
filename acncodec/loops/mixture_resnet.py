"""The any-size decoder and the logistic mixture as one loop over the pixels of a stretch."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.coding.around import gather, offsets_of
from acncodec.contracts.distribution import CoderState
from acncodec.contracts.pixel_loop import Rota, Stretch
from acncodec.heads.logistic_mixture import ExactLogisticMixture, Pixels
from acncodec.heads.logistic_mixture_kernels import Counted, mixtures, pop
from acncodec.loops.stretch_loop import CHANNEL, COLUMN, ENDED, TURN, WAITING, StretchLoop
from acncodec.loops.turns import comes, over
from acncodec.parts.causal_resnet.int16 import Int16Pass
from acncodec.parts.causal_resnet.int16_kernels import operand_of, span_outputs
from acncodec.parts.planes import ONE
from acncodec.run.compiled import compiled


@compiled()
def _pop_stretch(
    registers: Any, words: Any, tally: Any, counter: Any, loops: int, tries: int, again: int,
    program: Any, shape: Any, state: Any, shifts: Any, groups: Any, operands: Any,
    levels: int, components: Counted, spikes: Counted, sources: Any, scaled: Any, inverses: Any,
    steps: Any, logistic: Any, exp: Any, order: Any, offsets: Any,
    outputs: Any, given: Any, near: Any, values: Any, rows: Any, popped: Any, at: Any,
    row: int, stop: int, images: Any, places: Any, pixels: Any,
) -> int:  # fmt: skip
    """Pop pixels of m of the images (n, C, H, W), from where `at` says; how that ends
    (`stretch_loop`).

    Arguments in the order of `CoderState`, `Rota`, `span_outputs`, `mixtures`; scratch: outputs
    (1, count, P), given (m, P), near (1, m, A, C), values (m, C), rows (C, m, 3 K + 2 S), popped
    (m,); and those of a `Stretch`.
    """
    channels, there = len(order), len(images)
    planes = state.planes[row % len(state.planes)]
    while at[COLUMN] < stop:
        column = at[COLUMN]
        if at[CHANNEL] < 0 and there:
            span_outputs(
                program, shape, state, row, column, column + 1, shifts, groups, outputs
            )  # fmt: skip
            for i in range(there):
                place = places[i]
                for k in range(given.shape[1]):
                    given[i, k] = outputs[0, place, k]
            gather(pixels, images, offsets, row, column, near)
        for channel in range(max(at[CHANNEL], 0), channels):
            if at[CHANNEL] < channel:
                if there:
                    mixtures(
                        given, near[0], values, channel, order[channel], rows[channel - 1],
                        levels, components, spikes, sources, scaled, inverses, steps, logistic,
                        exp, rows[channel],
                    )  # fmt: skip
                at[CHANNEL] = channel
            if not comes(counter, at[TURN], tries):
                return WAITING
            if there:
                pop(
                    registers, words, tally, rows[channel], levels, components, spikes, logistic,
                    popped,
                )  # fmt: skip
            over(counter, at[TURN])
            tries = again
            at[TURN] += loops
            for i in range(there):
                values[i, channel] = popped[i]
                pixels[images[i], order[channel], row, column] = popped[i]
        for i in range(there):
            for channel in range(channels):
                seen = operand_of(pixels[images[i], channel, row, column], operands)
                planes[places[i], shape.reach + column, channel] = seen
            planes[places[i], shape.reach + column, channels] = ONE
        at[COLUMN], at[CHANNEL] = column + 1, -1
    return ENDED


class MixtureResNetLoop(StretchLoop):
    """A pass on 15-bit operands and the mixture, for images that go to pixels (n, C, H, W)."""

    def __init__(self, run: Int16Pass, head: ExactLogisticMixture, pixels: Pixels) -> None:
        super().__init__()
        self._run, self._head, self._pixels = run, head, pixels
        self._order = np.array(head.channel_order, np.int64)
        self._offsets = offsets_of(head.neighbours)

    def _begin(self, stretch: Stretch) -> None:
        head, there = self._head, len(stretch.images)
        channels = len(self._order)
        self._scratch = (
            np.empty((1, stretch.computed, head.outputs), np.int64),
            np.empty((there, head.outputs), np.int64),
            np.empty((1, there, len(self._offsets), channels), np.int64),
            np.empty((there, channels), np.int64),
            np.empty((channels, there, head.row_size), np.int64),
            np.empty(there, np.int64),
        )

    def _go_on(self, state: CoderState, rota: Rota, stretch: Stretch) -> int:
        how: int = _pop_stretch(
            *state, rota.counter, rota.loops, rota.tries, rota.again, *self._run.loop_key,
            *self._head.loop_key, self._order, self._offsets, *self._scratch, self._at,
            stretch.row, stretch.stop, stretch.images, stretch.places, self._pixels,
        )  # fmt: skip
        if how == ENDED:
            self._run.hide(stretch.row, stretch.start, stretch.stop, stretch.computed)
        return how
