"""The codec for pixels: scored side by side when they are known, one by one when not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.coding.turns import Turns
from acncodec.contracts.message import Message
from acncodec.engines.conv import Pixels
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.parts.gated_pixelcnn.exact import one_frequencies
from acncodec.run.workers import Workers
from acncodec.stack.ans import information

Ints = NDArray[np.int64]


def _by_column(logits: Ints, columns: int) -> Floats:
    """Frequencies less one for the logits of each column, float64 (columns, n, 2)."""
    return one_frequencies(logits).reshape(columns, -1, 2)


class PixelCodec:
    """r(x|z) for n images whose latents are z, int64 (n, D). Symbols are uint8 (n, 1, H, W).

    Pixels lie on the stack position by position, all images of the batch at each.
    """

    def __init__(self, decoder: PixelDecoder, z: Ints, workers: Workers) -> None:
        self._decoder, self._z, self._workers = decoder, z, workers

    def _logits(self, pixels: Pixels) -> Ints:
        parts, device = self._workers.parts(len(pixels)), self._workers.device
        scored = self._workers.map(
            lambda rows: self._decoder.score(self._z[rows], pixels[rows], device), parts
        )
        return np.concatenate(scored)

    def push(self, stack: Message, symbol: Pixels) -> None:
        """Push images, uint8 (n, 1, H, W)."""
        weights = one_frequencies(np.ascontiguousarray(self._logits(symbol).T).ravel())
        flat = symbol.reshape(len(symbol), -1).T.ravel()
        stack.push(flat.astype(np.int64), weights)

    def pop(self, stack: Message) -> Pixels:
        """Pop images, uint8 (n, 1, H, W).

        The images are divided among the threads, and the stack goes from one part to the next
        at each position: while one is popped, the others compute.
        """
        decoder, workers = self._decoder, self._workers
        pixels = np.zeros((len(self._z), 1, decoder.height, decoder.width), np.uint8)
        parts = workers.parts(len(self._z))
        turns = Turns(len(parts))
        teams = [range(first, len(parts), workers.threads) for first in range(workers.threads)]

        def decode(team: range) -> None:
            with turns.ending():
                runs = [decoder.start(self._z[parts[part]], workers.device) for part in team]
                for row in range(decoder.height):
                    for run in runs:
                        run.begin_row(row)
                    for start in range(0, decoder.width, decoder.span):
                        stop = start + decoder.span
                        asked = [
                            _by_column(run.logits(row, start, stop), stop - start) for run in runs
                        ]
                        for column in range(start, stop):
                            for part, weights in zip(team, asked, strict=True):
                                with turns.of(part):
                                    values = stack.pop(weights[column - start])
                                pixels[parts[part], 0, row, column] = values
                        for part, run in zip(team, runs, strict=True):
                            run.put(row, start, stop, pixels[parts[part], 0, row, start:stop])

        with turns.ending():  # also of an interruption, which the main thread alone has
            workers.map(decode, [team for team in teams if team])
        return pixels

    def bits(self, symbol: Pixels) -> float:
        """Information content of images (n, 1, H, W), bits."""
        weights = one_frequencies(self._logits(symbol).ravel())
        return information(symbol.reshape(-1).astype(np.int64), weights)
