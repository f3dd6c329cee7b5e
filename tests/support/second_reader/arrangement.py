"""Part of `second_reader`: where the images of a shard's stacks belong (3.1)."""

from __future__ import annotations

import numpy as np

from second_reader.fields import need
from second_reader.images import Image
from second_reader.stack import Stack, even


def arranged(payload: bytes, order: str, bins: list[list[Image]]) -> list[Image]:
    """The distinct images of a shard in the order of their numbers; of each bin they come so."""
    need(len(payload) >= 32, "arrangement: length")
    words = payload[32:]
    if order == "any":
        need(not words, "arrangement: length")
        return sorted(image for images in bins for image in images)
    need(len(words) % 4 == 0, "arrangement: broken words")
    stack = Stack(np.frombuffer(words, "<u4").tolist())
    waiting = [list(reversed(images)) for images in bins]
    out = []
    while any(waiting):
        left = [images for images in waiting if images]
        out.append(left[stack.pop(even([len(images) for images in left]))].pop())
    need(stack.words() == [1], "arrangement: the final check")
    return out
