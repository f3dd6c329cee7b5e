"""What comes off the stack of a small archive, symbol by symbol: test vectors for other readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Tally
from acncodec.coding.sequence import Sequence, Shared
from acncodec.coding.sets import SetOf
from acncodec.container import read_archive
from acncodec.contracts.codec import Codec
from acncodec.contracts.distribution import TOTAL, TOTAL_BITS, Distribution, Intervals
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack

Ints = NDArray[np.int64]
BATCH = 512
"""At least as many as a batch has: all images of a batch are decoded together."""


@dataclass(frozen=True)
class Example:
    """An archive of one shard, with the coder `ans`, and the file of its model."""

    archive: Path
    model: Path


@dataclass(frozen=True, eq=False)
class Decoded:
    """An example's first batch: `calls` are the lists of symbols that were popped, one after the
    other; pixels: level indexes (n, C, H, W); of image 0 the component, latent and code, where the
    model has them, and the first row of logits and frequencies of 1, where it has such."""

    words: NDArray[np.uint32]
    calls: list[Intervals]
    pixels: NDArray[Any]
    component: int
    latent: list[int]
    code: list[int]
    logits: list[int]
    ones: list[int]


@dataclass(frozen=True)
class Pop:
    """A symbol that was popped: by which call and of which item of it, the state before, the
    quantile, and the symbol's part of range(2^24)."""

    call: int
    item: int
    state: int
    quantile: int
    symbol: int
    start: int
    frequency: int


class NotingStack(Stack):
    """A stack that notes what is popped; no compiled loop pops from it, which would not be seen."""

    state: Any = None

    def __init__(self, words: NDArray[np.uint32]) -> None:
        super().__init__(words, seal=False)
        self.calls: list[Intervals] = []

    def pop(self, distribution: Distribution) -> Ints:
        """Pop the distribution's symbols, int64 (n,)."""
        symbols = super().pop(distribution)
        if distribution.alternatives > 1 and len(symbols):
            self.calls.append(distribution.interval(symbols))
        return symbols


def decoded(example: Example) -> Decoded:
    """Decode an example. Its stack must hold no permutation."""
    archive, model = read_archive(example.archive), FrozenModel.load(example.model)
    header, (coding,) = archive.uniform, archive.uniform.shards
    if coding.permuted or header.coder != "ans":
        raise SystemExit(f"{example.archive}: no example")
    words = np.frombuffer(archive.stack(0), "<u4").astype(np.uint32)
    stack, strategy = NotingStack(words), STRATEGIES[coding.strategy]
    schedule = strategy.schedule(coding.sizes)
    likelihood, levels = model.likelihood.of(header.kind), len(header.spec.values)
    latents: list[Ints] = []
    before: list[int] = []  # calls before the pixels of a batch

    with Workers(1, BATCH) as workers:

        def noted(z: Ints) -> Codec[Any]:
            latents.append(z)
            before.append(len(stack.calls))
            return likelihood.codec(z, workers)

        shared = Shared(
            noted, lambda pixels: encode_images(model, pixels, workers, levels),
            model.latents.posterior,
        )  # fmt: skip
        codec = (SetOf if strategy.gives_up_order else Sequence)(
            schedule.sizes, shared, strategy.priors(model.latents, schedule, None),
            lambda _done: None, Tally(),
        )  # fmt: skip
        pixels = next(iter(codec.pop(stack)))
        codes = encode_images(model, pixels, workers, levels)
    z = latents[0]
    dimensions = z.shape[1]
    logits: list[int] = []
    if model.accepts.levels == 2:
        width = pixels.shape[3]
        logits = model.decoder.score(z[:1], pixels[:1])[0, :width].tolist()
    row = stack.calls[before[0] : before[0] + len(logits)]
    ones = [
        int(call.frequencies[0]) if call.symbols[0] else TOTAL - int(call.frequencies[0])
        for call in row
    ]
    # The components of all items, unless there is but one, then z dimension by dimension.
    component = int(stack.calls[0].symbols[0]) if before[0] > dimensions else 0
    return Decoded(
        words, stack.calls, pixels, component, z[0].tolist(), codes[0].tolist(), logits, ones
    )


def pops(found: Decoded, count: int) -> list[Pop]:
    """The first symbols, with the states between them by FORMAT.md, 6.1 and 6.2."""
    return list(islice(_pops(found), count))


def _pops(found: Decoded) -> Iterator[Pop]:
    bulk = found.words.tolist()
    state = bulk.pop()
    if bulk:
        state = state << 32 | bulk.pop()
    for number, call in enumerate(found.calls):
        parts = zip(call.symbols, call.starts, call.frequencies, strict=True)
        for item, (symbol, start, frequency) in enumerate(parts):
            quantile = state & (TOTAL - 1)
            one = Pop(number, item, state, quantile, int(symbol), int(start), int(frequency))
            if not one.start <= quantile < one.start + one.frequency:
                raise SystemExit(f"symbol {number}, {item}: its quantile is not in its part")
            yield one
            state = (state >> TOTAL_BITS) * one.frequency + quantile - one.start
            if state < 1 << 32 and bulk:
                state = state << 32 | bulk.pop()
