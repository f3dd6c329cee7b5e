"""The renderer of a feed-forward decoder: its logits as 256 shades, in integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import FREQUENCY_BITS, LOGIT_REACH, tables
from acncodec.contracts.renderer import Ints
from acncodec.errors import ModelError
from acncodec.latents.told import check_labels, with_classes
from acncodec.parts.feedforward.exact import ExactFeedForward
from acncodec.run.workers import Workers

WHITE = 255


@dataclass(frozen=True, eq=False)
class ShadeRenderer:
    """x = 1 / (1 + exp(-logit)) for each pixel, in 256 shades. classes: how many the decoder is
    told beside the latent (`latents.told`), 0 for none."""

    decoder: ExactFeedForward
    classes: int = 0
    levels: int = WHITE + 1

    def images(self, z: Ints, labels: Ints | None, workers: Workers) -> NDArray[np.uint8]:
        """See `Renderer`: uint8 (n, 1, H, W)."""
        if self.classes:
            z = with_classes(z, check_labels(labels, self.classes, len(z)), self.classes)
        elif labels is not None:
            raise ModelError("the decoder is told no class")
        height, width = self.decoder.height, self.decoder.width

        def shades(rows: slice) -> NDArray[np.uint8]:
            logits = self.decoder.score(z[rows])
            ones = tables().logistic[logits + LOGIT_REACH].astype(np.int64)
            half = 1 << (FREQUENCY_BITS - 1)
            return ((ones * WHITE + half) >> FREQUENCY_BITS).astype(np.uint8)

        parts = workers.map(shades, workers.parts(len(z)))
        empty = np.zeros((0, height * width), np.uint8)
        return np.concatenate([empty, *parts]).reshape(len(z), 1, height, width)
