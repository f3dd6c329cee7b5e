"""Part of `second_reader`: the maps of indexes of a batch, popped from its stack (9.13, 10.10)."""

from __future__ import annotations

import numpy as np

from second_reader.decoders import Gated
from second_reader.networks import Model
from second_reader.planes import ONE
from second_reader.stack import Stack
from second_reader.tables import Tables, shares


def pop_maps(stack: Stack, n: int, model: Model) -> np.ndarray:
    """The indexes (n, rows, columns) of the images of a batch (11.3, step 1)."""
    g, embedding = model.stacks["prior"], model.t["prior.embedding"].astype(np.int64)
    network = Gated(model, "prior", np.zeros((n, g.height, g.width, 0), np.int64))
    maps = np.zeros((n, g.height, g.width), np.int64)
    seen = np.zeros((n, g.height, g.width, g.planes), np.int64)
    for r in range(g.height):
        network.start_row(seen, r)
        for c in range(g.width):
            for i, logits in enumerate(model.outputs(network.head(seen, r, c), "prior").tolist()):
                maps[i, r, c] = stack.pop(index_frequencies(logits, model.tables))
            seen[:, r, c, :-1], seen[:, r, c, -1] = embedding[maps[:, r, c]], ONE
    return maps


def index_frequencies(logits: list[int], tables: Tables) -> np.ndarray:
    """The frequencies of the indexes of a place (10.10)."""
    l, exp = [max(-(2**15), min(2**15, one)) for one in logits], tables.entries["exp"]  # noqa: E741
    best, count = l.index(max(l)), len(l)
    o = shares([int(exp[min(l[best] - one, 16_383)]) for one in l], 0)
    frequencies = np.array([(one * (2**24 - count) >> 30) + 1 for one in o], np.int64)
    frequencies[best] += 2**24 - frequencies.sum()
    return frequencies
