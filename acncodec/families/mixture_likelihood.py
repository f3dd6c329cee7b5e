"""The likelihood of images of any size and levels: decoder and mixture behind the contract."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.listed import Listed
from acncodec.coding.ragged import RaggedSites
from acncodec.coding.ragged_teams import Kind
from acncodec.coding.sites import Sites
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.pixel_network import PixelNetwork, RaggedNetwork
from acncodec.errors import ModelError
from acncodec.families.binary_likelihood import check_among
from acncodec.heads.logistic_mixture import SCALES, ExactLogisticMixture
from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.loops.join import join
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Pixels = NDArray[Any]


class LevelNetwork(PixelNetwork, Protocol):
    """A network for images of one size and some number of levels."""

    @property
    def levels(self) -> int:
        """L."""
        ...

    def score(self, z: Ints, pixels: Pixels, /) -> Ints:
        """Outputs for known pixels (n, C, H, W): int64 (H, W, n, O)."""
        ...


class LevelDecoder(Protocol):
    """A decoder of images of any number of levels, and of any size or of one."""

    def sized(self, height: int, width: int, levels: int, /) -> LevelNetwork:
        """The network for images of one size and number of levels."""
        ...

    def ragged(self, levels: int, /) -> RaggedNetwork:
        """The network for images of all sizes that there are side by side, of one number of
        levels."""
        ...


@dataclass(frozen=True, eq=False)
class MixtureLikelihood:
    """r(x|z) of images of any number of levels by a decoder and the logistic mixture."""

    accepts: ImageKind
    decoder: LevelDecoder
    head: LogisticMixture

    def of(self, images: ImageKind) -> MixtureLikelihood:
        """That of images of one size and number of levels. Raises `ModelError` for others."""
        check_among(images, self.accepts)
        return replace(self, accepts=images)

    def codec(self, z: Ints, workers: Workers) -> Sites:
        """The codec of n images with latents z, int64 (n, D). Raises `ModelError` before `of`."""
        network = self._sized()
        head = ExactLogisticMixture(self.head, network.levels)
        return Sites(network, head, z, workers, join)

    def real_bits(self, z: Ints, pixels: Pixels, workers: Workers) -> float:
        """Bits of images (n, C, H, W) by the float mixtures of the network's integers."""
        import torch

        from acncodec.heads.logistic_mixture_loss import nats

        network = self._sized()
        scales = torch.tensor(np.repeat(np.exp2(-np.array(SCALES, float)), self.head.sizes))
        order = list(ExactLogisticMixture(self.head, network.levels).channel_order)

        def price(rows: slice) -> float:
            outputs = torch.from_numpy(network.score(z[rows], pixels[rows])) * scales
            values = torch.from_numpy(pixels[rows][:, order].astype(np.int32))
            costs = nats(self.head, outputs.permute(2, 3, 0, 1), values, network.levels)
            return float(costs.sum()) / math.log(2.0)

        return math.fsum(workers.map(price, workers.parts(len(pixels))))

    def _sized(self) -> LevelNetwork:
        size, levels = self.accepts.size, self.accepts.levels
        if size is None or levels is None:
            raise ModelError("a codec is of images of one size and one number of levels")
        return self.decoder.sized(*size, levels)

    def several(
        self, images: Sequence[ImageKind], z: Ints, workers: Workers
    ) -> Listed | RaggedSites:
        """The codec of n images, each of its own kind. Raises `ModelError` for others."""
        for one in set(images):
            check_among(one, self.accepts)
        if len(set(images)) == 1:
            return Listed(self.of(images[0]).codec(z, workers))
        sizes = [one.size or (0, 0) for one in images]
        levels = [one.levels or 0 for one in images]
        return RaggedSites(sizes, levels, self._kind, z, workers, join)

    def _kind(self, levels: int) -> Kind:
        return Kind(self.decoder.ragged(levels), ExactLogisticMixture(self.head, levels))
