"""Part of `second_reader`: the stack (6) and the decoding of a shard (11)."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from second_reader.model import need
from second_reader.networks import Model
from second_reader.urn import Pool

# 6: the stack


class Stack:
    """An asymmetric numeral system in Python's integers."""

    def __init__(self, words: list[int]) -> None:
        need(len(words) > 0 and words[-1] != 0, "a stack without words, or with a zero on top")
        self.bulk = list(words)
        self.state = self.bulk.pop()
        if self.bulk:
            self.state = self.state << 32 | self.bulk.pop()

    def holds(self, digests: bytes) -> bool:  # 6.4
        return self.words() == [*np.frombuffer(digests, "<u4").tolist(), 1]

    def words(self) -> list[int]:
        high, low = divmod(self.state, 2**32)
        return self.bulk + ([low, high] if high else [low] if low else [])

    def pop(self, frequencies: np.ndarray) -> int:
        if len(frequencies) == 1:
            return 0
        q = self.state & (2**24 - 1)
        ends = np.cumsum(frequencies)
        k = int(np.searchsorted(ends, q, side="right"))
        frequency = int(frequencies[k])
        self.state = (self.state >> 24) * frequency + q - (int(ends[k]) - frequency)
        if self.state < 2**32 and self.bulk:
            self.state = self.state << 32 | self.bulk.pop()
        return k

    def push(self, k: int, frequencies: np.ndarray) -> None:
        if len(frequencies) == 1:
            return
        frequency = int(frequencies[k])
        if self.state >> 40 >= frequency:
            self.bulk.append(self.state & (2**32 - 1))
            self.state >>= 32
        quotient, rest = divmod(self.state, frequency)
        self.state = (quotient << 24) + int(frequencies[:k].sum()) + rest

    def pop_uniform(self, n: int) -> int:  # 10.7
        low, parts = halves(n)
        high = self.pop(even(parts))
        return high * low + self.pop(even([1] * parts[high]))

    def push_uniform(self, u: int, n: int) -> None:
        low, parts = halves(n)
        self.push(u % low, even([1] * parts[u // low]))
        self.push(u // low, even(parts))


def halves(n: int) -> tuple[int, list[int]]:
    low = 2 ** ((n - 1).bit_length() // 2)
    return low, [min(low, n - start) for start in range(0, n, low)]


def even(parts: list[int]) -> np.ndarray:
    out = np.array(parts, np.int64) * 2**24 // sum(parts)
    out[: 2**24 - int(out.sum())] += 1
    return out


# 11: a shard


def decode_distinct(
    stack: Stack,
    batches: list[int],
    strategy: str,
    permuted: bool,
    urn: tuple[int, int] | None,
    model: Model,
) -> tuple[list[int], list[bytes]]:
    """What a shard's stack holds.

    Returns for each position the number of its distinct image (11.2) and the image's level indexes,
    one byte a pixel.
    """
    need(strategy != "tour" or model.kind == "acn", "a tour without a prior network")
    numbers = list(range(sum(batches)))
    if permuted:
        left = list(numbers)
        numbers = [left.pop(stack.pop_uniform(n)) for n in range(len(numbers), 0, -1)]
    images: list[bytes] = []
    taken: list[bytes] = []
    pool = Pool(model, *urn) if urn else None
    codes = np.zeros((0, model.dimensions), np.int64)
    for number, n in enumerate(batches):
        if strategy == "tour" and number:
            items = np.arange(n)
            latents = conditional_latents(stack, codes[items // 2 if number == 1 else items], model)
        elif pool:
            latents = pool.pop_latents(stack, n)
        elif model.dimensions:
            latents = unconditional_latents(stack, n, model)
        else:
            latents = np.zeros((n, 0), np.int64)
        levels = pop_pixels(stack, latents, model)
        codes = np.zeros((n, model.dimensions), np.int64)
        if model.dimensions:
            codes = model.encode(levels)
            for offset in reversed((latents - codes).ravel().tolist()):
                need(-64 <= offset <= 64, "a latent too far from its code")
                stack.push(offset + 64, model.posterior)
        batch = [image.astype("u1").tobytes() for image in levels]
        images += batch
        if strategy in ("set", "urn"):
            for image, code in reversed(list(zip(batch, codes, strict=True))):
                rank = bisect_left(taken, image)
                need(taken[rank : rank + 1] != [image], "a set holds an image twice")
                taken.insert(rank, image)
                stack.push_uniform(rank, len(taken))
                if pool:
                    pool.insert(rank, code)

    return numbers, images


def conditional_latents(stack: Stack, codes: np.ndarray, model: Model) -> np.ndarray:
    rows = [
        [stack.pop(model.bins(*mixture)) - model.reach for mixture in zip(*parameters, strict=True)]
        for parameters in zip(*model.prior(codes), strict=True)
    ]
    return np.array(rows, np.int64)


def unconditional_latents(stack: Stack, n: int, model: Model) -> np.ndarray:
    components = [stack.pop(model.components) for _ in range(n)]
    z = np.zeros((n, model.dimensions), np.int64)
    for d in range(z.shape[1]):
        for i, k in enumerate(components):
            z[i, d] = stack.pop(model.marginal(z[i], k, d)) - model.reach
    for i in reversed(range(n)):
        stack.push(components[i], model.responsibilities(z[i]))
    return z


def pop_pixels(stack: Stack, latents: np.ndarray, model: Model) -> np.ndarray:
    """The level indexes (n, H, W, 1) of a batch, from its latents."""
    height, width = model.config["height"], model.config["width"]
    x = np.zeros((len(latents), height, width, 1), np.int64)
    decoder = model.decoder(latents)
    for r in range(height):
        decoder.start_row(x, r)
        for c in range(width):
            ones = decoder.frequency_of_one(x, r, c)
            for i, one in enumerate(ones.tolist()):
                x[i, r, c, 0] = stack.pop(np.array([2**24 - one, one]))
    return x
