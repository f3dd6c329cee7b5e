"""Maps of codes: of each image a small map of indexes into a codebook, which are certain.

q(z|x)     a point: the map that the encoder gives
p(z)       a causal network over the map, row by row, with a softmax over all indexes
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.sites import Sites
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.heads.categorical import Categorical
from acncodec.latents.certain import CertainLatents, CertainPrices
from acncodec.parts.code_prior.exact import ExactCodePrior
from acncodec.run.workers import Workers, chunks

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

AT_ONCE = 256
"""Maps that go through the network together; it decides no bit."""


@dataclass(frozen=True, eq=False)
class CodeMaps(CertainLatents):
    """Codes and latents are int64 (n, places), indexes into `codebook`, int16 (K, E), row by row
    of a map; network: what prices them."""

    network: ExactCodePrior
    codebook: NDArray[np.int16]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (self.network.places,)

    @property
    def map_size(self) -> tuple[int, int]:
        """(rows, columns) of a map."""
        return self.network.height, self.network.width

    def prior(self, count: int) -> CodeMapPrior:
        """p(z) of `count` images."""
        return CodeMapPrior(self.network, count)

    def nearest(self, codes: Ints) -> Ints:
        """The vectors that codes (n, places) take: they are indexes of them already."""
        return codes

    def points(self, codes: Ints) -> Ints:
        """The vectors of the codebook at all places, (n, places * E)."""
        found: Ints = self.codebook[codes].reshape(len(codes), -1).astype(np.int64)
        return found

    def prices(self) -> CodeMapPrices:
        """What latents cost."""
        return CodeMapPrices(self)


class CodeMapPrior:
    """p(z) of `count` maps: site after site, at each all maps, the first one on top.

    One thread computes it, on the CPU: maps are small.
    """

    def __init__(self, network: ExactCodePrior, count: int) -> None:
        self._network, self._count = network, count

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, places). Raises `CoderError` for an index that no code has."""
        if self._count:
            with Workers(1, AT_ONCE) as workers:
                self._sites(workers).push(stack, self._maps(symbol))

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, places)."""
        if not self._count:
            return np.zeros((0, self._network.places), np.int64)
        with Workers(1, AT_ONCE) as workers:
            maps = self._sites(workers).pop(stack)
        return maps.reshape(self._count, -1).astype(np.int64)

    def bits(self, symbol: Ints) -> float:
        """Information content of latents (n, places), bits."""
        return math.fsum(self.image_bits(symbol).tolist())

    def image_bits(self, symbol: Ints) -> Floats:
        """That of each image, bits (n,)."""
        if not self._count:
            return np.zeros(0)
        with Workers(1, AT_ONCE) as workers:
            return self._sites(workers).image_bits(self._maps(symbol))

    def _sites(self, workers: Workers) -> Sites:
        network = self._network.sized
        nothing = np.zeros((self._count, 0), np.int64)
        return Sites(network, Categorical(network.levels), nothing, workers)

    def _maps(self, symbol: Ints) -> NDArray[np.uint8]:
        if symbol.min() < 0 or symbol.max() >= self._network.sized.levels:
            raise CoderError("an index that no code of the codebook has")
        shape = self._count, 1, self._network.height, self._network.width
        return symbol.reshape(shape).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class CodeMapPrices(CertainPrices):
    """The prices of maps of codes: what the network's integers say."""

    space: CodeMaps

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return self.space.shape

    def unconditional(self, z: Ints) -> Floats:
        """-log2 p(z) of latents (n, places). Returns (n,)."""
        parts = [z[rows] for rows in chunks(len(z), 4 * AT_ONCE)]
        found = [self.space.prior(len(part)).image_bits(part) for part in parts]
        return np.concatenate([np.zeros(0), *found])

    def points(self, codes: Ints) -> Ints:
        """As those of the space."""
        return self.space.points(codes)
