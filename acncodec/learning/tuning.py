"""After training: the prior network alone, on tours like those that it will price.

Algorithm 1 draws one of an image's K nearest neighbours, a tour follows each code by one that is
not yet visited, and the set to be compressed is sparser than the training set. So the last steps
train p(z|c') on the pairs of greedy tours through random parts of the training set, each pair in
both directions, with encoder and decoder left as they are.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acncodec.arithmetic.tables import GRID_BITS
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import step_generator
from acncodec.ordering.tours import greedy_tour
from acncodec.parts.prior_network.net import PriorNetwork, conditional_kl

TOURS_A_DRAW = 4
AVERAGE = 0.99


def tour_pairs(codes: NDArray[np.float32]) -> tuple[Tensor, Tensor]:
    """Codes (N, D) and, for each but the last of a greedy tour, its successor's; (N - 1, D)."""
    tour = greedy_tour(np.round(codes * (1 << GRID_BITS)).astype(np.int64))
    visited = torch.from_numpy(codes[tour])
    return visited[:-1], visited[1:]


def tune_prior(
    prior: PriorNetwork, draws: list[NDArray[np.float32]], recipe: Recipe, seed: int
) -> PriorNetwork:
    """A tuned copy of `prior`, the average of its weights over the last steps.

    draws: codes (N, D) of the training images, one array for each binarisation of them.
    """
    tuned = copy.deepcopy(prior).requires_grad_(True)
    average = copy.deepcopy(prior).requires_grad_(False)
    if not recipe.tune_steps:
        return average
    rng = np.random.default_rng(seed)
    size = min(len(draws[0]), recipe.pool or len(draws[0]))
    pairs = [
        tour_pairs(codes[rng.choice(len(codes), size, replace=False)])
        for codes in draws
        for _ in range(TOURS_A_DRAW)
    ]
    before, after = (torch.cat(side) for side in zip(*pairs, strict=True))
    optimizer = torch.optim.Adam(tuned.parameters(), recipe.tune_rate)
    for step in range(recipe.tune_steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.tune_rate * (1.0 - step / recipe.tune_steps)
        generator = step_generator(seed, step, 7)
        rows = torch.randint(len(before), (recipe.tune_batch,), generator=generator)
        swap = torch.rand(len(rows), 1, generator=generator) < 0.5
        known, code = before[rows], after[rows]
        known, code = torch.where(swap, code, known), torch.where(swap, known, code)
        z = code + torch.randn(code.shape, generator=generator)
        optimizer.zero_grad()
        torch.autograd.backward(conditional_kl(tuned(known), z).mean())
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(
                list(average.parameters()), list(tuned.parameters()), 1.0 - AVERAGE
            )
    return average


def tour_kl(prior: PriorNetwork, codes: NDArray[np.float32], seed: int, samples: int = 4) -> float:
    """KL of a greedy tour through `codes` (N, D), nats an image, a mean of posterior samples."""
    known, code = tour_pairs(codes)
    with torch.no_grad():
        mixture = prior(known)
        costs = [
            conditional_kl(
                mixture,
                code + torch.randn(code.shape, generator=step_generator(seed, index, 8)),
            ).mean()
            for index in range(samples)
        ]
    return float(torch.stack(costs).mean())
