"""The codec for pixels of two levels: the sites of a decoder with the Bernoulli head."""

from __future__ import annotations

from acncodec.coding.sites import Sites
from acncodec.contracts.distribution import Ints
from acncodec.heads.bernoulli import Bernoulli
from acncodec.loops.join import join
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.run.workers import Workers


class PixelCodec(Sites):
    """r(x|z) for n images whose latents are z, int64 (n, D). Symbols are uint8 (n, 1, H, W)."""

    def __init__(self, decoder: PixelDecoder, z: Ints, workers: Workers) -> None:
        super().__init__(decoder, Bernoulli(), z, workers, join)
