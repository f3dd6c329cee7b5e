"""The urn's codec: a latent, and by bits-back what explains it.

    Alice            pop explanation from its posterior    push z given it    push explanation
    Bob              pop explanation                       pop z given it     push it back

An explanation's prior: first whether it is an earlier item at all, then a component of the
unconditional prior by its weight, or one of the earlier items, each as likely.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.grid_bins import GridBins, Mixtures
from acncodec.arithmetic.tables import FREQUENCY_BITS, TOTAL
from acncodec.contracts.latent_space import UrnRule
from acncodec.contracts.message import Message
from acncodec.errors import CorruptionError
from acncodec.latents.codecs import check_left, required_bits
from acncodec.latents.urn import Explanations, Pool, explain
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.stack.bits import entropy
from acncodec.stack.distributions import Shared
from acncodec.stack.elementary import Uniform

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class UrnPrior:
    """p(z) of `count` items, given earlier items whose codes and mixtures are in a pool.

    rows: int64 (m,), where the earlier items lie in `pool`, in canonical order.
    """

    def __init__(
        self, mixture: ExactMixture, pool: Pool, rule: UrnRule, rows: Ints, count: int
    ) -> None:
        self._mixture, self._pool, self._rows, self._count = mixture, pool, rows, count
        self._fresh = rule.fresh(len(rows))

    def _components(self, count: int) -> Shared:
        return Shared(self._mixture.frequencies, count)

    def _kinds(self) -> Shared:
        """Whether it is an earlier item that explains a latent: 0 or 1."""
        return Shared(np.array([self._fresh, TOTAL - self._fresh]), self._count)

    def _explain(self, z: Ints) -> Explanations:
        each = ((TOTAL - self._fresh) << FREQUENCY_BITS) // max(1, len(self._rows))
        return explain(z, self._mixture, self._pool, self._rows, self._fresh, each)

    def _given(self, z: Ints, earlier: Flags, which: Ints, dimension: int) -> GridBins:
        """p(z_d | z_<d, explanation): n symbols, z_d + reach.

        which: int64 (n,), the index among the earlier items where `earlier`, else the component.
        """
        pool, rows, fresh = self._pool, self._rows[which[earlier]], ~earlier
        lone = self._mixture.parameters(z[fresh], which[fresh], dimension)
        parameters = []
        for one, many in zip(lone, (pool.weights, pool.means, pool.inverses), strict=True):
            joined = np.zeros((len(z), many.shape[2]), np.int64)  # a Gaussian of weight 0 is none
            joined[fresh, :1], joined[earlier] = one, many[rows, dimension]
            parameters.append(joined)
        return GridBins(Mixtures(*parameters), self._mixture.reach)

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, D). Raises `StackExhaustedError` when there are too few bits."""
        explanations = self._explain(symbol)
        posterior = explanations.posterior()
        stack.require(required_bits(*entropy(posterior)))
        chosen = stack.pop(posterior)
        check_left(stack)
        parts = self._mixture.components
        earlier, which = chosen >= parts, chosen.copy()
        which[earlier] = explanations.candidates[earlier, chosen[earlier] - parts]
        for dimension in reversed(range(symbol.shape[1])):
            given = self._given(symbol, earlier, which, dimension)
            stack.push(symbol[:, dimension] + self._mixture.reach, given)
        self._push_explanations(stack, earlier, which)

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, D). Raises `CorruptionError` where an earlier item does not explain
        what came with it."""
        earlier, which = self._pop_explanations(stack)
        z = np.zeros((self._count, self._mixture.offsets.shape[1]), np.int64)
        for dimension in range(z.shape[1]):
            given = self._given(z, earlier, which, dimension)
            z[:, dimension] = stack.pop(given) - self._mixture.reach
        explanations = self._explain(z)
        chosen = which.copy()
        for item in np.flatnonzero(earlier):
            places = np.flatnonzero(explanations.candidates[item] == which[item])
            if not len(places):
                raise CorruptionError("a latent is far from the item that should explain it")
            chosen[item] = self._mixture.components + places[0]
        stack.push(chosen, explanations.posterior())
        return z

    def _push_explanations(self, stack: Message, earlier: Flags, which: Ints) -> None:
        if not len(self._rows):
            stack.push(which, self._components(self._count))
            return
        uniform = Uniform(len(self._rows))
        for index in reversed(which[earlier].tolist()):
            uniform.push(stack, index)
        components = which[~earlier]
        stack.push(components, self._components(len(components)))
        stack.push(earlier.astype(np.int64), self._kinds())

    def _pop_explanations(self, stack: Message) -> tuple[Flags, Ints]:
        if not len(self._rows):
            return np.zeros(self._count, np.bool_), stack.pop(self._components(self._count))
        uniform = Uniform(len(self._rows))
        earlier = stack.pop(self._kinds()) == 1
        which = np.empty(self._count, np.int64)
        which[~earlier] = stack.pop(self._components(int((~earlier).sum())))
        which[earlier] = [uniform.pop(stack) for _ in range(int(earlier.sum()))]
        return earlier, which

    def bits(self, symbol: Ints) -> float:
        """Expected cost of latents (n, D) over the choice of what explains them, bits."""
        explanations = self._explain(symbol)
        share = explanations.posterior().frequencies() / TOTAL
        joint = explanations.log2(symbol.shape[1])
        return float((share * (np.log2(share) - joint)).sum())
