"""A codebook that follows the vectors that take its codes, as moving averages.

Van den Oord, Vinyals and Kavukcuoglu (2017), appendix A.1. Codes that next to nothing takes are
replaced by vectors of images drawn anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Protocol

import torch
from torch import Tensor

DECAY: Final = 0.99
"""Of the moving averages, a step."""
DEAD: Final = 0.25
"""A code that fewer vectors take than this share of an even one is replaced."""
REVIVED: Final = 2.0 * DEAD
"""What a code counts then: where nothing takes it, it is dead again within 70 steps."""
LEAST: Final = 1e-6


class HasCodebook(Protocol):
    """A module with a codebook, float32 (K, E), a buffer."""

    codebook: Tensor


def perplexity(counts: Tensor) -> float:
    """exp of the entropy of how often codes (K,) are taken: K where all are as often, 1 where one
    is all there is; 0 where none was counted."""
    if not float(counts.sum()):
        return 0.0
    shares = counts.double() / counts.sum()
    return math.exp(float(torch.special.entr(shares).sum()))


class MovingCodebook:
    """What moves the codebook of a module.

    counts: (K,), sums: (K, E), moving averages over steps: how many vectors of a step take a code,
    and their sum; vectors: of a step.
    """

    def __init__(self, module: HasCodebook, vectors: int) -> None:
        self._module = module
        self.counts = torch.zeros(len(module.codebook))
        self.sums = torch.zeros(module.codebook.shape)
        self._even = vectors / len(self.counts)

    def adopt(self) -> None:
        """Take the module's codebook, which was trained before, for alive: each code as often taken
        as any other."""
        self.counts = torch.full_like(self.counts, self._even)
        self.sums = self._even * self._module.codebook.detach().cpu()

    @property
    def dead(self) -> Tensor:
        """Codes that next to nothing takes, at first all: bool (K,)."""
        return self.counts < DEAD * self._even

    def revive(self, vectors: Tensor, generator: torch.Generator) -> None:
        """Give dead codes some of vectors (n, E)."""
        dead = self.dead
        rows = torch.randint(len(vectors), (int(dead.sum()),), generator=generator)
        chosen = vectors.detach().cpu()[rows]
        counted = REVIVED * self._even
        self.counts[dead], self.sums[dead] = counted, counted * chosen
        codebook = self._module.codebook
        codebook[dead.to(codebook.device)] = chosen.to(codebook.device)

    def follow(self, codes: Tensor, vectors: Tensor) -> None:
        """Move the codebook towards the means of vectors (n, E) that take its codes (n,)."""
        flat, index = vectors.detach().cpu(), codes.cpu()
        counts = torch.bincount(index, minlength=len(self.counts)).float()
        self.counts.lerp_(counts, 1.0 - DECAY)
        self.sums.lerp_(torch.zeros_like(self.sums).index_add_(0, index, flat), 1.0 - DECAY)
        means = self.sums / self.counts.clamp_min(LEAST)[:, None]
        codebook = self._module.codebook
        used = (self.counts > LEAST)[:, None]
        codebook.copy_(torch.where(used, means, codebook.cpu()))

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint holds of it."""
        return {"codebook.counts": self.counts, "codebook.sums": self.sums}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `state`."""
        self.counts, self.sums = tensors["codebook.counts"], tensors["codebook.sums"]

    def measures(self) -> dict[str, float]:
        """The perplexity of the codes, over some hundred steps."""
        return {"perplexity": perplexity(self.counts)}
