"""The exact prior network: a neighbour's code to a distribution of each latent dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine, Floats
from acncodec.arithmetic.gaussians import WEIGHT_BITS, soft_maximum
from acncodec.arithmetic.grid_bins import GridBins, Mixtures
from acncodec.arithmetic.tables import LOGIT_REACH, RAW_SCALE_REACH, TANH_REACH, tables


@dataclass(frozen=True, eq=False)
class ExactPrior:
    """Layers as in `net`, with the output split into its three kinds.

    Codes enter times 2^code_lift, so that their segment's weights keep their precision.
    `mean_reach` bounds the means, in 2^-8 grid steps; `reach` is the latent's range.
    """

    hidden: tuple[Affine, ...]
    logits: Affine
    means: Affine
    scales: Affine
    components: int
    reach: int
    mean_reach: int
    code_lift: int

    @property
    def matrices(self) -> tuple[Floats, ...]:
        """Every matrix that is multiplied."""
        return tuple(layer.matrix for layer in self._layers)

    @property
    def macs(self) -> int:
        """Multiply-adds of one code."""
        return sum(layer.weight.size for layer in self._layers)

    @property
    def _layers(self) -> tuple[Affine, ...]:
        return (*self.hidden, self.logits, self.means, self.scales)

    def parameters(self, codes: NDArray[np.int64]) -> Mixtures:
        """Integer mixture parameters for parents' codes (n, D) in grid steps.

        Returns weights (sum 2^14), means (2^-8 steps) and inverse scales (2^20), each
        int64 (n * D, M).
        """
        shipped = tables()
        code: Floats = codes.astype(np.float64) * 2.0**self.code_lift
        layers: list[Floats] = []
        for layer in self.hidden:
            joined = np.concatenate([code, layers[-1]], 1) if layers else code
            index = layer.apply(joined, TANH_REACH).astype(np.int64)
            layers.append(
                shipped.tanh[index + TANH_REACH].clip(-OPERAND_MAX, OPERAND_MAX).astype(np.float64)
            )
        features = np.concatenate(layers, 1)
        shape = (-1, self.components)
        logits = self.logits.apply(features, LOGIT_REACH).astype(np.int64).reshape(shape)
        weights = np.empty_like(logits)
        soft_maximum(logits, 1 << WEIGHT_BITS, shipped.exp, weights)
        means = self.means.apply(features, self.mean_reach).astype(np.int64).reshape(shape)
        raw = self.scales.apply(features, RAW_SCALE_REACH).astype(np.int64).reshape(shape)
        inverses = shipped.inverse[raw + RAW_SCALE_REACH].astype(np.int64)
        return Mixtures(weights, means, inverses)

    def distribution(self, codes: NDArray[np.int64]) -> GridBins:
        """p(z|c') of every dimension of parents' codes (n, D): n * D symbols, z + reach."""
        return GridBins(self.parameters(codes), self.reach)
