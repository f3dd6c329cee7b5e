"""Images batch after batch, each batch priced given those before it: a codec of bits-back codecs.

Bob goes through the batches from the first to the last, Alice from the last to the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import BitsBack, Coded, Pixels, Tally
from acncodec.contracts.codec import Codec
from acncodec.contracts.latent_space import Priors
from acncodec.contracts.message import Message

Ints = NDArray[np.int64]


class Taking(Protocol):
    """Alice's side of an order: which images the batches hold, the last batch first."""

    def take(self, stack: Message, size: int) -> Ints:
        """The images of the last batch that is left, int64 (size,)."""
        ...

    def earlier(self) -> Ints:
        """The images before it, int64 (m,), numbered as they were added to the priors."""
        ...


class Giving(Protocol):
    """Bob's side of an order."""

    def give(self, stack: Message, pixels: Pixels) -> None:
        """The next batch is decoded."""
        ...

    def earlier(self) -> Ints:
        """The images so far, int64 (m,), numbered as they were added to the priors."""
        ...


class InOrder:
    """The order in which the images are listed: nothing is chosen, nothing is given back.

    count: how many images are left to Alice, or are there at Bob's.
    """

    def __init__(self, count: int = 0) -> None:
        self._count = count

    def take(self, _stack: Message, size: int) -> Ints:
        """The last ones."""
        self._count -= size
        return np.arange(self._count, self._count + size)

    def give(self, _stack: Message, pixels: Pixels) -> None:
        """Some more."""
        self._count += len(pixels)

    def earlier(self) -> Ints:
        """All before, in decoding order."""
        return np.arange(self._count)


class BatchCodec(Protocol):
    """That of the images of a batch. Beforehand there is no `bits`: latents decide them."""

    def push(self, stack: Message, symbol: Coded) -> None:
        """Put a batch on the stack."""
        ...

    def pop(self, stack: Message) -> Coded:
        """Take the batch that was pushed last off the stack."""
        ...


class BatchCodecs(Protocol):
    """What the batches have in common."""

    def of(self, size: int, prior: Codec[Ints], tally: Tally, /) -> BatchCodec:
        """The codec of a batch of `size` images whose latents have this prior."""
        ...


@dataclass(frozen=True)
class Shared:
    """Those of images of one shape: the parts of `BitsBack` without its prior."""

    likelihood: Callable[[Ints], Codec[Pixels]]
    encode: Callable[[Pixels], Ints] | None
    posterior: Callable[[Ints], Codec[Ints]]

    def of(self, _size: int, prior: Codec[Ints], tally: Tally) -> BitsBack:
        """The codec of a batch."""
        return BitsBack(prior, self.likelihood, self.encode, self.posterior, tally)


class Sequence:
    """Images in batches of `sizes`, in an order that both sides know.

    priors: of the batches, empty when a push or a pop begins; progress: told how many images
    more are done; tally: what it adds to, by default one of its own.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        shared: BatchCodecs,
        priors: Priors,
        progress: Callable[[int], None],
        tally: Tally | None = None,
    ) -> None:
        self._sizes, self._shared, self._priors = sizes, shared, priors
        self._progress = progress
        self.tally = Tally() if tally is None else tally

    def _taking(self, count: int) -> Taking:
        return InOrder(count)

    def _giving(self) -> Giving:
        return InOrder()

    def push(self, stack: Message, symbol: Coded) -> None:
        """Alice: push images in decoding order. Raises `StackExhaustedError` if it is too short."""
        order = self._taking(len(symbol.pixels))
        self._priors.add(symbol.codes)
        for rows in reversed(batches(self._sizes)):
            before = stack.ideal_bits
            taken = order.take(stack, rows.stop - rows.start)
            self.tally.choice_bits += stack.ideal_bits - before
            prior = self._priors.of(rows, order.earlier())
            part = Coded(symbol.pixels[taken], symbol.codes[taken])
            self._shared.of(len(taken), prior, self.tally).push(stack, part)
            self.tally.taken.append(taken)
            self._progress(len(taken))

    def pop(self, stack: Message) -> Iterator[Pixels]:
        """Bob: the images of each batch. Raises `CorruptionError`."""
        order = self._giving()
        for rows in batches(self._sizes):
            prior = self._priors.of(rows, order.earlier())
            batch = self._shared.of(rows.stop - rows.start, prior, self.tally)
            pixels, codes = batch.pop(stack)
            self._priors.add(codes)
            order.give(stack, pixels)
            self._progress(len(pixels))
            yield pixels


def batches(sizes: tuple[int, ...]) -> list[slice]:
    """Positions of each batch, in decoding order."""
    ends = np.cumsum(np.array(sizes, np.int64)).tolist()
    return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]
