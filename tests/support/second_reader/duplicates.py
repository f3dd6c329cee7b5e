"""Part of `second_reader`: repeats of an image (4)."""

from __future__ import annotations

from itertools import accumulate

from second_reader.fields import need
from second_reader.images import Image
from second_reader.packed import Bytes, inflate, integers, unlzma
from second_reader.parts import Shard


def with_duplicates(order: str, shard: Shard, payload: bytes, distinct: list[Image]) -> list[Image]:
    """All N images of a shard from its U, which come in their canonical or original order."""
    n, u = shard.images, shard.distinct
    repeats = n - u
    if not repeats:
        return distinct
    bounds = [n, u] if order == "keep" else [repeats + 1] if repeats > u else [u]
    count = u if order == "any" and repeats > u else repeats
    widths = [next(w for w in (1, 2, 4, 8) if bound <= 2 ** (8 * w)) for bound in bounds]
    length = count * sum(widths)
    need(len(payload) >= 1 and payload[0] <= 2, "duplicates: form")
    flag, data = payload[0], payload[1:]
    if flag == 1:
        data = inflate(data, length)
    elif flag == 2:
        data = unlzma(data, length)
    need(len(data) == length, "duplicates: length")
    raw = Bytes(data)
    first = integers(raw, count, bounds[0])

    if order == "any":
        if repeats > u:
            extra = first
            need(sum(extra) == repeats, "duplicates: sum of the counts")
        else:
            extra = [0] * u
            for number in accumulate(first):
                need(number < u, "duplicates: an image that is not there")
                extra[number] += 1
        return [image for image, more in zip(distinct, extra, strict=True) for _ in range(more + 1)]

    images: list[Image] = []
    new = 0
    for i, (gap, target) in enumerate(zip(first, integers(raw, count, u), strict=True)):
        need(new + gap + i < n and new + gap <= u, "duplicates: a position that is not there")
        images += distinct[new : new + gap]
        new += gap
        need(target < new, "duplicates: a repeat before its image")
        images.append(distinct[target])
    return images + distinct[new:]
